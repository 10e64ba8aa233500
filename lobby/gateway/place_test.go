package gateway_test

import (
	"testing"
	"time"

	"tickwire/clients/go"
	"tickwire/lobby"
)

// cut breaks the connection without a good-bye, as a dead link does.
func (s *server) cut(p *player) {
	for socket := range s.io.Of("/").Sockets() {
		if socket.ID() == p.Conn().ID() {
			socket.Session().Kill()
		}
	}
	<-p.Conn().Done()
}

func awayOf(l client.Lobby, id string) (there, away bool) {
	for _, m := range l.Players {
		if m.ID == id {
			return true, m.Away
		}
	}
	return false, false
}

func TestComingBackAfterABrokenConnection(t *testing.T) {
	for _, parser := range parsers {
		t.Run(parser, func(t *testing.T) {
			s := serve(t, lobby.Options{Grace: time.Hour})
			ann, bob := s.connect(t, client.Options{Parser: parser}), s.connect(t, client.Options{})
			seat, err := ann.Quick(ann.ctx, client.Request{Game: "tally", Player: "ann"})
			ann.must(err)
			_, err = bob.Quick(bob.ctx, client.Request{Game: "tally"})
			bob.must(err)
			_, err = ann.SendInput(5)
			ann.must(err)
			wait(bob, bob.frame, "ann's input", func(f frame) bool { return f.counts[0] == 5 })

			s.cut(ann)
			wait(bob, bob.lobby, "ann being away", func(l client.Lobby) bool { _, away := awayOf(l, seat.You.ID); return away })
			back := s.connect(t, client.Options{Parser: parser})
			again, err := back.Join(back.ctx, client.Request{Resume: seat.Resume})
			back.must(err)
			if again.You != seat.You || again.Resume != seat.Resume || again.Lobby.ID != seat.Lobby.ID {
				t.Errorf("came back as %+v, was %+v", again, seat)
			}
			wait(back, back.start, "the match", nil)
			seq, err := back.SendInput(2)
			back.must(err)
			wait(back, back.frame, "the old count and the new input", func(f frame) bool { return f.Ack == seq && f.counts[0] == 7 })
			wait(bob, bob.lobby, "ann being there", func(l client.Lobby) bool { there, away := awayOf(l, seat.You.ID); return there && !away })
		})
	}
}

func TestTakingOverFromALivingConnection(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, phone := s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "round", Player: "ann"})
	ann.must(err)
	again, err := phone.Join(phone.ctx, client.Request{Resume: seat.Resume})
	phone.must(err)
	if why := wait(ann, ann.closed, "being replaced", nil); why.Code != "REPLACED" || why.Message == "" {
		t.Errorf("closed: %+v", why)
	}
	if got := code(t, ann.Say(ann.ctx, "still here?")); got != "NOT_IN_LOBBY" {
		t.Errorf("the old connection talks: %s", got)
	}
	if len(again.Lobby.Players) != 1 || again.Lobby.Leader != seat.You.ID {
		t.Errorf("took over %+v", again.Lobby)
	}
	ann.Conn().Close()
	<-ann.Conn().Done()
	phone.must(phone.Say(phone.ctx, "moved"))
}

func TestPlacesThatAreGivenUp(t *testing.T) {
	s := serve(t, lobby.Options{Grace: time.Hour})
	host := s.connect(t, client.Options{})
	room, err := host.Create(host.ctx, client.Request{Game: "round"})
	host.must(err)
	enter := func() (*player, client.Seat) {
		p := s.connect(t, client.Options{})
		seat, err := p.Join(p.ctx, client.Request{ID: room.Lobby.ID})
		p.must(err)
		return p, seat
	}
	for what, leave := range map[string]func(p *player, id string){
		"leave":    func(p *player, _ string) { p.must(p.Leave(p.ctx)) },
		"kick":     func(p *player, id string) { host.must(host.Kick(host.ctx, id)) },
		"good-bye": func(p *player, _ string) { p.Conn().Close() },
	} {
		p, seat := enter()
		wait(host, host.lobby, "the newcomer", func(l client.Lobby) bool { there, _ := awayOf(l, seat.You.ID); return there })
		leave(p, seat.You.ID)
		wait(host, host.lobby, "an end by "+what, func(l client.Lobby) bool { return len(l.Players) == 1 })
		back := s.connect(t, client.Options{})
		_, err := back.Join(back.ctx, client.Request{Resume: seat.Resume})
		if got := code(t, err); got != "NOT_FOUND" {
			t.Errorf("after %s: %s", what, got)
		}
	}
}

