package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// A client that applies nothing is not sent more than its window and a probe;
// once it has caught up, one frame brings it to the present.
func TestSilentClientIsSkippedAndCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c, other := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(2 * time.Second)
		c.silent = true
		frames := len(c.kinds)
		pass(2 * time.Second)
		stalled := c.replica.Tick()
		if n := len(c.kinds) - frames; n < 4 || n > 20 {
			t.Errorf("%d frames on their way to a client that acknowledges none", n)
		}
		if s := d.Stats(); s.Skipped < 20 || s.Coalesced != 1 {
			t.Errorf("stats = %+v", s)
		}
		other.input(1, 7)
		c.silent = false
		_ = c.member.Input(0, stalled, nil)
		frames = len(c.kinds)
		pass(10 * step)
		if kinds := c.kinds[frames:]; len(kinds) < 9 || kinds[0] != 2 || kinds[1] != 1 {
			t.Errorf("frames after the stall are of classes %v", kinds)
		}
		if s := d.Stats(); s.Coalesced != 2 {
			t.Errorf("stats = %+v", s)
		}
		if got := c.positions()[1]; got != 7 {
			t.Errorf("x = %d, want 7", got)
		}
		if n := len(other.kinds); n < 80 {
			t.Errorf("the other got %d frames", n)
		}
	})
}

func TestLongStallEndsWithAKeyframe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c := quick(t, d, "ann", "arena")
		pass(2 * time.Second)
		c.silent = true
		c.backlog.Store(1)
		pass(10 * time.Second)
		c.silent = false
		c.backlog.Store(0)
		_ = c.member.Input(0, c.replica.Tick(), nil)
		frames := len(c.kinds)
		pass(5 * step)
		if kinds := c.kinds[frames:]; len(kinds) < 4 || kinds[0] != 3 || kinds[1] != 1 {
			t.Errorf("frames after the stall are of classes %v", kinds)
		}
		if s := d.Stats(); s.Keyframes != 2 {
			t.Errorf("stats = %+v", s)
		}
	})
}

func TestNoStateWhileTheWriteQueueIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c, other := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(time.Second)
		c.backlog.Store(1)
		frames, events := len(c.kinds), len(c.events)
		pass(time.Second)
		if err := other.chat("events are never skipped"); err != nil {
			t.Fatal(err)
		}
		pass(step)
		if len(c.kinds) != frames || len(c.events) != events+1 {
			t.Errorf("%d frames, %d events", len(c.kinds)-frames, len(c.events)-events)
		}
		c.backlog.Store(0)
		pass(2 * step)
		if kinds := c.kinds[frames:]; len(kinds) < 1 || kinds[0] != 2 {
			t.Errorf("frames after the stall are of classes %v", kinds)
		}
	})
}

// An idle client acknowledges only every 250 ms, and is not skipped for it.
func TestRareAcknowledgementsAreEnough(t *testing.T) {
	for _, hz := range []int{20, 30, 60, 128} {
		synctest.Test(t, func(t *testing.T) {
			d := directory(t, lobby.Game{Name: "g", Hz: hz, DropIn: true, New: newDots})
			c := quick(t, d, "ann", "g")
			c.silent = true
			pass(100 * time.Millisecond)
			for range 40 {
				tick := c.replica.Tick()
				pass(30 * time.Millisecond) // on its way
				_ = c.member.Input(0, tick, nil)
				pass(220 * time.Millisecond)
			}
			if s := d.Stats(); s.Skipped != 0 {
				t.Errorf("%d Hz: %+v", hz, s)
			}
		})
	}
}

// Acknowledging ticks that were never sent opens nothing.
func TestLyingAboutTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c := quick(t, d, "ann", "arena")
		pass(time.Second)
		c.silent = true
		_ = c.member.Input(0, 1<<31, nil)
		frames := len(c.kinds)
		pass(10 * time.Second)
		if n := len(c.kinds) - frames; n > 25 {
			t.Errorf("%d frames", n)
		}
	})
}

// A client that acknowledges only when a frame comes, and not each, is not left
// to wait for a frame that waits for it.
func TestClientsThatAcknowledgeFramesAloneGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c := quick(t, d, "ann", "arena")
		pass(2 * time.Second)
		for _, stall := range []time.Duration{time.Second, 30 * time.Second} {
			c.silent = true
			first := c.replica.Tick() + 1
			pass(stall)
			c.silent = false
			_ = c.member.Input(0, first, nil) // of all that comes at once now
			pass(5 * time.Second)
			frames := len(c.kinds)
			if pass(time.Second); len(c.kinds)-frames < 19 {
				t.Errorf("after a stall of %v: %d frames in a second", stall, len(c.kinds)-frames)
			}
		}
	})
}

// Probes become rare: who comes back after a long time finds few old states.
func TestProbesAreRare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c := quick(t, d, "ann", "arena")
		pass(2 * time.Second)
		c.silent = true
		pass(2 * time.Second)
		for _, want := range []int{6, 5} { // once a second would be 20
			frames := len(c.kinds)
			if pass(20 * time.Second); len(c.kinds)-frames > want {
				t.Errorf("%d frames in 20 s, want at most %d", len(c.kinds)-frames, want)
			}
		}
	})
}
