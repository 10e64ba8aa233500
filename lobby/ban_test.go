package lobby_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func (c *client) ban(p *client, d time.Duration) error {
	return ask(func(done func(error)) { c.member.Ban(p.member.ID(), d, done) })
}
func (c *client) unban(player string) error {
	return ask(func(done func(error)) { c.member.Unban(player, done) })
}
func (c *client) mute(p *client, d time.Duration) error {
	return ask(func(done func(error)) { c.member.Mute(p.member.ID(), d, done) })
}
func (c *client) bans() (list []lobby.Ban, err error) {
	err = ask(func(done func(error)) {
		c.member.Bans(func(l []lobby.Ban, err error) { list = l; done(err) })
	})
	return list, err
}

// from joins as an account, "" for a guest, from an address.
func from(t *testing.T, d *lobby.Directory, id, account, address string) (*client, error) {
	t.Helper()
	c := newClient(t, account+"@"+address)
	j := c.joiner()
	j.Account, j.Address = account, address
	return c, c.joins(d, lobby.JoinRequest{ID: id}, j)
}

func TestBannedPeopleStayOut(t *testing.T) {
	for name, test := range map[string]struct {
		who    [2]string   // account and address
		out    [][2]string // who is banned with them
		others [][2]string // who is not
	}{
		"an account":           {[2]string{"eve", "192.0.2.1"}, [][2]string{{"eve", "192.0.2.1"}, {"eve", "192.0.2.9"}}, [][2]string{{"", "192.0.2.1"}, {"joe", "192.0.2.1"}}},
		"a guest":              {[2]string{"", "192.0.2.1"}, [][2]string{{"", "192.0.2.1"}}, [][2]string{{"", "192.0.2.9"}, {"joe", "192.0.2.1"}}},
		"nobody in particular": {[2]string{"", ""}, nil, [][2]string{{"", ""}, {"joe", ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				game := gather
				game.MaxPlayers, game.Spectators = 8, true
				d := directory(t, game)
				ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
				id := ann.member.LobbyID()
				eve, err := from(t, d, id, test.who[0], test.who[1])
				if err != nil {
					t.Fatal(err)
				}
				if err := ann.ban(eve, time.Minute); err != nil {
					t.Fatal(err)
				}
				if closed := got[lobby.Closed](eve); len(closed) != 1 || closed[0].Code != lobby.Banned || !eve.member.Gone() {
					t.Errorf("closed = %+v", closed)
				}
				for _, who := range test.others {
					if _, err := from(t, d, id, who[0], who[1]); err != nil {
						t.Errorf("%q: %v", who, err)
					}
				}
				pass(59 * time.Second)
				for _, who := range test.out {
					_, err := from(t, d, id, who[0], who[1])
					wantCode(t, err, lobby.Banned)
					c := newClient(t, "watcher")
					j := c.joiner()
					j.Account, j.Address = who[0], who[1]
					wantCode(t, c.joins(d, lobby.JoinRequest{ID: id, Spectate: true}, j), lobby.Banned)
					// Quick join finds another lobby for them.
					done, answer := c.done()
					d.Quick(lobby.QuickRequest{Joiner: j, Game: "gather"}, done)
					if err := answer(); err != nil || c.member.LobbyID() == id {
						t.Errorf("quick join: %v", err)
					}
					_ = c.leave()
				}
				pass(2 * time.Second)
				for _, who := range test.out {
					if _, err := from(t, d, id, who[0], who[1]); err != nil {
						t.Errorf("a minute later, %q: %v", who, err)
					}
				}
			})
		})
	}
}

func TestBanIsLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		id := ann.member.LobbyID()
		eve, err := from(t, d, id, "eve", "")
		bob := mustJoin(t, d, "bob", id)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, bob.ban(eve, time.Minute), lobby.NotLeader)
		wantCode(t, ann.ban(ann, time.Minute), lobby.BadRequest)
		wantCode(t, ann.ban(eve, 0), lobby.BadRequest)
		wantCode(t, ann.ban(eve, 8*24*time.Hour), lobby.BadRequest)
		if err := ann.ban(eve, time.Hour); err != nil {
			t.Fatal(err)
		}
		wantCode(t, ann.ban(eve, time.Hour), lobby.NotFound)
		pass(time.Minute)
		if list, err := ann.bans(); err != nil || len(list) != 1 || list[0] != (lobby.Ban{Player: eve.member.ID(), Name: eve.member.Name(), Seconds: 59 * 60}) {
			t.Errorf("bans = %+v, %v", list, err)
		}
		_, err = bob.bans()
		wantCode(t, err, lobby.NotLeader)
		wantCode(t, bob.unban(eve.member.ID()), lobby.NotLeader)
		if err := ann.unban(eve.member.ID()); err != nil {
			t.Fatal(err)
		}
		wantCode(t, ann.unban(eve.member.ID()), lobby.NotFound)
		if _, err := from(t, d, id, "eve", ""); err != nil {
			t.Error(err)
		}
	})
}