func TestPasswordAndLock(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "slow", Password: "sesame"})
	ann.must(err)
	join := func(r client.Request) string {
		r.ID = seat.Lobby.ID
		_, err := bob.Join(bob.ctx, r)
		return code(t, err)
	}
	list, err := bob.List(bob.ctx, "slow")
	bob.must(err)
	if !seat.Lobby.Password || !list.Lobbies[0].Password || list.Lobbies[0].Locked {
		t.Errorf("list: %+v", list.Lobbies)
	}
	if none, wrong := join(client.Request{}), join(client.Request{Password: "open"}); none != "BAD_PASSWORD" || wrong != "BAD_PASSWORD" {
		t.Errorf("without: %s, with another: %s", none, wrong)
	}
	ann.must(ann.Lock(ann.ctx, true))
	wait(ann, ann.lobby, "the lock", func(l client.Lobby) bool { return l.Locked })
	if got := join(client.Request{Password: "sesame"}); got != "LOCKED" {
		t.Errorf("a locked lobby: %s", got)
	}
	ann.must(ann.Lock(ann.ctx, false))
	if got := join(client.Request{Password: "sesame"}); got != "ok" {
		t.Errorf("the right password: %s", got)
	}
	if got := code(t, bob.Lock(bob.ctx, true)); got != "NOT_LEADER" {
		t.Errorf("a guest locks: %s", got)
	}
}

func TestGuessingPasswordsIsLimited(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, eve := s.connect(t, client.Options{}), s.connect(t, client.Options{})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "slow", Password: "sesame"})
	ann.must(err)
	for range 100 {
		_, err := eve.Join(eve.ctx, client.Request{ID: seat.Lobby.ID, Password: "guess"})
		if code(t, err) == "RATE_LIMITED" {
			return
		}
	}
	t.Error("a hundred guesses at once")
}

// theatre is a game with two teams that others may watch.
func theatre() lobby.Game {
	return lobby.Game{
		Name: "theatre", MinPlayers: 2, MaxPlayers: 4, Hz: 60, Countdown: -1, Teams: 2,
		Spectators: true, MaxSpectators: 1, New: newTally,
	}
}

func TestSpectators(t *testing.T) {
	s := serve(t, lobby.Options{Games: append(games(), theatre())})
	ann, bob, eve := s.connect(t, client.Options{}), s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON})
	room, err := ann.Create(ann.ctx, client.Request{Game: "theatre"})
	ann.must(err)
	_, err = bob.Join(bob.ctx, client.Request{ID: room.Lobby.ID})
	bob.must(err)
	seat, err := eve.Join(eve.ctx, client.Request{ID: room.Lobby.ID, Spectate: true})
	eve.must(err)
	if seat.You.Seat != -1 || seat.Resume != "" || len(seat.Lobby.Players) != 2 {
		t.Errorf("eve sits at %+v", seat)
	}
	wait(ann, ann.lobby, "a spectator", func(l client.Lobby) bool { return l.Spectators == 1 })
	full := s.connect(t, client.Options{})
	_, err = full.Join(full.ctx, client.Request{ID: room.Lobby.ID, Spectate: true})
	if got := code(t, err); got != "ROOM_FULL" {
		t.Errorf("a spectator too many: %s", got)
	}
	if got := code(t, eve.Ready(eve.ctx, true)); got != "BAD_REQUEST" {
		t.Errorf("a spectator is ready: %s", got)
	}
	bob.must(bob.Ready(bob.ctx, true))
	ann.must(ann.StartMatch(ann.ctx))
	if start := wait(eve, eve.start, "the match", nil); start.You.Seat != -1 {
		t.Errorf("start: %+v", start)
	}
	_, err = ann.SendInput(4)
	ann.must(err)
	_, err = eve.SendInput(9)
	eve.must(err)
	got := wait(eve, eve.frame, "ann's input", func(f frame) bool { return f.counts[0] == 4 })
	if got.Ack != 0 || len(got.counts) != 2 {
		t.Errorf("eve plays: %+v", got)
	}
	ann.must(ann.Leave(ann.ctx))
	bob.must(bob.Leave(bob.ctx))
	if why := wait(eve, eve.closed, "the end", nil); why.Code != "NOT_FOUND" {
		t.Errorf("closed: %+v", why)
	}
	other, err := ann.Create(ann.ctx, client.Request{Game: "round"})
	ann.must(err)
	_, err = eve.Join(eve.ctx, client.Request{Code: other.Lobby.Code, Spectate: true})
	if got := code(t, err); got != "BAD_REQUEST" {
		t.Errorf("watch a game without spectators: %s", got)
	}
}

