package lobby_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func (c *client) newCode(off bool) (code string, err error) {
	err = ask(func(done func(error)) { c.member.NewCode(off, func(s string, err error) { code = s; done(err) }) })
	return code, err
}

func (c *client) invite(uses int, keep time.Duration) (ticket string, err error) {
	err = ask(func(done func(error)) {
		c.member.Invite(uses, keep, func(i lobby.Invitation, err error) { ticket = i.Ticket; done(err) })
	})
	return ticket, err
}

func (c *client) mustInvite(uses int, keep time.Duration) string {
	c.t.Helper()
	ticket, err := c.invite(uses, keep)
	if err != nil {
		c.t.Fatal(err)
	}
	return ticket
}

func TestCodesAreRenewedAndTurnedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		old := ann.joined.Lobby.Code
		byCode := func(code string) error {
			c, err := join(t, d, "eve", lobby.JoinRequest{Code: code})
			if err == nil {
				_ = c.leave()
			}
			return err
		}
		_, err := bob.newCode(false)
		wantCode(t, err, lobby.NotLeader)
		code, err := ann.newCode(false)
		if err != nil || code == old || len(code) != 5 {
			t.Fatalf("%q, %v", code, err)
		}
		wantCode(t, byCode(old), lobby.BadCode)
		if err := byCode(code); err != nil {
			t.Error(err)
		}
		pass(time.Second)
		if list := d.List(""); list[0].Code != code {
			t.Errorf("listed with %q", list[0].Code)
		}
		if code, err = ann.newCode(true); code != "" || err != nil {
			t.Errorf("off: %q, %v", code, err)
		}
		pass(time.Second)
		updates := got[lobby.Update](bob)
		if last := updates[len(updates)-1]; last.Code == nil || *last.Code != "" || d.List("")[0].Code != "" {
			t.Errorf("update %+v, list %+v", last, d.List(""))
		}
		if code, err = ann.newCode(false); err != nil || byCode(code) != nil {
			t.Errorf("on again: %q, %v", code, err)
		}
	})
}

func TestCodesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, lobby.Options{Games: []lobby.Game{gather}, CodeTTL: time.Hour})
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Visibility: lobby.Private})
		seen := map[string]bool{ann.joined.Lobby.Code: true}
		for i := range 3 {
			pass(time.Hour + time.Second)
			codes := got[lobby.Update](ann)
			last := codes[len(codes)-1]
			if len(codes) != i+2 || last.Code == nil || seen[*last.Code] {
				t.Fatalf("hour %d: %d updates, %+v", i+1, len(codes), last)
			}
			seen[*last.Code] = true
		}
		refused := 0
		for code := range seen {
			c, err := join(t, d, "bob", lobby.JoinRequest{Code: code})
			if err != nil {
				wantCode(t, err, lobby.BadCode)
				refused++
			} else {
				_ = c.leave()
			}
		}
		if refused != 3 {
			t.Errorf("%d of 4 codes are refused", refused)
		}
		_, _ = ann.newCode(true)
		before := len(got[lobby.Update](ann))
		pass(5 * time.Hour)
		if n := len(got[lobby.Update](ann)); n > before+1 {
			t.Error("a code that is off is renewed")
		}
	})
}

func TestGuessingCodesIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		try := func(code, address string) error {
			c := newClient(t, "eve")
			j := c.joiner()
			j.Address = address
			return c.joins(d, lobby.JoinRequest{Code: code}, j)
		}
		for range 30 {
			wantCode(t, try("ZZZZZ", "192.0.2.1"), lobby.BadCode)
		}
		wantCode(t, try(ann.joined.Lobby.Code, "192.0.2.1"), lobby.RateLimited) // even the right one
		wantCode(t, try("ZZZZZ", "192.0.2.2"), lobby.BadCode)
		pass(2 * time.Second)
		if err := try(ann.joined.Lobby.Code, "192.0.2.1"); err != nil {
			t.Error(err)
		}
	})
}

