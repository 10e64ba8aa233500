package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// TestGameStats compares what the directory counts for each game with what the
// clients got.
func TestGameStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena, gather)
		ann := quick(t, d, "ann", "arena")
		bob := newClient(t, "bob")
		bob.form = "B"
		done, answer := bob.done()
		d.Quick(lobby.QuickRequest{Joiner: bob.joiner(), Game: "arena"}, done)
		if err := answer(); err != nil {
			t.Fatal(err)
		}
		create(t, d, "cyd", lobby.CreateRequest{Game: "gather"})
		for range 20 {
			pass(100 * time.Millisecond)
			ann.input(uint32(len(ann.kinds)), 1)
		}
		pass(step)

		all := d.GameStats()
		if len(all) != 2 || all[0].Game != "arena" || all[1].Game != "gather" {
			t.Fatalf("games: %+v", all)
		}
		a, g := all[0], all[1]
		if a.Lobbies[lobby.Playing] != 1 || a.Players != 2 || g.Lobbies[lobby.Gathering] != 1 || g.Players != 1 {
			t.Errorf("lobbies %v and %v, players %d and %d", a.Lobbies, g.Lobbies, a.Players, g.Players)
		}
		if n := uint64(len(ann.kinds) + len(bob.kinds)); a.Frames != n || a.Keyframes != 2 {
			t.Errorf("%d frames and %d keyframes counted, %d were sent", a.Frames, a.Keyframes, n)
		}
		if a.BytesB == 0 || a.BytesB >= a.Bytes {
			t.Errorf("%d bytes, %d in B-form", a.Bytes, a.BytesB)
		}
		if a.Inputs != 20 {
			t.Errorf("%d inputs", a.Inputs)
		}
		if a.Took.Count() != a.Ticks || a.Encode.Count() != a.Ticks || a.Fan.Count() != a.Ticks || a.Late.Count() != a.Ticks {
			t.Errorf("of %d ticks timed: %d steps, %d and %d sends, %d starts",
				a.Ticks, a.Took.Count(), a.Encode.Count(), a.Fan.Count(), a.Late.Count())
		}
		// Virtual time stands still while anything runs: each frame is acknowledged
		// before the next step.
		if n := a.Trips.Count(); n < 70 || a.Trips.Sum != 0 {
			t.Errorf("%d round trips of together %v", n, a.Trips.Sum)
		}
		if g.Ticks != 0 || g.Took.Count() != 0 {
			t.Errorf("a game that nobody plays: %+v", g.Stats)
		}
		if s := d.Stats(); s != a.Stats {
			t.Errorf("all together: %+v, the one that plays %+v", s, a.Stats)
		}
	})
}

// TestLateAcknowledgementsAreTrips: a client that acknowledges three ticks late
// has round trips of three ticks.
func TestLateAcknowledgementsAreTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		ann := quick(t, d, "ann", "arena")
		ann.silent = true
		pass(4 * step)
		before := d.GameStats()[0].Trips
		for range 20 {
			_ = ann.member.Input(0, ann.replica.Tick()-3, nil)
			pass(step)
		}
		after := d.GameStats()[0].Trips
		n, sum := after.Count()-before.Count(), after.Sum-before.Sum
		if n != 20 || sum != 20*3*step {
			t.Errorf("%d round trips of together %v", n, sum)
		}
	})
}