func TestTeams(t *testing.T) {
	s := serve(t, lobby.Options{Games: append(games(), theatre())})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "theatre"})
	ann.must(err)
	other, err := bob.Join(bob.ctx, client.Request{ID: seat.Lobby.ID})
	bob.must(err)
	teams := func(a, b int) {
		t.Helper()
		wait(bob, bob.lobby, "the teams", func(l client.Lobby) bool {
			return len(l.Players) == 2 && l.Players[0].Team == a && l.Players[1].Team == b
		})
	}
	teams(1, 2)
	bob.must(bob.Team(bob.ctx, "", 1))
	teams(1, 1)
	ann.must(ann.Balance(ann.ctx))
	teams(1, 2)
	ann.must(ann.Swap(ann.ctx, seat.You.ID, other.You.ID))
	teams(2, 1)
	ann.must(ann.Team(ann.ctx, other.You.ID, 2))
	teams(2, 2)
	for what, test := range map[string]struct {
		err  error
		want string
	}{
		"no such team":        {bob.Team(bob.ctx, "", 3), "BAD_REQUEST"},
		"move another":        {bob.Team(bob.ctx, seat.You.ID, 1), "NOT_LEADER"},
		"swap as a guest":     {bob.Swap(bob.ctx, seat.You.ID, other.You.ID), "NOT_LEADER"},
		"balance as a guest":  {bob.Balance(bob.ctx), "NOT_LEADER"},
		"move nobody":         {ann.Team(ann.ctx, "p999", 1), "NOT_FOUND"},
		"swap with nobody":    {ann.Swap(ann.ctx, seat.You.ID, "p999"), "NOT_FOUND"},
		"nowhere":             {s.connect(t, client.Options{}).Team(ann.ctx, "", 1), "NOT_IN_LOBBY"},
		"the teams are fixed": {s.playing(ann, bob), "WRONG_PHASE"},
	} {
		if got := code(t, test.err); got != test.want {
			t.Errorf("%s: %s, want %s", what, got, test.want)
		}
	}
}

func TestTeamsHaveTheirShareOfTheSeats(t *testing.T) {
	s := serve(t, lobby.Options{Games: []lobby.Game{theatre()}})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "theatre", Max: 2})
	ann.must(err)
	_, err = bob.Join(bob.ctx, client.Request{ID: seat.Lobby.ID})
	bob.must(err)
	if got := code(t, bob.Team(bob.ctx, "", 1)); got != "ROOM_FULL" {
		t.Errorf("both in one team: %s", got)
	}
}

// playing starts the match of two and tells what changing teams is answered.
func (s *server) playing(ann, bob *player) error {
	bob.must(bob.Ready(bob.ctx, true))
	ann.must(ann.StartMatch(ann.ctx))
	return bob.Team(bob.ctx, "", 1)
}

func TestTicketTakesAReservedSeat(t *testing.T) {
	s := serve(t, lobby.Options{})
	info, err := s.lobbies.Open(lobby.OpenRequest{
		Game: "round", Visibility: lobby.Private, Seats: make([]lobby.SeatRequest, 2), AutoStart: 2, For: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON})
	seat, err := ann.Join(ann.ctx, client.Request{Ticket: info.Reserved.Tickets[0]})
	ann.must(err)
	if seat.Lobby.ID != info.ID || seat.Resume == "" {
		t.Errorf("ann sits at %+v", seat)
	}
	_, err = bob.Join(bob.ctx, client.Request{Ticket: info.Reserved.Tickets[0]})
	if got := code(t, err); got != "BAD_TICKET" {
		t.Errorf("a used ticket: %s", got)
	}
	_, err = bob.Join(bob.ctx, client.Request{Ticket: info.Reserved.Tickets[1]})
	bob.must(err)
	wait(ann, ann.frame, "the match that nobody started", nil)
	wait(bob, bob.frame, "the match that nobody started", nil)
}
