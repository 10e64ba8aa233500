package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
)

// connecting is how many clients connect at the same time.
const connecting = 32

// run is one measurement: clients connect, join, play, and are watched.
type run struct {
	// Set before the first client, read-only after.
	opt      options
	began    time.Time     // zero of all times
	clock    time.Duration // the machine's clock then
	dues     *dues         // nil: the server does not tell
	payloads []socketio.Raw
	progress func(string)

	healthy *meter
	slow    *meter // of the clients behind slow links

	// Owned by the goroutine that measures.
	players []*player
	game    client.GameInfo
	playing sync.WaitGroup
	lean    *lean // nil without -lean

	lost    atomic.Int64 // clients that were disconnected
	ended   chan struct{}
	endOnce sync.Once

	mu        sync.Mutex // guards the following
	schedules map[string]*schedule
	lobby     string // the last one that was opened
}

func newRun(o options, progress func(string)) (*run, error) {
	r := &run{
		opt: o, began: time.Now(), clock: monotonic(), payloads: arenaPayloads(), progress: progress,
		healthy: newMeter(), slow: newMeter(), ended: make(chan struct{}), schedules: make(map[string]*schedule),
	}
	if o.Input != "" {
		raw, err := socketio.JSONToRaw(nil, []byte(o.Input), nil, socketio.Limits{})
		if err != nil {
			return nil, fmt.Errorf("-input: %w", err)
		}
		r.payloads = []socketio.Raw{raw}
	}
	if o.Lean {
		return r, r.startLean()
	}
	return r, nil
}

func (r *run) payload(seq uint32) socketio.Raw { return r.payloads[int(seq/8)%len(r.payloads)] }

// scheduleOf returns the schedule that all members of a match share.
func (r *run) scheduleOf(s *client.Start) *schedule {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.schedules[s.Match] == nil {
		r.schedules[s.Match] = newSchedule(s.Hz)
	}
	return r.schedules[s.Match]
}

// plain is the measurement without a profile.
func (r *run) plain(ctx context.Context) (*result, error) {
	players, err := r.connect(ctx, r.opt.Clients, false)
	if err == nil {
		err = r.join(ctx, players)
	}
	if err != nil {
		return nil, err
	}
	if err := r.play(ctx, players); err != nil {
		return nil, err
	}
	if err := sleep(ctx, r.opt.Warmup); err != nil {
		return nil, err
	}
	return r.watch(ctx)
}

// connect opens the connections of n more clients.
func (r *run) connect(ctx context.Context, n int, slow bool) ([]*player, error) {
	players := make([]*player, n)
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(connecting)
	for i := range players {
		p := newPlayer(r, len(r.players)+i, slow)
		group.Go(func() error {
			err := p.connect(groupCtx)
			if err == nil {
				players[i] = p
			}
			return err
		})
	}
	err := group.Wait()
	players = slices.DeleteFunc(players, func(p *player) bool { return p == nil })
	r.players = append(r.players, players...)
	r.progress(fmt.Sprintf("%d clients connected", len(players)))
	return players, err
}

// play starts the inputs of players. They end with close.
func (r *run) play(ctx context.Context, players []*player) error {
	if r.lean != nil && !players[0].slow {
		ctx, cancel := context.WithTimeoutCause(ctx, joinTimeout, fmt.Errorf("-lean: not all clients had a frame after %v", joinTimeout))
		defer cancel()
		return r.lean.await(ctx, len(players))
	}
	for _, p := range players {
		r.playing.Go(func() {
			if err := p.play(r.ended, r.opt.Hz); err != nil {
				r.lost.Add(1)
				r.progress(err.Error())
			}
		})
	}
	return nil
}

// pickGame takes the game that was asked for, or the first drop-in one.
func (r *run) pickGame(ctx context.Context) error {
	if r.game.Name != "" {
		return nil
	}
	list, err := r.players[0].game.List(ctx, "")
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list.Games, func(g client.GameInfo) bool {
		return g.Name == r.opt.Game || r.opt.Game == "" && g.DropIn
	})
	if at < 0 {
		return errors.New("the server has no such game: name one with -game")
	}
	r.game = list.Games[at]
	return nil
}

// watch counts for the duration of the run and says each second how it goes.
func (r *run) watch(ctx context.Context) (*result, error) {
	r.healthy.reset()
	r.slow.reset()
	bytes, began := r.received(), time.Now()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	end := time.NewTimer(r.opt.Duration)
	defer end.Stop()
	var seen int64
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-ticker.C:
			t := r.healthy.totals()
			r.progress(fmt.Sprintf("%4.0fs  %d frames/s  p99 %.2f ms  input p99 %.2f ms  skipped %d  disconnects %d",
				time.Since(began).Seconds(), t.frames.TotalCount()-seen, ms(t.frames, 99), ms(t.inputs, 99), t.skipped, r.lost.Load()))
			seen = t.frames.TotalCount()
		case <-end.C:
			return r.result(time.Since(began), r.received()-bytes), nil
		}
	}
}

func (r *run) received() (bytes uint64) {
	for _, p := range r.players {
		bytes += p.bytes()
	}
	return bytes
}

// close ends all clients and waits for what they started.
func (r *run) close() {
	r.endOnce.Do(func() { close(r.ended) })
	r.playing.Wait()
	for _, p := range r.players {
		p.conn.Close()
	}
	for _, p := range r.players {
		<-p.conn.Done()
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
