package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
)

// player is one client under measurement.
type player struct {
	// Set before it connects, read-only after.
	run    *run
	number int
	conn   *client.Conn
	game   *client.Game
	shard  *shard

	slow   bool                         // behind a slow link
	hijack atomic.Pointer[chan arrival] // who wants the connection after the next frame

	received atomic.Uint64 // bytes that conn has not seen

	once    sync.Once
	playing chan struct{} // closed at the first frame

	// Owned by the connection's reader.
	schedule *schedule
	dues     dueTicks
	form     string
	every    uint32 // ticks between two frames
	fresh    bool   // no frame of this match yet
	last     uint32 // tick of the last frame
	acked    uint32 // last input that came back
	trip     time.Duration

	// When input seq was due, at seq % len. The sender writes, the reader reads.
	due [256]atomic.Int64
}

func newPlayer(r *run, number int, slow bool) *player {
	p := &player{run: r, number: number, slow: slow, shard: r.healthy.shard(number), playing: make(chan struct{})}
	o := client.Options{URL: r.opt.URL, Parser: r.opt.Parser}
	if slow {
		o.Dial, p.shard = dialSlow, r.slow.shard(number)
	}
	p.conn = client.New(o)
	p.game = client.NewGame(p.conn)
	p.game.Headless = true
	p.game.OnStart = p.onStart
	p.game.OnFrame = p.onFrame
	return p
}

// connect opens the connection and measures the round trip. Those who are to
// be idle do nothing, not even that.
func (p *player) connect(ctx context.Context) error {
	if err := p.conn.Connect(ctx); err != nil {
		return fmt.Errorf("client %d: %w", p.number, err)
	}
	if p.run.opt.Profile == "idle" {
		return nil
	}
	for range 5 {
		_, rtt, err := p.conn.Clock(ctx, p.run.began)
		if err != nil {
			return fmt.Errorf("client %d: clock: %w", p.number, err)
		}
		if p.trip == 0 || rtt < p.trip {
			p.trip = rtt
		}
	}
	return nil
}

func (p *player) onStart(s *client.Start) {
	p.schedule = p.run.scheduleOf(s)
	p.schedule.trip(p.trip)
	p.form, p.dues = s.Form, p.run.dues.of(s.Match)
	p.every = uint32(max(1, s.Hz/max(1, s.SendHz)))
	p.fresh, p.acked = true, 0
}

func (p *player) onFrame(f *client.Frame) {
	if p.schedule == nil {
		return
	}
	if p.fresh { // the keyframe of a match comes when it can, not when a tick is due
		p.once.Do(func() { close(p.playing) })
	} else {
		p.measure(f)
	}
	p.fresh, p.last = false, f.Tick
	if to := p.hijack.Swap(nil); to != nil {
		conn, rest := p.conn.Hijack()
		*to <- arrival{p, conn, rest, f.Tick}
	}
}

func (p *player) bytes() uint64 { return p.conn.Received() + p.received.Load() }

func (p *player) measure(f *client.Frame) {
	at := f.At.Sub(p.run.began)
	skipped := max(1, (f.Tick-p.last)/p.every) - 1
	late := p.schedule.late(f.Tick, at)
	if due, ok := p.dues.get(f.Tick); ok {
		late = at + p.run.clock - due
	}
	p.shard.frame(late, skipped)
	for f.Ack > p.acked {
		p.acked++
		if due := p.due[p.acked%uint32(len(p.due))].Load(); due > 0 && f.Ack-p.acked < uint32(len(p.due)) {
			p.shard.input(at - time.Duration(due))
		}
	}
}

// play sends inputs on absolute deadlines until the run has ended.
func (p *player) play(ended <-chan struct{}, hz int) error {
	if hz <= 0 {
		select {
		case <-ended:
			return nil
		case <-p.conn.Done():
			return fmt.Errorf("client %d: disconnected: %w", p.number, p.conn.Err())
		}
	}
	step := time.Second / time.Duration(hz)
	// Players are not in step with each other.
	next := time.Since(p.run.began) + time.Duration(rand.Int64N(int64(step)))
	timer := time.NewTimer(next - time.Since(p.run.began))
	defer timer.Stop()
	for seq := uint32(1); ; seq++ {
		select {
		case <-ended:
			return nil
		case <-p.conn.Done():
			return fmt.Errorf("client %d: disconnected: %w", p.number, p.conn.Err())
		case <-timer.C:
		}
		p.due[seq%uint32(len(p.due))].Store(int64(next)) // late sending counts
		if _, err := p.game.SendInput(p.run.payload(seq)); err != nil {
			return fmt.Errorf("client %d: %w", p.number, err)
		}
		next += step
		timer.Reset(next - time.Since(p.run.began))
	}
}

// payloads are inputs of the arena: [moveX, moveY, aim, buttons].
func arenaPayloads() []socketio.Raw {
	list := make([]socketio.Raw, 64)
	for i := range list {
		list[i], _ = socketio.AppendValue(nil, []any{rand.IntN(255) - 127, rand.IntN(255) - 127, rand.IntN(1024), rand.IntN(2)})
	}
	return list
}
