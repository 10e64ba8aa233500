package queue

import (
	"errors"
	"maps"
	"slices"
	"time"

	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
)

// Player is somebody who waits, alone or with others.
type Player struct {
	Push    func(*lobby.Event) // sends an event; must not block
	Account string             // verified; "" is a guest
	Rated   string             // names the player in the ratings; "" is not rated
}

// Request asks for a match.
type Request struct {
	ID      string // of the ticket: the connection's, or the party's
	Owner   string // the connection that asks
	Game    string
	Players []Player
	// Latency maps regions to round trips in milliseconds; nil fits every
	// region. Names that the game's queue does not know are ignored.
	Latency map[string]float64
}

// ticket is a request that was granted. The service's goroutine owns it.
type ticket struct {
	id, owner string
	line      *line
	players   []Player
	latency   map[string]float64
	since     time.Duration // begin of its wait
	told      time.Duration // when it was told its status
	held      []string      // tickets of the seats of the match that was found; nil: waits
	seats     []int         // of its players, in held
	gone      bool
}

// Join puts a ticket into the queue of a game. done is called once, with the
// first status or an error. An account that waits already, alone, on another
// connection, goes on waiting on this one.
func (s *Service) Join(req Request, done func(Status, error)) {
	s.ask(done, func() { done(s.join(&req)) })
}

// Status tells how a ticket fares.
func (s *Service) Status(id string, done func(Status, error)) {
	s.ask(done, func() {
		t := s.tickets[id]
		if t == nil {
			done(Status{}, errNotQueued)
			return
		}
		done(s.status(t), nil)
	})
}

func (s *Service) ask(done func(Status, error), do func()) {
	err := s.inbox.push(command{do: do, fail: func(err error) { done(Status{}, err) }})
	if err != nil {
		done(Status{}, err)
	}
}

// Leave takes a ticket out, and gives up the seats of a match that was found
// for it. The other players of the ticket are told.
func (s *Service) Leave(id, owner string, done func(error)) {
	err := s.inbox.push(command{
		do: func() {
			t := s.tickets[id]
			if t == nil {
				done(errNotQueued)
				return
			}
			s.drop(t)
			done(nil)
			t.tell(EventClosed, Closed{Game: t.line.info.Name, Code: lobby.NotQueued, Message: "the search for a match was ended"})
		},
		fail: done,
	})
	if err != nil {
		done(err)
	}
}

// Lost tells that a connection is gone. Its ticket goes with it, if it still
// is its own; an account that is back within a minute goes on waiting where it
// was.
func (s *Service) Lost(id, owner string) {
	s.inbox.force(func() {
		t := s.tickets[id]
		if t == nil || t.owner != owner {
			return
		}
		if a := t.players[0].Account; a != "" && len(t.players) == 1 {
			s.credits.keep(t.line.info.Name, a, s.now(), s.now()-t.since)
		}
		s.drop(t)
	})
}

// Cancel takes a ticket out for a reason that its players are told.
func (s *Service) Cancel(id string, why *lobby.Error) {
	s.inbox.force(func() {
		if t := s.tickets[id]; t != nil && t.held == nil {
			s.end(t, why)
		}
	})
}

var errNotQueued = &lobby.Error{Code: lobby.NotQueued, Message: "you wait for no match"}

func (s *Service) join(req *Request) (Status, error) {
	l := s.lines[req.Game]
	if l == nil {
		return Status{}, s.noLine(req.Game)
	}
	if t := s.takeOver(req, l); t != nil {
		return s.status(t), nil
	}
	if err := s.mayJoin(req, l); err != nil {
		return Status{}, err
	}
	t := &ticket{id: req.ID, owner: req.Owner, line: l, players: req.Players, since: s.now(), told: s.now()}
	if req.Latency != nil {
		t.latency = maps.Clone(req.Latency)
		maps.DeleteFunc(t.latency, func(region string, _ float64) bool { return !slices.Contains(l.rules.Regions, region) })
	}
	if len(t.players) == 1 {
		t.since -= s.credits.take(l.info.Name, t.players[0].Account, s.now())
	}
	if err := s.enqueue(t); err != nil {
		return Status{}, err
	}
	s.tickets[t.id] = t
	for _, p := range t.players {
		if p.Account != "" {
			s.accounts[p.Account] = t
		}
	}
	s.order = append(s.order, t)
	l.stats.joined.Add(1)
	return s.status(t), nil
}

