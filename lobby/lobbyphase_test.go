package lobby_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// pair returns two players in a lobby of the game gather.
func pair(t *testing.T, d *lobby.Directory) (ann, bob *client) {
	t.Helper()
	ann = create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
	bob = mustJoin(t, d, "bob", ann.member.LobbyID())
	pass(time.Second)
	return ann, bob
}

func (c *client) wantPhase(p lobby.Phase) {
	c.t.Helper()
	pass(100 * time.Millisecond)
	if got := c.view().Phase; got != p {
		c.t.Errorf("%s sees phase %s, want %s", c.name, got, p)
	}
}

func TestEverybodyReadyStartsTheCountdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann, bob := pair(t, directory(t, gather))
		if err := ann.ready(true); err != nil {
			t.Fatal(err)
		}
		bob.wantPhase(lobby.Gathering)
		if err := bob.ready(true); err != nil {
			t.Fatal(err)
		}
		ann.wantPhase(lobby.Countdown)
		if ms := ann.view().CountdownMs; ms != 3000 {
			t.Errorf("countdown of %d ms", ms)
		}
		pass(2800 * time.Millisecond)
		ann.wantPhase(lobby.Playing)
		if ms := ann.view().CountdownMs; ms != 0 {
			t.Errorf("%d ms are left on the countdown of a running match", ms)
		}
		starts := got[lobby.MatchStart](bob)
		if len(starts) != 1 || starts[0].You.Seat != 1 || starts[0].Hz != 20 || starts[0].SendHz != 20 || starts[0].Tick != 0 || starts[0].Form != "M" {
			t.Fatalf("starts = %+v", starts)
		}
	})
}

func TestLeaderStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		wantCode(t, ann.start(), lobby.NotReady) // alone
		bob := mustJoin(t, d, "bob", ann.member.LobbyID())
		wantCode(t, bob.start(), lobby.NotLeader)
		wantCode(t, ann.start(), lobby.NotReady) // bob is not
		if err := bob.ready(true); err != nil {
			t.Fatal(err)
		}
		for range 2 { // twice is once
			if err := ann.start(); err != nil {
				t.Fatal(err)
			}
		}
		ann.wantPhase(lobby.Countdown)
		pass(3 * time.Second)
		ann.wantPhase(lobby.Playing)
		wantCode(t, ann.start(), lobby.WrongPhase)
		wantCode(t, bob.ready(true), lobby.WrongPhase)
		_, err := join(t, d, "joe", lobby.JoinRequest{ID: ann.member.LobbyID()})
		wantCode(t, err, lobby.WrongPhase)
		if quick(t, d, "joe", "gather").member.LobbyID() == ann.member.LobbyID() {
			t.Error("quick join into a running match")
		}
	})
}

func TestCountdownAborts(t *testing.T) {
	for name, abort := range map[string]func(ann, bob, eve *client) error{
		"someone leaves":       func(_, bob, _ *client) error { return bob.leave() },
		"the leader leaves":    func(ann, _, _ *client) error { return ann.leave() },
		"someone is kicked":    func(ann, bob, _ *client) error { return ann.kick(bob) },
		"someone is not ready": func(_, bob, _ *client) error { return bob.ready(false) },
		"connection is lost":   func(_, bob, _ *client) error { bob.member.Disconnect(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := directory(t, gather)
				ann, bob := pair(t, d)
				eve := mustJoin(t, d, "eve", ann.member.LobbyID())
				for _, c := range []*client{ann, bob, eve} {
					if err := c.ready(true); err != nil {
						t.Fatal(err)
					}
				}
				pass(2900 * time.Millisecond)
				if err := abort(ann, bob, eve); err != nil {
					t.Fatal(err)
				}
				pass(10 * time.Second)
				eve.wantPhase(lobby.Gathering)
				for _, p := range eve.view().Players {
					if p.Ready {
						t.Errorf("%s is still ready", p.Name)
					}
				}
			})
		})
	}
}

func TestLeaderHandsOverToTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		eve := mustJoin(t, d, "eve", ann.member.LobbyID())
		if err := ann.leave(); err != nil {
			t.Fatal(err)
		}
		joe := mustJoin(t, d, "joe", bob.member.LobbyID()) // on ann's seat, but younger
		if joe.member.Seat() != 0 {
			t.Errorf("joe sits on %d", joe.member.Seat())
		}
		pass(time.Second)
		for _, c := range []*client{bob, eve, joe} {
			if c.view().Leader != bob.member.ID() {
				t.Errorf("%s sees leader %s, want bob = %s", c.name, c.view().Leader, bob.member.ID())
			}
		}
	})
}

