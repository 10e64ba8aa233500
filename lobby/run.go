package lobby

import (
	"cmp"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"tickwire/codec/replay"
	"tickwire/tick"
)

// run is a match while it runs: the rules, the clock, and what is needed to
// send its state. The lobby's goroutine owns it.
type run struct {
	*Match
	rules Rules

	clock tick.Clock
	every uint32 // steps between two sends
	rec   *recorder
	relay *relay // of the lobby

	budget time.Duration // of a step
	slow   slow

	rewind, hold, ahead uint32 // ticks of Game.Rewind and Game.Inputs
	maxSurplus          int
	flooder             *Member // is to be removed

	out        output
	turn       Stats // counted since the last turn began
	total      counters
	trips      trips     // likewise
	meter      *meter    // of the game
	took, late histogram // of this match's steps

	fault   any // what the rules panicked with
	stack   []byte
	stopped string // why the server ended it; "": it did not

	began time.Time
	left  leavers

	guard    guard
	watchdog *time.Timer
	done     atomic.Bool // for the watchdog: nothing to look after any more
}

func newRun(m *Match, profiled bool) *run {
	r := &run{Match: m, every: uint32(m.game.Hz / m.game.SendHz), meter: new(meter), began: time.Now()}
	r.guard.epoch = r.began
	r.clock = tick.Clock{Hz: m.game.Hz, MaxDue: m.game.MaxCatchUp, Policy: m.game.Overrun}
	r.budget = cmp.Or(m.game.StepBudget, r.clock.Interval())
	r.rewind, r.hold, r.ahead = m.ticks(m.game.Rewind), m.ticks(m.game.Inputs.Hold), m.ticks(m.game.Inputs.Ahead)
	r.out.fan.init(m.game.MaxPlayers + m.game.MaxSpectators)
	if profiled {
		r.out.profile = m.world.StartProfile()
	}
	return r
}

// prepare makes the rules.
func (r *run) prepare() {
	r.protect(func() { r.rules = r.game.New(r.Match) })
}

// close ends the watch over the match.
func (r *run) close() {
	r.done.Store(true)
	if r.watchdog != nil {
		r.watchdog.Stop()
	}
}

// protect calls the studio's code; a panic becomes the fault of this match,
// and its code is not called again.
func (r *run) protect(fn func()) {
	if r.fault != nil {
		return
	}
	r.guard.enter(time.Now())
	defer r.back()
	fn()
}

// caught is deferred around code of ours that the studio's types run through.
func (r *run) caught() {
	if v := recover(); v != nil {
		r.fault, r.stack = v, debug.Stack()
	}
}

// back is deferred around the studio's code.
func (r *run) back() {
	if v := recover(); v != nil {
		r.fault, r.stack = v, debug.Stack()
	}
	r.guard.exit()
}

// stop ends the match as Match.End does, in the name of the server.
func (r *run) stop(reason string) {
	if !r.ended {
		r.ended, r.stopped = true, reason
	}
}

func (r *run) join(p *Player) {
	r.owners++
	p.enter(r.Match, r.owners)
	at, _ := slices.BinarySearchFunc(r.players, p.seat, func(p *Player, seat int) int { return p.seat - seat })
	r.players = slices.Insert(r.players, at, p)
	r.left.drop(p.id)
	r.rec.join(p)
	r.protect(func() { r.rules.Join(p) })
}

func (r *run) leave(p *Player) {
	r.players = slices.DeleteFunc(r.players, func(q *Player) bool { return q == p })
	r.left.add(p)
	r.rec.leave(p)
	r.protect(func() { r.rules.Leave(p) })
	p.exit()
}

// steps runs n steps, fewer if the match ends. After it, a frame is due if
// sendDue says so. members are in the order of their seats, nil where nobody
// sits.
func (r *run) steps(now time.Time, n int, members, watchers []*Member) {
	r.simulate(n, members, watchers)
	r.announce(now, members, watchers)
}

func (r *run) simulate(n int, members, watchers []*Member) {
	now := time.Now()
	r.guard.begin(now)
	defer r.back()
	for i := range n {
		if r.ended {
			if i == 0 { // outside of a step: the last state is still to be closed
				r.rec.before(r.Match)
				r.world.Commit()
				r.rec.after(r.Match, replay.Close)
			}
			return
		}
		r.rec.before(r.Match)
		r.inputs(members)
		r.acknowledgements(watchers)
		r.guard.in()
		r.rules.Step(r.world.Tick() + 1)
		r.guard.out()
		r.world.Commit()
		r.rec.after(r.Match, replay.Step)
		r.turn.Ticks++
		begin := now
		now = time.Now()
		r.guard.begin(now)
		r.measure(now.Sub(begin))
	}
}

// inputs applies what the players sent, seat by seat.
func (r *run) inputs(members []*Member) {
	now := r.world.Tick()
	for _, m := range members {
		if m == nil {
			continue
		}
		acked, counts := m.inputs.take(now)
		r.heard(m, acked, now)
		r.turn.Inputs += counts.accepted
		r.turn.StaleInputs += counts.stale
		r.turn.SurplusInputs += counts.surplus
		r.turn.EarlyInputs += counts.early
		r.flood(m, counts.surplus)
		r.applyInputs(m)
	}
}

// heard takes an acknowledgement.
func (r *run) heard(m *Member, acked, now uint32) {
	if trip, ok := m.out.window.ack(acked, m.out.sent, now); ok {
		r.trips.add(trip)
		m.flow.trip.Store(int64(trip)*int64(r.clock.Interval()) + 1)
	}
}

// acknowledgements are all that a spectator's inputs are good for.
func (r *run) acknowledgements(watchers []*Member) {
	if r.relay != nil {
		return // it looks at them
	}
	for _, m := range watchers {
		acked, _ := m.inputs.take(r.world.Tick())
		r.heard(m, acked, r.world.Tick())
		m.inputs.todo.n = 0
	}
}

// count moves what this turn counted to where everybody can read it.
func (r *run) count() {
	r.total.add(&r.turn)
	r.meter.add(&r.turn)
	r.turn = Stats{}
	r.trips.flush(&r.meter.trips, r.clock.Interval())
}
