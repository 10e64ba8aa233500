package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// run lets everything happen and looks at what is left.
func run(ctx context.Context, o options, progress io.Writer) (*report, error) {
	began, goroutines := time.Now(), runtime.NumGoroutine()
	h, err := open(o)
	if err != nil {
		return nil, err
	}
	t := newTally()
	i := &inspector{house: h, tally: t, limit: o.grace + o.hold + 3*o.stepLimit + 5*time.Second}
	stopInspector := background(func(ctx context.Context) { i.run(ctx, max(250*time.Millisecond, min(5*time.Second, o.duration/20))) })

	living, stop := context.WithTimeout(ctx, o.duration)
	defer stop()
	c := &crowd{house: h, tally: t, calm: o.calm, codes: make(chan string, 64), invites: make(chan string, 64)}
	var players sync.WaitGroup
	for n := range o.players {
		players.Go(func() { c.player(n, o.seed).live(living) })
	}
	for n := range max(2, o.matches/20) {
		players.Go(func() { c.stranger(n, o.seed).live(living) })
	}
	stopTelling := background(func(ctx context.Context) { h.tellProgress(ctx, progress, o.duration) })
	players.Wait()
	stopTelling()
	stopInspector()

	r := &report{options: o, tally: t, inspector: i, house: h}
	r.emptied = until(o.grace+o.hold+30*time.Second+3*o.stepLimit, func() bool { return h.left() == left{} })
	r.left = h.left()
	r.drained = c.drain(ctx, o)
	r.closed = h.close()
	debug.FreeOSMemory()
	r.goroutines = goroutines
	until(10*time.Second, func() bool { r.goroutinesAfter = runtime.NumGoroutine(); return r.goroutinesAfter <= goroutines })
	r.took = time.Since(began)
	r.judge()
	return r, nil
}

// drain lets some come once more and goes down with them inside. It tells
// whether every lobby closed in time.
func (c *crowd) drain(ctx context.Context, o options) bool {
	const limit = 10 * time.Second
	living, stop := context.WithCancel(ctx)
	var players sync.WaitGroup
	for n := range max(4, o.players/4) {
		players.Go(func() { c.player(n, o.seed+1).live(living) })
	}
	until(min(o.duration, 10*time.Second), func() bool { return false })
	c.tally.draining.Store(true)
	deadline, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c.house.gateway.Drain(c.house.lobbies.DrainNotice(deadline))
	began := time.Now()
	_ = c.house.lobbies.Drain(deadline) // its error is the deadline: matches were cut
	took := time.Since(began)
	stop()
	players.Wait()
	return c.house.lobbies.Lobbies() == 0 && took < limit+3*o.stepLimit+5*time.Second
}

// tellProgress prints a line a minute.
func (h *house) tellProgress(ctx context.Context, w io.Writer, total time.Duration) {
	began := time.Now()
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			_, ended := h.ended()
			fmt.Fprintf(w, "%v of %v: %d lobbies, %d matches ended, %d panics, %d hangs\n",
				time.Since(began).Round(time.Second), total, h.lobbies.Lobbies(), ended, h.counts.panics.Load(), h.counts.hangs.Load())
		case <-ctx.Done():
			return
		}
	}
}
