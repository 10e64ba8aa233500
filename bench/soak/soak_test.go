package main

import (
	"io"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSoak is the program in a few seconds, with more trouble; on a machine
// that has much else to do, in some more, until there was trouble.
func TestSoak(t *testing.T) {
	for duration := 4 * time.Second; ; duration *= 2 {
		r, err := run(t.Context(), options{
			duration: duration, matches: 10, players: 40, seed: 1, calm: 60,
			grace: time.Second, hold: time.Second, stepLimit: 300 * time.Millisecond,
		}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range r.wrong {
			t.Error(wrong)
		}
		r.print(io.Discard)
		c := &r.house.counts
		if c.begun.Load() > 0 && c.panics.Load() > 0 && r.tally.seats.Load() > 0 {
			return
		}
		if duration > 30*time.Second {
			t.Fatalf("nothing happened: %d matches, %d panics, %d seats", c.begun.Load(), c.panics.Load(), r.tally.seats.Load())
		}
	}
}

func TestWrongOptions(t *testing.T) {
	for _, args := range [][]string{{"-duration", "1ms"}, {"-matches", "0"}, {"-players", "1"}, {"x"}, {"-x"}} {
		if status := command(args, io.Discard, io.Discard); status != 2 {
			t.Errorf("%v: status %d", args, status)
		}
	}
}

// A growing heap, an away player and an empty lobby are noticed.
func TestJudgementIsNotBlind(t *testing.T) {
	r := &report{
		options: options{duration: 10 * time.Minute}, tally: newTally(), emptied: false, left: left{lobbies: 1},
		house: &house{results: map[string]uint64{}}, goroutines: 3, goroutinesAfter: 4,
	}
	r.inspector = &inspector{}
	for i := range 90 {
		r.inspector.heap = append(r.inspector.heap, uint64(10e6+1e6*i))
	}
	lobbies, err := open(options{matches: 1, grace: time.Second, hold: time.Second, stepLimit: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer lobbies.close()
	r.house.lobbies, r.house.queue = lobbies.lobbies, lobbies.queue
	r.house.counts.begun.Add(1)
	r.judge()
	if len(r.wrong) != 5 { // left behind, not drained, goroutines, matches, memory
		t.Errorf("noticed: %q", r.wrong)
	}
	if r.slope() < 8e6 || r.slope() > 10e6 {
		t.Errorf("slope %.0f bytes per minute", r.slope())
	}
}
