package lobby_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func TestNobodyConnectedNoSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.Spectators = true
		d := patient(t, game)
		ann, bob := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(time.Second)
		ann.input(1, 5)
		pass(time.Second)
		ticks := func() uint64 { return d.Stats().Ticks }

		ann.member.Disconnect()
		pass(time.Second)
		if before := ticks(); before < 50 {
			t.Errorf("%d ticks while bob plays on", before)
		}
		bob.member.Disconnect()
		pass(100 * time.Millisecond)
		before := ticks()
		pass(5 * time.Second)
		if after := ticks(); after != before {
			t.Errorf("%d steps for nobody", after-before)
		}
		back, err := ann.resume(d)
		if err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if n := ticks() - before; n < 19 || n > 21 || back.positions()[0] != 5 {
			t.Errorf("%d ticks in the first second after, positions %v", n, back.positions())
		}
		eye := mustWatch(t, d, "eye", ann.member.LobbyID())
		back.member.Disconnect()
		before = ticks()
		pass(time.Second)
		if ticks() == before {
			t.Error("a spectator sees nothing move")
		}
		eye.member.Disconnect()
		pass(100 * time.Millisecond)
		before = ticks()
		pass(11 * time.Second)
		if d.Lobbies() != 0 || ticks() != before {
			t.Errorf("%d lobbies of the absent, %d steps for nobody", d.Lobbies(), ticks()-before)
		}
	})
}

func TestDrainOfAPausedMatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := lobby.New(lobby.Options{Games: []lobby.Game{arena}, Grace: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		ann := quick(t, d, "ann", "arena")
		pass(time.Second)
		ann.member.Disconnect()
		pass(time.Second)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := d.Drain(ctx); err != nil || time.Since(began) > time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
