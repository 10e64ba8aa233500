package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func (c *client) lock() error {
	return ask(func(done func(error)) { c.member.Lock(true, done) })
}

func TestNobodyLeadsStrangersInADropInGame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		ann, bob := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(step)
		if leader := bob.view().Leader; leader != "" {
			t.Errorf("%q leads", leader)
		}
		wantCode(t, ann.kick(bob), lobby.NotLeader)
		wantCode(t, ann.lock(), lobby.NotLeader)
		own := create(t, d, "eve", lobby.CreateRequest{Game: "arena"})
		if own.joined.Lobby.Leader != own.member.ID() {
			t.Error("who creates a lobby does not lead it")
		}
		if err := own.lock(); err != nil {
			t.Error(err)
		}
	})
}

func TestQuickJoinedRoundsHaveALeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		if ann := quick(t, d, "ann", "gather"); ann.joined.Lobby.Leader != ann.member.ID() {
			t.Error("nobody can start the match")
		}
	})
}

func TestBotsAreNotTheLeadersToRemove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		bot := newClient(t, "bot")
		done, answer := bot.done()
		joiner := bot.joiner()
		joiner.Bot = true
		d.Join(lobby.JoinRequest{Joiner: joiner, ID: ann.member.LobbyID()}, done)
		if err := answer(); err != nil {
			t.Fatal(err)
		}
		wantCode(t, ann.kick(bot), lobby.BadRequest)
	})
}

func (c *client) lead(player string) error {
	return ask(func(done func(error)) { c.member.Lead(player, done) })
}

func TestLeaderHandsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		wantCode(t, bob.lead(bob.member.ID()), lobby.NotLeader)
		wantCode(t, ann.lead("p999"), lobby.NotFound)
		if err := ann.lead(bob.member.ID()); err != nil {
			t.Fatal(err)
		}
		pass(step)
		pass(step)
		if leader := ann.view().Leader; leader != bob.member.ID() {
			t.Errorf("%s leads", leader)
		}
		wantCode(t, ann.kick(bob), lobby.NotLeader)
		if err := bob.kick(ann); err != nil {
			t.Error(err)
		}
	})
}

func TestLeaderPolicies(t *testing.T) {
	for policy, want := range map[lobby.LeaderPolicy]struct{ first, chosen, then string }{
		lobby.LeaderOldest: {"ann", "eve", "bob"},
		lobby.LeaderChosen: {"ann", "eve", ""},
		lobby.LeaderNone:   {"", "", ""},
		lobby.LeaderServer: {"", "", ""},
	} {
		t.Run(string(policy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				game := gather
				game.Leader = policy
				d := directory(t, game)
				ann, bob := pair(t, d)
				eve := mustJoin(t, d, "eve", ann.member.LobbyID())
				leader := func() string {
					pass(100 * time.Millisecond)
					for _, c := range []*client{ann, bob, eve} {
						if c.member.ID() == bob.view().Leader {
							return c.name
						}
					}
					return bob.view().Leader
				}
				if got := leader(); got != want.first {
					t.Errorf("first %q leads, want %q", got, want.first)
				}
				_ = ann.lead(eve.member.ID())
				if got := leader(); got != want.chosen {
					t.Errorf("then %q leads, want %q", got, want.chosen)
				}
				_, _ = eve.leave(), ann.leave()
				if got := leader(); got != want.then {
					t.Errorf("at last %q leads, want %q", got, want.then)
				}
			})
		})
	}
	bad := gather
	bad.Leader = "strongest"
	if _, err := lobby.New(lobby.Options{Games: []lobby.Game{bad}}); err == nil {
		t.Error("an unknown policy is taken")
	}
}