// The list of bans is bounded: who has least to wait makes room.
func TestManyBans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		id := ann.member.LobbyID()
		for i := range 300 {
			c, err := from(t, d, id, fmt.Sprint("eve", i), "")
			if err == nil {
				err = ann.ban(c, time.Hour+time.Duration(i)*time.Second)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if list, _ := ann.bans(); len(list) != 256 {
			t.Errorf("%d bans", len(list))
		}
		_, err := from(t, d, id, "eve299", "")
		wantCode(t, err, lobby.Banned)
		if _, err := from(t, d, id, "eve0", ""); err != nil {
			t.Error(err)
		}
	})
}

func TestMutedPeopleAreNotHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		id := ann.member.LobbyID()
		eve, err := from(t, d, id, "eve", "")
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, eve.mute(ann, time.Minute), lobby.NotLeader)
		if err := ann.mute(eve, time.Minute); err != nil {
			t.Fatal(err)
		}
		wantCode(t, eve.chat("hey"), lobby.Muted)
		// Neither another device nor leaving helps.
		phone, err := from(t, d, id, "eve", "")
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, phone.chat("hey"), lobby.Muted)
		_ = phone.leave()
		again, err := from(t, d, id, "eve", "")
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, again.chat("hey"), lobby.Muted)
		pass(time.Minute)
		if err := again.chat("hey"); err != nil {
			t.Error(err)
		}
		if _, lifted := ann.mute(again, time.Hour), ann.mute(again, 0); lifted != nil {
			t.Error(lifted)
		}
		if err := again.chat("hey"); err != nil {
			t.Error(err)
		}
	})
}

func TestModeratorsKeepOrderAnywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.Spectators = true
		d := directory(t, game)
		ann, bob := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena") // nobody leads
		mod := newClient(t, "mod")
		j := mod.joiner()
		j.Moderator = true
		if err := mod.joins(d, lobby.JoinRequest{ID: ann.member.LobbyID(), Spectate: true}, j); err != nil {
			t.Fatal(err)
		}
		if err := mod.mute(ann, time.Minute); err != nil {
			t.Error(err)
		}
		wantCode(t, ann.chat("hey"), lobby.Muted)
		if err := mod.kick(bob); err != nil {
			t.Error(err)
		}
		own := create(t, d, "own", lobby.CreateRequest{Game: "arena"})
		_ = mod.leave()
		if err := mod.joins(d, lobby.JoinRequest{ID: own.member.LobbyID()}, j); err != nil {
			t.Fatal(err)
		}
		wantCode(t, own.kick(mod), lobby.BadRequest)
	})
}

// TestBanWhileOneIsOnTheWay: who asked for a place before the ban, on another
// connection, does not come in after it.
func TestBanWhileOneIsOnTheWay(t *testing.T) {
	for name, req := range map[string]lobby.JoinRequest{"to play": {}, "to watch": {Spectate: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				game := gather
				game.Spectators = true
				d := directory(t, game)
				ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
				eve, err := from(t, d, ann.member.LobbyID(), "", "192.0.2.1")
				if err != nil {
					t.Fatal(err)
				}
				again := newClient(t, "again")
				req.ID, req.Joiner = ann.member.LobbyID(), again.joiner()
				req.Address = "192.0.2.1"
				done, answer := again.done()
				asked := make(chan struct{})
				ann.member.Ready(true, func(error) { // keeps the lobby busy until the ban waits
					<-asked
					d.Join(req, done)
				})
				ann.member.Ban(eve.member.ID(), time.Minute, nil)
				close(asked)
				wantCode(t, answer(), lobby.Banned)
				pass(time.Second)
				if v := ann.view(); len(v.Players) != 1 || v.Spectators != 0 {
					t.Errorf("players %v, %d spectators", v.Players, v.Spectators)
				}
				if _, err := from(t, d, ann.member.LobbyID(), "", "192.0.2.2"); err != nil {
					t.Errorf("the place is lost: %v", err)
				}
			})
		})
	}
}
