package queue

import (
	"fmt"
	"slices"
	"time"

	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
)

// match is a lobby that the queue has opened.
type match struct {
	lobby  string
	skill  float64
	region string
	asked  []int // places that the queue was last asked to fill
}

// group is what one pass has found: tickets and where their players sit.
type group struct {
	tickets []*ticket
	seats   []lobby.SeatRequest
}

// pass looks for matches in all queues.
func (s *Service) pass() {
	for _, l := range s.lines {
		s.refresh(l)
		for _, found := range s.search(l) {
			g := l.group(&found)
			if found.Backfill != "" {
				s.fill(l, &found, g)
			} else {
				s.open(l, &found, g)
			}
		}
		l.stats.tickets.Store(int64(l.queue.Len()))
		l.stats.players.Store(int64(l.queue.Players()))
	}
	s.tellStatuses()
}

// search makes one pass. A studio's predicate that panics costs this pass.
func (s *Service) search(l *line) (found []matchmaker.Match) {
	began := time.Now()
	defer func() {
		l.stats.passed(time.Since(began))
		if v := recover(); v != nil {
			found = nil
			l.stats.faults.Add(1)
			s.opt.Log.Error().Str("reason", fmt.Sprint(v)).Str("game", l.info.Name).Msg("a rule of the queue panicked")
		}
	}()
	return l.queue.Pass(s.now())
}

func (l *line) group(found *matchmaker.Match) group {
	var g group
	for team, tickets := range found.Teams {
		for i := range tickets {
			t := tickets[i].Data.(*ticket)
			t.seats = t.seats[:0]
			for _, p := range t.players {
				seat := lobby.SeatRequest{Account: p.Account}
				if l.info.Teams > 0 {
					seat.Team = team + 1
				}
				t.seats = append(t.seats, len(g.seats))
				g.seats = append(g.seats, seat)
			}
			g.tickets = append(g.tickets, t)
		}
	}
	return g
}

// open makes a lobby for a new match.
func (s *Service) open(l *line, found *matchmaker.Match, g group) {
	m := &match{skill: found.Skill, region: found.Region}
	players := len(g.seats)
	req := lobby.OpenRequest{
		Game: l.info.Name, Visibility: lobby.Private, Max: l.lobbySize(found, players),
		Seats: g.seats, For: s.opt.Hold, AutoStart: players,
		Settled: func(o lobby.Outcome) { s.inbox.force(func() { s.settled(l, g, o) }) },
	}
	if l.smallest > 0 {
		req.AutoStart = min(players, l.smallest)
	}
	if found.Region != "" {
		req.Meta = map[string]any{"region": found.Region}
	}
	info, err := s.opt.Lobbies.Open(req)
	if err != nil {
		s.takeBack(g)
		return
	}
	m.lobby = info.ID
	l.matches[m.lobby] = m
	l.order = append(l.order, m.lobby)
	l.stats.matches.Add(1)
	s.invite(l, m, g, info.Reserved)
}

// lobbySize is how many seats a lobby needs for what was found, and for who may
// join it late.
func (l *line) lobbySize(found *matchmaker.Match, players int) int {
	size := max(players, l.info.Min)
	if l.info.Teams > 0 { // each team has an equal share of the seats
		for _, team := range found.Teams {
			n := 0
			for i := range team {
				n += team[i].Size
			}
			size = max(size, n*l.info.Teams)
		}
	}
	if l.refills {
		size = max(size, l.rules.Teams*l.rules.TeamSize)
	}
	return min(size, l.info.Max)
}

// fill brings players into a match that runs.
func (s *Service) fill(l *line, found *matchmaker.Match, g group) {
	m := found.Data.(*match)
	r, err := s.opt.Lobbies.Reserve(lobby.ReserveRequest{
		Lobby: m.lobby, Seats: g.seats, For: s.opt.Hold,
		Settled: func(o lobby.Outcome) { s.inbox.force(func() { s.settled(l, g, o) }) },
	})
	m.asked = nil // ask anew
	if err != nil {
		s.takeBack(g)
		return
	}
	l.stats.backfills.Add(1)
	s.invite(l, m, g, r)
}

// invite tells everybody of their seats.
func (s *Service) invite(l *line, m *match, g group, r lobby.Reservation) {
	now := s.now()
	for _, t := range g.tickets {
		t.held = r.Tickets
		l.stats.waited.add(now - t.since)
		for i, p := range t.players {
			seat := t.seats[i]
			p.Push(&lobby.Event{Name: EventMatched, Args: []any{Matched{
				Game: l.info.Name, Lobby: r.Lobby, Code: r.Code, Ticket: r.Tickets[seat], Team: g.seats[seat].Team,
				Region: m.region, Players: len(g.seats), ExpiresMs: time.Until(r.Expires).Milliseconds(),
			}}})
		}
	}
}

// takeBack has those wait on for whom no lobby could be had.
func (s *Service) takeBack(g group) {
	for _, t := range g.tickets {
		t.held = nil
		if err := s.enqueue(t); err != nil {
			s.end(t, lobby.AsError(err))
		}
	}
}

// settled draws the conclusions from who came.
func (s *Service) settled(l *line, g group, o lobby.Outcome) {
	for _, t := range g.tickets {
		if t.gone {
			continue // left by itself
		}
		came := !slices.ContainsFunc(t.seats, func(seat int) bool {
			return o.Seats[seat] != lobby.Taken && o.Seats[seat] != lobby.Reserved
		})
		switch {
		case o.Began:
			s.drop(t)
			for i, seat := range t.seats {
				if o.Seats[seat] == lobby.NotTaken {
					l.stats.noShows.Add(1)
					t.players[i].Push(noShow(l, "you did not take your seat in time"))
				}
			}
		case came:
			t.held = nil
			if err := s.enqueue(t); err != nil {
				s.end(t, lobby.AsError(err))
				continue
			}
			l.stats.returned.Add(1)
			t.tell(EventStatus, s.status(t))
		default:
			l.stats.noShows.Add(1)
			s.drop(t)
			for _, p := range t.players {
				p.Push(noShow(l, "you, or one of your party, did not take a seat in time, or left it"))
			}
		}
	}
}

func noShow(l *line, message string) *lobby.Event {
	return &lobby.Event{Name: EventClosed, Args: []any{Closed{Game: l.info.Name, Code: lobby.NoShow, Message: message}}}
}

// refresh asks for players for the matches that run and have room, and forgets
// the lobbies that are closed.
func (s *Service) refresh(l *line) {
	l.vacancies = s.opt.Lobbies.Vacancies(l.order, l.vacancies[:0])
	l.order = l.order[:0]
	for _, v := range l.vacancies {
		m := l.matches[v.Lobby]
		if v.Gone {
			delete(l.matches, v.Lobby)
			l.queue.RemoveBackfill(v.Lobby)
			continue
		}
		l.order = append(l.order, v.Lobby)
		if !l.refills || slices.Equal(v.Open, m.asked) {
			continue
		}
		m.asked = v.Open
		if v.Open == nil {
			l.queue.RemoveBackfill(v.Lobby)
			continue
		}
		b := matchmaker.Backfill{ID: v.Lobby, Open: v.Open, Skill: m.skill, Region: m.region, Data: m}
		if err := l.queue.SetBackfill(b, s.now()); err != nil {
			s.opt.Log.Error().Err(err).Str("lobby", v.Lobby).Msg("a match cannot be filled up")
		}
	}
}