func TestKick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		wantCode(t, bob.kick(ann), lobby.NotLeader)
		wantCode(t, ann.kick(ann), lobby.BadRequest)
		if err := ann.kick(bob); err != nil {
			t.Fatal(err)
		}
		closed := got[lobby.Closed](bob)
		if len(closed) != 1 || closed[0].Code != lobby.Kicked || !bob.member.Gone() {
			t.Errorf("closed = %+v, gone %v", closed, bob.member.Gone())
		}
		wantCode(t, ann.kick(bob), lobby.NotFound)
		wantCode(t, bob.chat("hey"), lobby.NotInLobby)
		pass(time.Second)
		if v := ann.view(); len(v.Players) != 1 {
			t.Errorf("ann sees %+v", v.Players)
		}
	})
}

func TestChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann, bob := pair(t, directory(t, gather))
		wantCode(t, ann.chat(" \n"), lobby.BadRequest)
		wantCode(t, ann.chat(strings.Repeat("é", 201)), lobby.BadRequest)
		for i := range 5 {
			if err := ann.chat(" hello " + strings.Repeat("é", 190)); err != nil {
				t.Fatalf("line %d: %v", i, err)
			}
		}
		wantCode(t, ann.chat("too fast"), lobby.RateLimited)
		if err := bob.chat("each has a limit of his own"); err != nil {
			t.Error(err)
		}
		pass(time.Second)
		if err := ann.chat("later"); err != nil {
			t.Error(err)
		}
		lines := got[lobby.Chat](bob)
		if len(lines) != 7 || lines[0].From != ann.member.ID() || lines[0].Name != "ann" || lines[0].Text != "hello "+strings.Repeat("é", 190) {
			t.Errorf("lines = %+v", lines)
		}
	})
}

func TestFloodOfOneMemberIsBounded(t *testing.T) {
	d := directory(t, gather)
	joined := make(chan *lobby.Member, 1)
	block, blocked := make(chan struct{}), make(chan struct{})
	d.Create(lobby.CreateRequest{Game: "gather", Joiner: newClient(t, "ann").joiner()}, func(j lobby.Joined, err error) {
		joined <- j.Member
	})
	ann := <-joined
	ann.Ready(true, func(error) { close(blocked); <-block })
	<-blocked
	refused := make(chan error, 100)
	for range 100 {
		ann.Chat("x", func(err error) { refused <- err })
	}
	for range 84 {
		wantCode(t, <-refused, lobby.RateLimited)
	}
	close(block)
	for range 16 {
		<-refused
	}
}

func TestRematchKeepsThePeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		for round := range 3 {
			_ = ann.ready(true)
			_ = bob.ready(true)
			pass(3 * time.Second)
			bob.wantPhase(lobby.Playing)
			bob.input(1, "end")
			bob.wantPhase(lobby.Finished)
			ends := got[lobby.MatchEnd](ann)
			if len(ends) != round+1 || ends[round].Reason != lobby.EndFinished || ends[round].Result != "bob" {
				t.Fatalf("round %d: ends = %+v", round, ends)
			}
			for _, p := range ann.view().Players {
				if p.Ready {
					t.Errorf("round %d: %s is ready for a match that is over", round, p.Name)
				}
			}
		}
		if err := ann.ready(true); err != nil {
			t.Fatal(err)
		}
		bob.wantPhase(lobby.Gathering)
	})
}

func TestSmallerUpdatesThanJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		first := quick(t, d, "p0", "arena")
		pass(time.Second)
		before := len(got[lobby.Update](first))
		for range 3 {
			quick(t, d, "p", "arena")
		}
		pass(time.Second)
		if n := len(got[lobby.Update](first)) - before; n > 2 {
			t.Errorf("%d updates for three joins at once", n)
		}
		if n := len(first.view().Players); n != 4 {
			t.Errorf("%d players", n)
		}
	})
}

func TestMinimumPlayers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		game.MinPlayers = 3
		d := directory(t, game)
		ann, bob := pair(t, d)
		_, _ = ann.ready(true), bob.ready(true)
		ann.wantPhase(lobby.Gathering)
		wantCode(t, ann.start(), lobby.NotReady)
		eve := mustJoin(t, d, "eve", ann.member.LobbyID())
		ann.wantPhase(lobby.Gathering)
		_ = eve.ready(true)
		ann.wantPhase(lobby.Countdown)
		_ = eve.leave()
		ann.wantPhase(lobby.Gathering)
		_, _ = ann.ready(true), bob.ready(true)
		ann.wantPhase(lobby.Gathering)
		joe := mustJoin(t, d, "joe", ann.member.LobbyID())
		_ = joe.ready(true)
		pass(4 * time.Second)
		ann.wantPhase(lobby.Playing)
		joe.input(1, "end")
		ann.wantPhase(lobby.Finished)
		_ = joe.leave()
		_, _ = ann.ready(true), bob.ready(true) // the rematch needs somebody else
		ann.wantPhase(lobby.Gathering)
	})
}