func (s *Service) noLine(game string) error {
	for _, info := range s.opt.Lobbies.Games() {
		if info.Name == game {
			return refuse(lobby.NoQueue, info.Title+" has no queue: join or create a lobby")
		}
	}
	return refuse(lobby.UnknownGame, "this server has no such game")
}

// takeOver finds the ticket that the same account has from another connection.
func (s *Service) takeOver(req *Request, l *line) *ticket {
	if len(req.Players) != 1 || req.Players[0].Account == "" {
		return nil
	}
	t := s.accounts[req.Players[0].Account]
	if t == nil || t.line != l || t.held != nil || len(t.players) != 1 || t.owner == req.Owner || s.tickets[req.ID] != nil {
		return nil
	}
	delete(s.tickets, t.id)
	l.queue.Remove(t.id)
	old := t.id
	t.id = req.ID
	if err := s.enqueue(t); err != nil { // cannot be: it was in the queue before
		t.id = old
		s.end(t, lobby.AsError(err))
		return nil
	}
	t.owner, t.players = req.Owner, req.Players
	s.tickets[t.id] = t
	return t
}

func (s *Service) mayJoin(req *Request, l *line) error {
	if req.ID == "" || len(req.Players) == 0 {
		return refuse(lobby.BadRequest, "nobody wants to play")
	}
	if s.tickets[req.ID] != nil {
		return refuse(lobby.AlreadyQueued, "you wait for a match already: leave that queue first")
	}
	for _, p := range req.Players {
		if p.Account != "" && s.accounts[p.Account] != nil {
			return refuse(lobby.AlreadyQueued, "one of the accounts waits for a match already, from another connection or party")
		}
	}
	if l.queue.Len() >= s.opt.Max {
		return errBusy
	}
	return nil
}

// enqueue has a ticket wait, with the time that it has waited before.
func (s *Service) enqueue(t *ticket) error {
	now := s.now()
	err := t.line.queue.Add(matchmaker.Ticket{
		ID: t.id, Size: len(t.players), Skill: s.skill(t), Latency: t.latency, Waited: now - t.since, Data: t,
	}, now)
	switch {
	case errors.Is(err, matchmaker.ErrParty):
		return refuse(lobby.PartyFull, "the party is too large for a team of this queue")
	case errors.Is(err, matchmaker.ErrRegion):
		return refuse(lobby.NoRegion, "no region is near enough: "+err.Error())
	case err != nil:
		return refuse(lobby.BadRequest, err.Error())
	}
	return nil
}

// drop forgets a ticket. What is reserved for it is given up.
func (s *Service) drop(t *ticket) {
	t.gone = true
	delete(s.tickets, t.id)
	for _, p := range t.players {
		if s.accounts[p.Account] == t {
			delete(s.accounts, p.Account)
		}
	}
	if t.held == nil {
		t.line.queue.Remove(t.id)
		return
	}
	for _, seat := range t.seats {
		s.opt.Lobbies.Release(t.held[seat]) // those that are taken stay
	}
}

// end drops a ticket and tells its players why.
func (s *Service) end(t *ticket, why *lobby.Error) {
	s.drop(t)
	t.tell(EventClosed, Closed{Game: t.line.info.Name, Code: why.Code, Message: why.Message})
}

// tell sends all players the same event.
func (t *ticket) tell(name string, arg any) {
	ev := &lobby.Event{Name: name, Args: []any{arg}}
	for _, p := range t.players {
		p.Push(ev)
	}
}

func refuse(code lobby.Code, message string) *lobby.Error {
	return &lobby.Error{Code: code, Message: message}
}
