package lobby_test

import (
	"testing"
	"testing/synctest"

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
