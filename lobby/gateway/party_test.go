package gateway_test

import (
	"testing"
	"time"

	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/sio"
)

// companion is a player whose pushes about parties arrive on channels.
type companion struct {
	*player
	seat    client.PartySeat
	party   chan client.Party
	follow  chan client.Follow
	dropped chan client.PartyClosed
}

func (s *server) companion(t *testing.T, o client.Options) *companion {
	t.Helper()
	c := &companion{party: make(chan client.Party, 100), follow: make(chan client.Follow, 10), dropped: make(chan client.PartyClosed, 10)}
	c.player = s.connectGame(t, o, func(g *client.Game) {
		g.OnParty = func(p client.Party) { c.party <- p }
		g.OnFollow = func(f client.Follow) { c.follow <- f }
		g.OnPartyClosed = func(p client.PartyClosed) { c.dropped <- p }
	})
	return c
}

// friends makes a party; the first leads.
func (s *server) friends(t *testing.T, n int) []*companion {
	t.Helper()
	all := []*companion{s.companion(t, client.Options{})}
	ann := all[0]
	var err error
	ann.seat, err = ann.PartyCreate(ann.ctx, "ann")
	ann.must(err)
	inv, err := ann.PartyInvite(ann.ctx, false)
	ann.must(err)
	for len(all) < n {
		c := s.companion(t, client.Options{Parser: parsers[len(all)%len(parsers)]})
		c.seat, err = c.PartyJoin(c.ctx, inv.Code, "friend")
		c.must(err)
		all = append(all, c)
	}
	wait(ann.player, ann.party, "all friends", func(p client.Party) bool { return len(p.Members) == n })
	return all
}

func TestPartyMovesTogether(t *testing.T) {
	s := serve(t, lobby.Options{})
	all := s.friends(t, 3)
	ann := all[0]
	for i, enter := range []func() (client.Seat, error){
		func() (client.Seat, error) { return ann.Create(ann.ctx, client.Request{Game: "round", Party: true}) },
		func() (client.Seat, error) { return ann.Quick(ann.ctx, client.Request{Game: "tally", Party: true}) },
	} {
		seat, err := enter()
		ann.must(err)
		for _, c := range all[1:] {
			f := wait(c.player, c.follow, "the way", nil)
			if f.Lobby != seat.Lobby.ID || f.Game != seat.Lobby.Game || f.ExpiresMs <= 0 || f.Party != ann.seat.Party.ID {
				t.Errorf("move %d: follow %+v", i, f)
			}
			if i > 0 {
				c.must(c.Leave(c.ctx)) // the earlier lobby
			}
			_, err := c.Join(c.ctx, client.Request{Ticket: f.Ticket})
			c.must(err)
		}
		wait(ann.player, ann.lobby, "all friends", func(l client.Lobby) bool { return len(l.Players) == 3 && l.ID == seat.Lobby.ID })
		if i == 0 {
			ann.must(ann.Leave(ann.ctx)) // the party survives
		}
	}
}

func TestPartyThatDoesNotFit(t *testing.T) {
	s := serve(t, lobby.Options{})
	all := s.friends(t, 3)
	ann, host := all[0], s.connect(t, client.Options{})
	room, err := host.Create(host.ctx, client.Request{Game: "round"}) // three seats
	host.must(err)
	_, err = ann.Join(ann.ctx, client.Request{ID: room.Lobby.ID, Party: true})
	if got := code(t, err); got != "ROOM_FULL" {
		t.Errorf("three in two seats: %s", got)
	}
	_, err = ann.Create(ann.ctx, client.Request{Game: "slow", Party: true}) // two seats
	if got := code(t, err); got != "ROOM_FULL" {
		t.Errorf("three in a lobby of two: %s", got)
	}
	if n := s.lobbies.Lobbies(); n != 1 {
		t.Errorf("%d lobbies: one that nobody could enter is left", n)
	}
	ann.must(ann.PartyKick(ann.ctx, all[2].seat.Party.You))
	wait(all[2].player, all[2].dropped, "being put out", func(c client.PartyClosed) bool { return c.Code == "KICKED" })
	_, err = ann.Join(ann.ctx, client.Request{Code: room.Lobby.Code, Party: true})
	ann.must(err)
	other := s.connect(t, client.Options{})
	_, err = other.Join(other.ctx, client.Request{ID: room.Lobby.ID})
	if got := code(t, err); got != "ROOM_FULL" {
		t.Errorf("the friend's seat: %s", got)
	}
}

// A friend who is in the lobby already needs no seat.
func TestPartyJoinsOneOfItsOwn(t *testing.T) {
	s := serve(t, lobby.Options{})
	all := s.friends(t, 2)
	ann, bob := all[0], all[1]
	room, err := bob.Create(bob.ctx, client.Request{Game: "round"})
	bob.must(err)
	_, err = ann.Join(ann.ctx, client.Request{ID: room.Lobby.ID, Party: true})
	ann.must(err)
	other := s.connect(t, client.Options{})
	_, err = other.Join(other.ctx, client.Request{ID: room.Lobby.ID})
	if got := code(t, err); got != "ok" {
		t.Errorf("the third seat: %s", got)
	}
}

