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

// run is one measurement.
type run struct {
	// Set before the first client, read-only after.
	opt      options
	began    time.Time // zero of all times
	meter    *meter
	payloads []socketio.Raw
	game     client.GameInfo

	players []*player
	lost    atomic.Int64 // clients that were disconnected

	mu        sync.Mutex // guards the following
	schedules map[string]*schedule
}

func newRun(o options) (*run, error) {
	r := &run{opt: o, began: time.Now(), meter: newMeter(), schedules: make(map[string]*schedule)}
	r.payloads = arenaPayloads()
	if o.Input != "" {
		raw, err := socketio.JSONToRaw(nil, []byte(o.Input), nil, socketio.Limits{})
		if err != nil {
			return nil, fmt.Errorf("-input: %w", err)
		}
		r.payloads = []socketio.Raw{raw}
	}
	return r, nil
}

func (r *run) payload(seq uint32) any { return r.payloads[int(seq/8)%len(r.payloads)] }

// scheduleOf returns the schedule that all members of a match share.
func (r *run) scheduleOf(s *client.Start) *schedule {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.schedules[s.Match] == nil {
		r.schedules[s.Match] = newSchedule(s.Hz)
	}
	return r.schedules[s.Match]
}

// measure runs the whole: connect, join, warm up, measure, disconnect.
func (r *run) measure(ctx context.Context, progress func(string)) (*result, error) {
	defer r.close()
	if err := r.connect(ctx, progress); err != nil {
		return nil, err
	}
	if err := r.join(ctx, progress); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var playing sync.WaitGroup
	for _, p := range r.players {
		playing.Go(func() {
			if err := p.play(ctx, r.opt.Hz); err != nil {
				r.lost.Add(1)
				progress(err.Error())
			}
		})
	}
	if err := sleep(ctx, r.opt.Warmup); err != nil {
		return nil, err
	}
	res, err := r.watch(ctx, progress)
	stop()
	playing.Wait()
	return res, err
}

func (r *run) connect(ctx context.Context, progress func(string)) error {
	for i := range r.opt.Clients {
		r.players = append(r.players, newPlayer(r, i))
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(connecting)
	var connected atomic.Int64
	for i, p := range r.players {
		group.Go(func() error {
			err := p.connect(groupCtx)
			if err == nil {
				connected.Add(1)
			} else {
				r.players[i] = nil // has no connection to close
			}
			return err
		})
	}
	err := group.Wait()
	progress(fmt.Sprintf("%d clients connected", connected.Load()))
	r.players = slices.DeleteFunc(r.players, func(p *player) bool { return p == nil })
	return err
}

// pickGame takes the game that was asked for, or the first drop-in one.
func (r *run) pickGame(ctx context.Context) error {
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
func (r *run) watch(ctx context.Context, progress func(string)) (*result, error) {
	r.meter.reset()
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
			t := r.meter.totals()
			progress(fmt.Sprintf("%4.0fs  %d frames/s  p99 %.2f ms  input p99 %.2f ms  skipped %d  disconnects %d",
				time.Since(began).Seconds(), t.frames.TotalCount()-seen, ms(t.frames, 99), ms(t.inputs, 99), t.skipped, r.lost.Load()))
			seen = t.frames.TotalCount()
		case <-end.C:
			return r.result(time.Since(began), r.received()-bytes), nil
		}
	}
}

func (r *run) received() (bytes uint64) {
	for _, p := range r.players {
		bytes += p.conn.Received()
	}
	return bytes
}

func (r *run) close() {
	for _, p := range r.players {
		p.conn.Close()
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