func TestInvitationsOpenAnyLobby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		game.Spectators = true
		d := directory(t, game)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Visibility: lobby.Private, Password: "x", Max: 3})
		_, _ = ann.newCode(true)
		if err := ann.lock(); err != nil {
			t.Fatal(err)
		}
		ticket := ann.mustInvite(2, time.Minute)
		enter := func(req lobby.JoinRequest) (*client, error) { return join(t, d, "guest", req) }
		bob, err := enter(lobby.JoinRequest{Ticket: ticket})
		if err != nil {
			t.Fatal(err)
		}
		_, err = bob.invite(1, time.Minute)
		wantCode(t, err, lobby.NotLeader)
		if _, err := enter(lobby.JoinRequest{Ticket: ticket, Spectate: true}); err != nil {
			t.Fatal(err)
		}
		_, err = enter(lobby.JoinRequest{Ticket: ticket})
		wantCode(t, err, lobby.BadTicket) // used up
		for _, wrong := range []string{"x", ".", ann.member.LobbyID(), ann.member.LobbyID() + ".", ticket + "x", ticket[1:]} {
			_, err := enter(lobby.JoinRequest{Ticket: wrong})
			wantCode(t, err, lobby.BadTicket)
		}
		ticket = ann.mustInvite(10, time.Minute)
		pass(61 * time.Second)
		_, err = enter(lobby.JoinRequest{Ticket: ticket})
		wantCode(t, err, lobby.BadTicket) // expired
		ticket = ann.mustInvite(1, time.Minute)
		full, err := enter(lobby.JoinRequest{Ticket: ticket})
		if err != nil {
			t.Fatal(err)
		}
		ticket = ann.mustInvite(1, time.Minute)
		_, err = enter(lobby.JoinRequest{Ticket: ticket})
		wantCode(t, err, lobby.RoomFull)
		_ = full.leave()
		again, err := enter(lobby.JoinRequest{Ticket: ticket}) // was not used
		if err != nil {
			t.Fatal(err)
		}
		_ = again.leave()
		ticket = ann.mustInvite(10, time.Minute)
		if err := ask(ann.member.Revoke); err != nil {
			t.Error(err)
		}
		wantCode(t, ask(bob.member.Revoke), lobby.NotLeader)
		_, err = enter(lobby.JoinRequest{Ticket: ticket})
		wantCode(t, err, lobby.BadTicket) // revoked
		for _, bad := range []struct {
			uses int
			keep time.Duration
		}{{0, time.Minute}, {1001, time.Minute}, {1, 0}, {1, 8 * 24 * time.Hour}, {-1, time.Minute}} {
			_, err = ann.invite(bad.uses, bad.keep)
			wantCode(t, err, lobby.BadRequest)
		}
	})
}

func TestInvitationsAndBansAndPhases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		id := ann.member.LobbyID()
		eve, err := from(t, d, id, "eve", "")
		if err != nil {
			t.Fatal(err)
		}
		_ = ann.ban(eve, time.Hour)
		ticket := ann.mustInvite(1, time.Hour)
		c, j := as(t, "eve", "pc")
		wantCode(t, c.joins(d, lobby.JoinRequest{Ticket: ticket}, j), lobby.Banned)
		_, _ = ann.ready(true), bob.ready(true)
		pass(4 * time.Second)
		_, err = join(t, d, "joe", lobby.JoinRequest{Ticket: ticket})
		wantCode(t, err, lobby.WrongPhase)
		ann.input(1, "end")
		pass(time.Second)
		if _, err = join(t, d, "joe", lobby.JoinRequest{Ticket: ticket}); err != nil { // a refusal costs no use
			t.Error(err)
		}
	})
}

func TestManyInvitations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		game.MaxPlayers = 100
		d := directory(t, game)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		tickets := map[int]string{}
		for i := range 70 {
			tickets[i] = ann.mustInvite(1, time.Hour+time.Duration(i)*time.Second)
		}
		for i, ticket := range tickets {
			_, err := join(t, d, fmt.Sprint(i), lobby.JoinRequest{Ticket: ticket})
			if forgotten := i < 6; (err != nil) != forgotten {
				t.Errorf("invitation %d: %v", i, err)
			}
		}
	})
}
