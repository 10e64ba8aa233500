package tick_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tickwire/tick"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestDeadlinesLieOnAnExactGrid(t *testing.T) {
	for _, hz := range []int{1, 7, 20, 30, 60, 90, 128} {
		c := tick.Clock{Hz: hz}
		c.Start(start)
		const seconds = 3600
		for range seconds * hz {
			steps, dropped := c.Due(c.Next())
			if steps != 1 || dropped != 0 {
				t.Fatalf("%d Hz: Due(Next()) = %d, %d", hz, steps, dropped)
			}
		}
		if drift := c.Next().Sub(start.Add(seconds * time.Second)); drift != 0 {
			t.Errorf("%d Hz: %v off after an hour", hz, drift)
		}
	}
}

func TestYearsDoNotOverflow(t *testing.T) {
	c := tick.Clock{Hz: 128}
	c.Start(start)
	later := start.Add(100 * 365 * 24 * time.Hour)
	steps, dropped := c.Due(later)
	if want := 100*365*24*3600*128 + 1; steps+dropped != want {
		t.Errorf("passed %d deadlines, want %d", steps+dropped, want)
	}
	if next := c.Next(); !next.After(later) || next.Sub(later) > c.Interval() {
		t.Errorf("next deadline is %v after now", next.Sub(later))
	}
}

func TestLateWakeUpsDoNotMoveTheGrid(t *testing.T) {
	c := tick.Clock{Step: 50 * time.Millisecond}
	c.Start(start)
	for i := range 1000 {
		late := time.Duration(i%49) * time.Millisecond
		if steps, dropped := c.Due(c.Next().Add(late)); steps != 1 || dropped != 0 {
			t.Fatalf("step %d: %d, %d", i, steps, dropped)
		}
	}
	if got, want := c.Next(), start.Add(1000*50*time.Millisecond); !got.Equal(want) {
		t.Errorf("next = %v, want %v", got, want)
	}
}

func TestTooEarlyIsNotDue(t *testing.T) {
	c := tick.Clock{Hz: 60}
	c.Start(start)
	if steps, _ := c.Due(start.Add(-1)); steps != 0 {
		t.Error("due before the first deadline")
	}
	c.Due(start)
	if steps, _ := c.Due(c.Next().Add(-1)); steps != 0 {
		t.Error("due before the second deadline")
	}
}

func TestFirstDueStartsAnUnstartedClock(t *testing.T) {
	c := tick.Clock{Hz: 10}
	if steps, _ := c.Due(start); steps != 1 {
		t.Error("the first call is the first deadline")
	}
	if want := start.Add(100 * time.Millisecond); !c.Next().Equal(want) {
		t.Errorf("next = %v, want %v", c.Next(), want)
	}
}

func TestPoliciesAfterAStall(t *testing.T) {
	// The stall ends 5 ms after the 10th deadline of a 20 Hz clock.
	now := start.Add(10*50*time.Millisecond + 5*time.Millisecond)
	for _, tc := range []struct {
		clock          tick.Clock
		steps, dropped int
		next           time.Duration // after start
	}{
		{tick.Clock{}, 3, 8, 550 * time.Millisecond},
		{tick.Clock{MaxDue: 20}, 11, 0, 550 * time.Millisecond},
		{tick.Clock{MaxDue: 1}, 1, 10, 550 * time.Millisecond},
		{tick.Clock{Policy: tick.Skip}, 1, 10, 550 * time.Millisecond},
		{tick.Clock{Policy: tick.Stretch}, 1, 10, 555 * time.Millisecond},
	} {
		c := tc.clock
		c.Hz = 20
		t.Run(fmt.Sprintf("policy=%d,max=%d", c.Policy, c.MaxDue), func(t *testing.T) {
			c.Start(start)
			steps, dropped := c.Due(now)
			if steps != tc.steps || dropped != tc.dropped {
				t.Errorf("Due = %d, %d, want %d, %d", steps, dropped, tc.steps, tc.dropped)
			}
			if got := c.Next().Sub(start); got != tc.next {
				t.Errorf("next = %v, want %v", got, tc.next)
			}
		})
	}
}

func TestStretchKeepsTheGridThroughSmallDelays(t *testing.T) {
	c := tick.Clock{Hz: 20, Policy: tick.Stretch}
	c.Start(start)
	for range 100 {
		c.Due(c.Next().Add(49 * time.Millisecond))
	}
	if got := c.Next().Sub(start); got != 5*time.Second {
		t.Errorf("next = %v after start, want 5s", got)
	}
}

// Whenever it is asked: no deadline is lost or handed out twice, none early,
// and the next one lies ahead.
func TestEveryDeadlineIsUsedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := tick.Clock{
			Hz:     rapid.IntRange(0, 128).Draw(t, "hz"),
			Step:   time.Duration(rapid.Int64Range(1, int64(time.Second)).Draw(t, "step")),
			MaxDue: rapid.IntRange(1, 5).Draw(t, "max"),
			Policy: tick.Policy(rapid.IntRange(0, 1).Draw(t, "policy")),
		}
		reference := c
		c.Start(start)
		reference.Start(start)
		now := start.Add(-time.Second)
		total := 0
		for range rapid.IntRange(1, 50).Draw(t, "calls") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(3*c.Interval())).Draw(t, "gap")))
			steps, dropped := c.Due(now)
			if steps > c.MaxDue || steps < 0 || dropped < 0 {
				t.Fatalf("Due = %d, %d", steps, dropped)
			}
			total += steps + dropped
			for !reference.Next().After(now) {
				if s, d := reference.Due(reference.Next()); s != 1 || d != 0 {
					t.Fatalf("reference: %d, %d", s, d)
				}
				total--
			}
			if total != 0 {
				t.Fatalf("off by %d deadlines at %v", total, now.Sub(start))
			}
			if !c.Next().Equal(reference.Next()) || !c.Next().After(now) {
				t.Fatalf("next = %v, reference %v, now %v", c.Next(), reference.Next(), now)
			}
		}
	})
}

func TestDueDoesNotAllocate(t *testing.T) {
	c := tick.Clock{Hz: 60}
	now := start
	if n := testing.AllocsPerRun(1000, func() { now = now.Add(17 * time.Millisecond); c.Due(now); c.Next() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDue(b *testing.B) {
	b.ReportAllocs()
	c := tick.Clock{Hz: 60}
	now := start
	for b.Loop() {
		now = now.Add(c.Interval())
		c.Due(now)
	}
}

func ExampleClock() {
	begin := time.Now()
	clock := tick.Clock{Step: 50 * time.Millisecond, MaxDue: 3}
	clock.Start(begin)
	for _, at := range []time.Duration{0, 51, 99, 100, 340} {
		steps, dropped := clock.Due(begin.Add(at * time.Millisecond))
		fmt.Printf("%3d ms: %d due, %d dropped, next at %v\n", at, steps, dropped, clock.Next().Sub(begin))
	}
	// Output:
	//   0 ms: 1 due, 0 dropped, next at 50ms
	//  51 ms: 1 due, 0 dropped, next at 100ms
	//  99 ms: 0 due, 0 dropped, next at 100ms
	// 100 ms: 1 due, 0 dropped, next at 150ms
	// 340 ms: 3 due, 1 dropped, next at 350ms
}
