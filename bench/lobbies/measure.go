package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"tickwire/games/arena"
	"tickwire/lobby"
	"tickwire/tick"
)

// result is what was found: times in µs.
type result struct {
	calm, busy *hdrhistogram.Histogram
	rate       float64 // lobbies per second of the busy time
	diffs      uint64
}

const (
	turn   = time.Second
	settle = 200 * time.Millisecond // after each change, not measured
)

func measure(ctx context.Context, o options, progress func(string)) (*result, error) {
	var alarm tick.Driver
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go alarm.Run(ctx) // ends with the context
	games := []lobby.Game{arena.Game(), waiting()}
	games[0].MaxPlayers = o.players
	d, err := lobby.New(lobby.Options{Games: games, MaxLobbies: 100_000, Timers: &alarm, Grace: time.Second})
	if err != nil {
		return nil, err
	}
	m := &meter{seen: make(chan arrival, 1<<16)}
	if err := m.fill(d, o); err != nil {
		return nil, err
	}
	c := &churn{directory: d, perTurn: o.rate}
	c.watch(o.watchers)
	res := &result{calm: newHistogram(), busy: newHistogram()}
	var busy time.Duration
	for began := time.Now(); time.Since(began) < o.duration && ctx.Err() == nil; {
		m.take(ctx, settle, nil)
		m.take(ctx, turn, res.calm)
		var stop atomic.Bool
		done := make(chan time.Duration)
		go func() { done <- c.run(&stop) }()
		m.take(ctx, settle, nil)
		m.take(ctx, turn, res.busy)
		stop.Store(true)
		busy += <-done
		progress(fmt.Sprintf("%4.0fs  p99 alone %.2f ms, with %.2f ms, %d lobbies came and went", time.Since(began).Seconds(),
			float64(res.calm.ValueAtQuantile(99))/1000, float64(res.busy.ValueAtQuantile(99))/1000, c.ended.Load()))
	}
	if res.calm.TotalCount() == 0 || res.busy.TotalCount() == 0 {
		return nil, errors.New("no frames arrived")
	}
	res.rate, res.diffs = float64(c.ended.Load())/busy.Seconds(), c.diffs.Load()
	if n := c.failed.Load(); n > 0 {
		return nil, fmt.Errorf("%d requests were refused; the last: %v", n, c.lastError.Load())
	}
	return res, nil
}

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, 10_000_000, 3) }

// arrival is a frame that reached the last player of its arena.
type arrival struct {
	arena int
	tick  uint32
	at    time.Time
}

// meter finds out how late frames are. Ticks are due at a fixed interval; the
// least late frame of an arena is taken to be on time.
type meter struct {
	seen   chan arrival
	anchor []time.Time
}

// fill opens the arenas with their players.
func (m *meter) fill(d *lobby.Directory, o options) error {
	m.anchor = make([]time.Time, o.arenas)
	for i := range o.arenas {
		for p := range o.players {
			conn := &player{}
			if p == o.players-1 {
				conn.last = m.listener(i)
			}
			answer := make(chan error, 1)
			d.Quick(lobby.QuickRequest{Game: "arena", Joiner: lobby.Joiner{Conn: conn, Form: "B"}}, func(j lobby.Joined, err error) {
				conn.member.Store(j.Member)
				answer <- err
			})
			if err := <-answer; err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *meter) listener(arena int) func(uint32) {
	return func(tick uint32) {
		select {
		case m.seen <- arrival{arena, tick, time.Now()}:
		default: // nobody looks
		}
	}
}

// take notes what arrives for so long; into nil it only learns the schedule, anew
// since a server that was overloaded drops ticks.
func (m *meter) take(ctx context.Context, d time.Duration, into *hdrhistogram.Histogram) {
	if into == nil {
		clear(m.anchor)
	}
	end := time.After(d)
	interval := time.Second / time.Duration(arena.Game().Hz)
	for {
		select {
		case a := <-m.seen:
			start := a.at.Add(-time.Duration(a.tick) * interval)
			if first := m.anchor[a.arena]; first.IsZero() || start.Before(first) {
				m.anchor[a.arena] = start
			}
			if into != nil {
				_ = into.RecordValue(max(1, start.Sub(m.anchor[a.arena]).Microseconds()))
			}
		case <-end:
			return
		case <-ctx.Done():
			return
		}
	}
}