func TestPartySurvivesABrokenConnection(t *testing.T) {
	s := serve(t, lobby.Options{Grace: time.Hour})
	all := s.friends(t, 2)
	ann, bob := all[0], all[1]
	s.cut(ann.player)
	wait(bob.player, bob.party, "ann being away", func(p client.Party) bool { return p.Members[0].Away })
	back := s.companion(t, client.Options{})
	seat, err := back.PartyResume(back.ctx, ann.seat.Resume)
	back.must(err)
	if seat.Party.You != ann.seat.Party.You || seat.Resume != ann.seat.Resume || seat.Party.Leader != seat.Party.You {
		t.Errorf("came back as %+v", seat)
	}
	back.must(back.PartyLead(back.ctx, bob.seat.Party.You))
	wait(bob.player, bob.party, "leading", func(p client.Party) bool { return p.Leader == bob.seat.Party.You })
	phone := s.companion(t, client.Options{})
	_, err = phone.PartyResume(phone.ctx, bob.seat.Resume)
	phone.must(err)
	wait(bob.player, bob.dropped, "being replaced", func(c client.PartyClosed) bool { return c.Code == "REPLACED" })
	back.Conn().Close() // says good-bye
	wait(phone.player, phone.party, "being alone", func(p client.Party) bool { return len(p.Members) == 1 })
	phone.must(phone.PartyLeave(phone.ctx))
	if n := s.gateway.Parties().Len(); n != 0 {
		t.Errorf("%d parties are left", n)
	}
}

func TestPartyRefusals(t *testing.T) {
	accounts := func(s *sio.Socket) gateway.Identity {
		account, _ := s.Auth().Get("account").Text()
		return gateway.Identity{Account: string(account)}
	}
	s := serveAs(t, lobby.Options{}, accounts)
	all := s.friends(t, 2)
	ann, bob := all[0], all[1]
	alone := s.companion(t, client.Options{Auth: map[string]any{"account": "a1"}})
	phone := s.companion(t, client.Options{Auth: map[string]any{"account": "a1"}})
	_, err := alone.PartyCreate(alone.ctx, "")
	alone.must(err)

	create := func(c *companion) error { _, err := c.PartyCreate(c.ctx, "x"); return err }
	enter := func(c *companion, code string) error { _, err := c.PartyJoin(c.ctx, code, "x"); return err }
	invite := func(c *companion, renew bool) error { _, err := c.PartyInvite(c.ctx, renew); return err }
	quick := func(c *companion) error {
		_, err := c.Quick(c.ctx, client.Request{Game: "tally", Party: true})
		return err
	}
	nobody := s.companion(t, client.Options{})
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"create twice", create(ann), "ALREADY_IN_PARTY"},
		{"join from a party", enter(ann, "22222222"), "ALREADY_IN_PARTY"},
		{"create with an account that is in one", create(phone), "ALREADY_IN_PARTY"},
		{"join with a wrong code", enter(nobody, "22222222"), "BAD_CODE"},
		{"join with half a code", enter(nobody, "2222"), "BAD_CODE"},
		{"invite to nothing", invite(nobody, false), "NOT_IN_PARTY"},
		{"renew as a guest", invite(bob, true), "NOT_LEADER"},
		{"leave nothing", nobody.PartyLeave(nobody.ctx), "NOT_IN_PARTY"},
		{"kick from outside", nobody.PartyKick(nobody.ctx, "g1"), "NOT_IN_PARTY"},
		{"lead nothing", nobody.PartyLead(nobody.ctx, "g1"), "NOT_IN_PARTY"},
		{"kick as a guest", bob.PartyKick(bob.ctx, ann.seat.Party.You), "NOT_LEADER"},
		{"take the lead", bob.PartyLead(bob.ctx, bob.seat.Party.You), "NOT_LEADER"},
		{"kick nobody", ann.PartyKick(ann.ctx, "g999"), "NOT_FOUND"},
		{"lead nobody", ann.PartyLead(ann.ctx, "g999"), "NOT_FOUND"},
		{"move nothing", quick(nobody), "NOT_IN_PARTY"},
		{"move as a guest", quick(bob), "NOT_LEADER"},
	} {
		if got := code(t, test.err); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	_, err = nobody.PartyResume(nobody.ctx, "y1.nothing")
	if got := code(t, err); got != "NOT_FOUND" {
		t.Errorf("come back to nothing: %s", got)
	}
	for range 100 {
		if code(t, enter(nobody, "22222222")) == "RATE_LIMITED" {
			return
		}
	}
	t.Error("a hundred guesses at once")
}
