package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// as returns a client of an account.
func as(t *testing.T, account, device string) (*client, lobby.Joiner) {
	c := newClient(t, account+" at "+device)
	j := c.joiner()
	j.Name, j.Account = account, account
	return c, j
}

func (c *client) joins(d *lobby.Directory, req lobby.JoinRequest, j lobby.Joiner) error {
	req.Joiner = j
	done, answer := c.done()
	d.Join(req, done)
	return answer()
}

func (c *client) joinsAs(t *testing.T, d *lobby.Directory, id, account string) (*client, error) {
	t.Helper()
	next, j := as(t, account, "another device")
	return next, next.joins(d, lobby.JoinRequest{ID: id}, j)
}

// wantReplaced checks that a client was told that its place is elsewhere.
func (c *client) wantReplaced() {
	c.t.Helper()
	if closed := got[lobby.Closed](c); len(closed) != 1 || closed[0].Code != lobby.Replaced || !c.member.Gone() {
		c.t.Errorf("%s: closed = %+v, gone %v", c.name, closed, c.member.Gone())
	}
}

func TestAccountTakesItsSeatOverFromAnotherDevice(t *testing.T) {
	ways := map[string]func(d *lobby.Directory, l lobby.View, c *client, j lobby.Joiner) error{
		"by id": func(d *lobby.Directory, l lobby.View, c *client, j lobby.Joiner) error {
			return c.joins(d, lobby.JoinRequest{ID: l.ID}, j)
		},
		"by code": func(d *lobby.Directory, l lobby.View, c *client, j lobby.Joiner) error {
			return c.joins(d, lobby.JoinRequest{Code: l.Code}, j)
		},
		"by account alone": func(d *lobby.Directory, _ lobby.View, c *client, j lobby.Joiner) error {
			return c.joins(d, lobby.JoinRequest{}, j)
		},
		"by quick join": func(d *lobby.Directory, _ lobby.View, c *client, j lobby.Joiner) error {
			done, answer := c.done()
			d.Quick(lobby.QuickRequest{Joiner: j, Game: "gather"}, done)
			return answer()
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// Full, locked, private and behind a password: all that is for others.
				game := gather
				d := patient(t, game)
				ann, j := as(t, "ann", "pc")
				done, answer := ann.done()
				d.Create(lobby.CreateRequest{Joiner: j, Game: "gather", Max: 2, Visibility: lobby.Private, Password: "x"}, done)
				if err := answer(); err != nil {
					t.Fatal(err)
				}
				bob, err := join(t, d, "bob", lobby.JoinRequest{Code: ann.joined.Lobby.Code, Password: "x"})
				if err != nil || ann.lock() != nil {
					t.Fatal(err)
				}
				pass(time.Second)
				phone, j := as(t, "ann", "phone")
				if err := way(d, ann.joined.Lobby, phone, j); err != nil {
					t.Fatal(err)
				}
				ann.wantReplaced()
				if phone.joined.You != ann.joined.You || phone.joined.Lobby.Leader != ann.member.ID() {
					t.Errorf("took over as %+v, was %+v", phone.joined, ann.joined.You)
				}
				pass(time.Second)
				if n := len(bob.view().Players); n != 2 {
					t.Errorf("%d players", n)
				}
			})
		})
	}
}

func TestAccountMovesToAnotherLobby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather, arena)
		ann, j := as(t, "ann", "pc")
		host := create(t, d, "host", lobby.CreateRequest{Game: "gather"})
		if err := ann.joins(d, lobby.JoinRequest{ID: host.member.LobbyID()}, j); err != nil {
			t.Fatal(err)
		}
		// A place that cannot be had costs nothing.
		full := create(t, d, "full", lobby.CreateRequest{Game: "gather", Max: 2})
		mustJoin(t, d, "more", full.member.LobbyID())
		phone, err := ann.joinsAs(t, d, full.member.LobbyID(), "ann")
		wantCode(t, err, lobby.RoomFull)
		if ann.member.Gone() {
			t.Fatal("the old seat is lost")
		}
		done, answer := phone.done()
		_, j = as(t, "ann", "phone")
		j.Conn = phone
		d.Quick(lobby.QuickRequest{Joiner: j, Game: "arena"}, done)
		if err := answer(); err != nil {
			t.Fatal(err)
		}
		ann.wantReplaced()
		pass(time.Second)
		if n := len(host.view().Players); n != 1 || phone.member.Gone() {
			t.Errorf("%d players where ann was", n)
		}
		// The token of the old place is worth nothing, that of the new one is.
		_, err = ann.resume(d)
		wantCode(t, err, lobby.NotFound)
		_, err = phone.resume(d) // a guest with the token of an account
		wantCode(t, err, lobby.NotFound)
		tablet, j := as(t, "ann", "tablet")
		if err := tablet.joins(d, lobby.JoinRequest{Resume: phone.joined.Token}, j); err != nil {
			t.Fatal(err)
		}
		phone.wantReplaced()
	})
}

func TestAccountComesBackToAHeldSeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather)
		host := create(t, d, "host", lobby.CreateRequest{Game: "gather"})
		ann, err := host.joinsAs(t, d, host.member.LobbyID(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		ann.member.Disconnect()
		pass(5 * time.Second)
		back, err := host.joinsAs(t, d, host.member.LobbyID(), "ann")
		if err != nil || back.joined.You != ann.joined.You {
			t.Fatalf("%v, %+v", err, back.joined)
		}
		if err := back.leave(); err != nil {
			t.Fatal(err)
		}
		_, j := as(t, "ann", "pc")
		wantCode(t, back.joins(d, lobby.JoinRequest{}, j), lobby.NotFound)
	})
}

func TestWhoPlaysDoesNotAlsoWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.Spectators = true
		d := patient(t, game)
		host := create(t, d, "host", lobby.CreateRequest{Game: "arena"})
		id := host.member.LobbyID()
		watch := func() (*client, error) {
			c, j := as(t, "ann", "sofa")
			return c, c.joins(d, lobby.JoinRequest{ID: id, Spectate: true}, j)
		}
		first, err := watch()
		second, err2 := watch()
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		first.wantReplaced()
		ann, err := host.joinsAs(t, d, id, "ann")
		if err != nil {
			t.Fatal(err)
		}
		second.wantReplaced()
		_, err = watch()
		wantCode(t, err, lobby.AlreadyInLobby)
		if ann.member.Gone() {
			t.Error("the seat is lost")
		}
	})
}

// Guests are nobody in particular.
func TestGuestsAreNotTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		for range 2 {
			c := newClient(t, "guest")
			j := c.joiner()
			j.Address = "192.0.2.1"
			if err := c.joins(d, lobby.JoinRequest{ID: ann.member.LobbyID()}, j); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		if n := len(ann.view().Players); n != 3 {
			t.Errorf("%d players", n)
		}
		c := newClient(t, "lost")
		wantCode(t, c.joins(d, lobby.JoinRequest{}, c.joiner()), lobby.BadRequest)
	})
}
