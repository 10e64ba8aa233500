package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
	"tickwire/tick"
)

// stalling is an arena whose step at some ticks takes so long.
func stalling(g lobby.Game, at map[uint32]time.Duration) lobby.Game {
	g.New = func(m *lobby.Match) lobby.Rules {
		r := newDots(m).(*dots)
		r.step = func(tick uint32) { time.Sleep(at[tick]) }
		return r
	}
	return g
}

// TestOverrunPolicies: a step that takes ten intervals, and what becomes of the
// deadlines that pass meanwhile.
func TestOverrunPolicies(t *testing.T) {
	for _, tc := range []struct {
		policy         tick.Policy
		catchUp        int
		ticks, dropped uint64 // in 5 s of 20 Hz
	}{
		{tick.CatchUp, 0, 93, 7}, // three of ten are made up for
		{tick.CatchUp, 20, 100, 0},
		{tick.Skip, 0, 91, 9},
		{tick.Stretch, 0, 91, 9},
	} {
		synctest.Test(t, func(t *testing.T) {
			game := stalling(arena, map[uint32]time.Duration{10: 10*step + step/5})
			game.Overrun, game.MaxCatchUp = tc.policy, tc.catchUp
			d := directory(t, game)
			quick(t, d, "ann", "arena")
			pass(5 * time.Second)
			s := d.Stats()
			if s.Ticks != tc.ticks || s.Dropped != tc.dropped || s.Overruns != 1 {
				t.Errorf("policy %d, catch up %d: %d ticks, %d dropped, %d overruns; want %d, %d, 1",
					tc.policy, tc.catchUp, s.Ticks, s.Dropped, s.Overruns, tc.ticks, tc.dropped)
			}
		})
	}
}

func TestStepsOverTheirBudgetAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := stalling(arena, map[uint32]time.Duration{
			20: 9 * time.Millisecond, 21: 11 * time.Millisecond, 22: 30 * time.Millisecond, 300: 12 * time.Millisecond,
		})
		game.StepBudget = 10 * time.Millisecond
		var reports []lobby.Overrun
		d := open(t, lobby.Options{
			Games: []lobby.Game{game}, Seed: func() uint64 { return 7 },
			Overran: func(o lobby.Overrun) { reports = append(reports, o) },
		})
		c := quick(t, d, "ann", "arena")
		pass(20 * time.Second)
		if s := d.Stats(); s.Overruns != 3 {
			t.Errorf("%d overruns", s.Overruns)
		}
		if len(reports) != 2 {
			t.Fatalf("reports %+v", reports)
		}
		first, second := reports[0], reports[1]
		if first.Tick != 21 || first.Took != 11*time.Millisecond || first.Budget != game.StepBudget || first.Lobby != c.member.LobbyID() || first.Seed != 7 || first.Unreported != 0 {
			t.Errorf("%+v", first)
		}
		if second.Tick != 300 || second.Unreported != 1 {
			t.Errorf("%+v", second)
		}
	})
}
