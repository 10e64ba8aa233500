package tick_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/tick"
)

func TestTimerFiresAtItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timer := tick.NewTimer()
		defer timer.Stop()
		at := time.Now().Add(16666667)
		timer.Reset(at)
		if now := <-timer.C; !now.Equal(at) {
			t.Errorf("fired %v after the deadline", now.Sub(at))
		}
	})
}

func TestTimerFiresAtOnceForThePast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timer := tick.NewTimer()
		defer timer.Stop()
		begin := time.Now()
		timer.Reset(begin.Add(-time.Second))
		<-timer.C
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestTimerForgetsEarlierDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timer := tick.NewTimer()
		timer.Reset(time.Now().Add(time.Millisecond))
		time.Sleep(time.Second) // virtual: the deadline has passed, nobody has read C
		at := time.Now().Add(time.Second)
		timer.Reset(at)
		if now := <-timer.C; now.Before(at) {
			t.Errorf("a value of the earlier deadline arrived")
		}
		timer.Reset(time.Now())
		time.Sleep(time.Second)
		timer.Stop()
		select {
		case <-timer.C:
			t.Error("fired after Stop")
		default:
		}
	})
}

// A loop as the package describes it keeps its rate exactly in virtual time.
func TestLoopKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := tick.Clock{Hz: 60}
		begin := time.Now()
		clock.Start(begin.Add(tick.Phase(5, clock.Interval())))
		timer := tick.NewTimer()
		defer timer.Stop()
		steps := 0
		for steps < 6000 {
			timer.Reset(clock.Next())
			due, dropped := clock.Due(<-timer.C)
			if due != 1 || dropped != 0 {
				t.Fatalf("step %d: %d due, %d dropped", steps, due, dropped)
			}
			steps += due
		}
		want := tick.Phase(5, clock.Interval()) + 100*time.Second - clock.Interval()
		if got := time.Since(begin); got.Round(time.Microsecond) != want.Round(time.Microsecond) {
			t.Errorf("6000 steps took %v, want %v", got, want)
		}
	})
}
