package lobby

import (
	"fmt"
	"time"

	"tickwire/tick"
)

// begin starts a match with everybody who is here.
func (l *lobby) begin(now time.Time) {
	l.due.begin = time.Time{}
	l.began, l.autoStart = true, 0
	id, seed := l.dir.nextMatch()
	l.note(LogMatchBegan, nil, "", id)
	log := l.log.With().Str("match", id).Logger()
	r := newRun(newMatch(l.game, id, seed, log, l.dir.opt.Check), l.dir.opt.Profile)
	l.run, r.meter, r.relay = r, &l.game.meter, l.relay
	r.rec, r.maxSurplus = l.dir.record(r.Match, now), l.dir.opt.MaxSurplus
	l.watch(r)
	r.prepare()
	for _, m := range l.seats {
		if m != nil && r.fault == nil {
			r.join(m.player)
		}
	}
	if r.fault != nil {
		l.finish(now)
		return
	}
	l.setPhase(Playing)
	l.update(now)
	for _, m := range l.members {
		l.greet(m)
	}
	if l.relay != nil {
		l.relay.begin(now, l.matchStart(nil))
	} else {
		for _, m := range l.watchers {
			l.greet(m)
		}
	}
	l.dir.track(l, r)
	l.firstTick(now)
	log.Info().Str("game", l.game.Name).Int("players", len(l.members)).Uint64("seed", seed).Msg("match started")
}

// greet tells m of the match and takes its inputs; a keyframe follows with the
// next send.
func (l *lobby) greet(m *Member) {
	if m.conn == nil {
		return
	}
	r := l.run
	m.inputs.reset(4*l.game.InputsPerTick, r.world.Tick(), r.ahead)
	m.out.open(l.game.Hz, int(r.every))
	l.tellOne(m, EventMatchStart, *l.matchStart(m))
}

// matchStart tells of the match, to m or to whom it may be.
func (l *lobby) matchStart(m *Member) *MatchStart {
	r := l.run
	start := &MatchStart{
		Match: r.id, Game: l.game.Name,
		Schema: r.world.Schema().Append(nil), Hash: r.world.Schema().Hash(),
		Tick: r.world.Tick(), Hz: l.game.Hz, SendHz: l.game.SendHz,
	}
	if m != nil {
		start.Form, start.You = formNames[m.form], m.you()
	}
	return start
}

// firstTick puts the match on a grid that all matches of this rate share,
// moved by its own phase: so they spread however they began.
func (l *lobby) firstTick(now time.Time) {
	grid := tick.Clock{Hz: l.game.Hz}
	grid.Start(l.dir.epoch.Add(tick.Phase(l.number, grid.Interval())))
	grid.Due(now)
	l.run.clock.Start(grid.Next())
	l.ticks.Reset(grid.Next())
}

// advance runs the steps that are due and sends what they made.
func (l *lobby) advance(now time.Time) {
	r := l.run
	deadline := r.clock.Next()
	n, dropped := r.clock.Due(now)
	if n > 0 {
		r.meter.late.add(now.Sub(deadline))
		r.late.add(now.Sub(deadline))
	}
	r.turn.Dropped += uint64(dropped)
	if n > 0 && r.fault == nil {
		r.steps(now, n, l.seats, l.watchers)
	}
	l.endFlood()
	l.carryOut()
	if n > 0 && r.fault == nil && r.sendDue() {
		r.send(now, l.seats, l.watchers)
	}
	if n > 0 {
		l.flush()
	}
	r.count()
	l.reportSlow(r)
	if r.fault != nil || r.ended && n > 0 {
		l.finish(now)
		return
	}
	if n > 0 {
		l.ticks.Reset(r.clock.Next())
	}
}

// endFlood removes a player who sent far more than the rules take.
func (l *lobby) endFlood() {
	if m := l.run.flooder; m != nil {
		l.run.flooder = nil
		l.run.turn.Flooders++
		l.remove(m, refuse(RateLimited, "you sent far too many inputs"))
	}
}

// carryOut sends the events that the rules emitted.
func (l *lobby) carryOut() {
	r := l.run
	for i, e := range r.emits {
		r.emits[i] = emit{}
		r.rec.event(&e)
		ev := &Event{Name: EventMatch, Args: []any{e.name, e.payload}}
		for _, m := range l.members {
			l.tellPlaying(m, &e, ev)
		}
		if l.relay != nil {
			if e.to == nil {
				l.relay.event(l.turnBegan, ev)
			}
			continue
		}
		for _, m := range l.watchers {
			l.tellPlaying(m, &e, ev)
		}
	}
	r.emits = r.emits[:0]
}

func (l *lobby) tellPlaying(m *Member, e *emit, ev *Event) {
	if m.out.playing && (e.to == nil || e.to == m.player) {
		m.out.event(m.conn, ev)
	}
}

// finish ends the match, whose last state has been sent, and tells everybody.
func (l *lobby) finish(now time.Time) {
	r, reason := l.endRun()
	l.ticks.Stop()
	end := MatchEnd{Reason: reason, Replay: r.rec.id()}
	if r.fault == nil {
		end.Result = r.result
	}
	l.tell(EventMatchEnd, end)
	for m := range l.everybody() {
		if l.relay != nil && m.watches() {
			continue // watches on
		}
		m.inputs.close()
		m.out.playing = false
	}
	l.setPhase(Finished)
	l.unready() // for the match that is over
	if l.game.DropIn {
		l.due.begin = now.Add(l.intermission(r.fault != nil))
	}
	l.update(now)
	switch {
	case l.closing != nil:
		l.close(l.closing)
	case l.draining:
		l.close(errDraining)
	}
}

// endRun takes the match away from the lobby and records how it ended.
func (l *lobby) endRun() (r *run, reason string) {
	r, l.run = l.run, nil
	r.close()
	reason = r.outcome()
	l.fault, l.stack = r.fault, r.stack
	if reason == EndFinished {
		l.rank(r)
	}
	r.rec.end(r.world.Tick(), reason, r.result)
	r.count()
	l.dir.track(l, nil)
	l.note(LogMatchEnded, nil, "", r.id+" "+reason)
	l.report(r, reason)
	r.log.Info().Str("reason", reason).Uint32("tick", r.world.Tick()).Msg("match ended")
	return r, reason
}

// intermission is the time until the next match of a DropIn game. Rules that
// are broken do not get to burn a processor.
func (l *lobby) intermission(fault bool) time.Duration {
	if fault {
		return max(l.game.Intermission, time.Second)
	}
	return max(l.game.Intermission, 0)
}

// abandon ends a match that nobody plays any more.
func (l *lobby) abandon() {
	if l.run != nil {
		l.endRun()
	}
}

// outcome is why a match is over. A panic of its rules is counted and logged.
func (r *run) outcome() string {
	switch {
	case r.fault != nil:
		r.meter.faults.Add(1)
		r.log.Error().Str("reason", fmt.Sprint(r.fault)).Uint64("seed", r.seed).Uint32("tick", r.world.Tick()).
			Bytes("stack", r.stack).Msg("the rules of a match panicked")
		return EndFault
	case r.stopped != "":
		return r.stopped
	case r.ended:
		return EndFinished
	}
	return endEmpty
}
