package tick_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/tick"
)

// drive runs d until the test ends.
func drive(t testing.TB, d *tick.Driver) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := d.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v", err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
}

// both runs a test in virtual time, and with the real alarm of this machine.
func both(t *testing.T, test func(t *testing.T, d *tick.Driver)) {
	t.Run("portable", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { test(t, &tick.Driver{Portable: true}) })
	})
	t.Run("precise", func(t *testing.T) { test(t, &tick.Driver{}) })
}

func TestDriverFiresInOrderAndNeverEarly(t *testing.T) {
	both(t, func(t *testing.T, d *tick.Driver) {
		drive(t, d)
		const n = 50
		type firing struct{ want, got time.Time }
		firings := make(chan firing, n)
		var wg sync.WaitGroup
		for range n {
			at := time.Now().Add(time.Duration(rand.IntN(30)+1) * time.Millisecond)
			wg.Go(func() {
				timer := d.NewTimer()
				defer timer.Stop()
				timer.Reset(at)
				firings <- firing{at, <-timer.C}
			})
		}
		wg.Wait()
		for range n {
			if f := <-firings; f.got.Before(f.want) {
				t.Errorf("%v early", f.want.Sub(f.got))
			}
		}
	})
}

func TestDriverTimersSetBeforeRun(t *testing.T) {
	both(t, func(t *testing.T, d *tick.Driver) {
		timer := d.NewTimer()
		timer.Reset(time.Now().Add(time.Millisecond))
		drive(t, d)
		<-timer.C
	})
}

func TestDriverEarlierDeadlineGoesFirst(t *testing.T) {
	both(t, func(t *testing.T, d *tick.Driver) {
		drive(t, d)
		late, early := d.NewTimer(), d.NewTimer()
		late.Reset(time.Now().Add(time.Hour))
		early.Reset(time.Now().Add(time.Millisecond))
		<-early.C
		late.Reset(time.Now().Add(-time.Hour)) // the past fires at once
		<-late.C
	})
}

func TestDriverForgetsEarlierDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &tick.Driver{Portable: true}
		drive(t, d)
		timer := d.NewTimer()
		timer.Reset(time.Now().Add(time.Millisecond))
		time.Sleep(time.Second) // virtual: has fired, nobody has read
		at := time.Now().Add(time.Second)
		timer.Reset(at)
		if now := <-timer.C; now.Before(at) {
			t.Error("a value of the earlier deadline arrived")
		}
		timer.Reset(time.Now().Add(time.Second))
		timer.Stop()
		timer.Stop()
		time.Sleep(time.Minute)
		select {
		case <-timer.C:
			t.Error("fired after Stop")
		default:
		}
	})
}

func TestDriverLoopKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &tick.Driver{Portable: true}
		drive(t, d)
		var wg sync.WaitGroup
		for n := range uint64(20) {
			wg.Go(func() {
				clock := tick.Clock{Hz: 60}
				clock.Start(time.Now().Add(tick.Phase(n, clock.Interval())))
				timer := d.NewTimer()
				defer timer.Stop()
				for range 600 {
					timer.Reset(clock.Next())
					if due, dropped := clock.Due(<-timer.C); due != 1 || dropped != 0 {
						t.Errorf("%d due, %d dropped", due, dropped)
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestDriverDoesNotAllocate(t *testing.T) {
	d := &tick.Driver{}
	drive(t, d)
	timer := d.NewTimer()
	if n := testing.AllocsPerRun(100, func() { timer.Reset(time.Now()); <-timer.C }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkLateness measures how late a 60 Hz loop wakes up.
func BenchmarkLateness(b *testing.B) {
	const step = time.Second / 60
	loop := func(b *testing.B, wait func(at time.Time)) {
		var late []time.Duration
		begin := time.Now()
		for at := begin; b.Loop(); {
			at = at.Add(step)
			wait(at)
			late = append(late, time.Since(at))
		}
		slices.Sort(late)
		for name, q := range map[string]float64{"p50-µs": 0.5, "p99-µs": 0.99} {
			b.ReportMetric(float64(late[int(float64(len(late)-1)*q)].Nanoseconds())/1e3, name)
		}
	}
	b.Run("wake=ticker", func(b *testing.B) {
		ticker := time.NewTicker(step)
		defer ticker.Stop()
		loop(b, func(time.Time) { <-ticker.C })
	})
	b.Run("wake=timer", func(b *testing.B) {
		timer := tick.NewTimer()
		loop(b, func(at time.Time) { timer.Reset(at); <-timer.C })
	})
	b.Run("wake=driver", func(b *testing.B) {
		d := &tick.Driver{}
		drive(b, d)
		timer := d.NewTimer()
		loop(b, func(at time.Time) { timer.Reset(at); <-timer.C })
	})
}

func TestDriverKnowsWhetherItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &tick.Driver{Portable: true}
		if d.Running() {
			t.Error("runs before Run")
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { _ = d.Run(ctx) })
		synctest.Wait()
		if !d.Running() {
			t.Error("does not run")
		}
		cancel()
		wg.Wait()
		synctest.Wait()
		if d.Running() {
			t.Error("runs after Run")
		}
	})
}
