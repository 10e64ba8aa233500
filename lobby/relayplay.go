package lobby

import (
	"time"

	"tickwire/codec/state"
)

// play sends what is due. It reports whether anything was.
func (y *relay) play(now time.Time, watchers []*Member) (any bool) {
	if y == nil {
		return false
	}
	for y.head < len(y.queue) && !y.queue[y.head].at.After(now) {
		e := &y.queue[y.head]
		if e.name == "" {
			y.playFrame(e, watchers)
		} else {
			y.playEvent(e, watchers)
		}
		*e = relayed{}
		y.head++
		any = true
	}
	return any
}

func (y *relay) playEvent(e *relayed, watchers []*Member) {
	y.bytes -= eventBytes
	switch e.name {
	case EventMatchStart:
		y.bytes -= len(e.start.Schema)
		y.start, y.tables = e.start, nil
		for _, m := range watchers {
			y.greet(m)
		}
		return
	case EventTables:
		y.tables = e.ev
	case EventMatchEnd:
		y.start, y.tables = nil, nil
	}
	for _, m := range watchers {
		if e.ev != nil && (m.out.playing || !ofMatch(e.name)) && (e.name != EventTables || forms[m.form] == state.BForm) {
			m.out.event(m.conn, e.ev)
		}
		if e.name == EventMatchEnd {
			m.out.playing = false
			m.inputs.close()
		}
	}
}

// ofMatch names the events that only those hear who watch the match.
func ofMatch(name string) bool {
	return name == EventMatch || name == EventTables || name == EventMatchEnd
}

// greet tells a spectator of the match that the others watch already; a
// keyframe follows.
func (y *relay) greet(m *Member) {
	if y == nil || y.start == nil || m.conn == nil {
		return
	}
	start := *y.start
	start.Form, start.You = formNames[m.form], m.you()
	m.inputs.reset(4, start.Tick, 0)
	m.out.open(start.Hz, start.Hz/start.SendHz)
	m.out.event(m.conn, &Event{Name: EventMatchStart, Args: []any{start}})
	if y.tables != nil && forms[m.form] == state.BForm {
		m.out.event(m.conn, y.tables)
	}
}

func (y *relay) playFrame(e *relayed, watchers []*Member) {
	for form := range e.steady {
		y.load(&y.frames[form][0], e.steady[form])
		y.load(&y.frames[form][1], e.full[form])
	}
	for _, m := range watchers {
		y.sendTo(m, e)
	}
	for form := range e.steady {
		y.release(e.steady[form])
		y.release(e.full[form])
	}
}

func (y *relay) load(f *Frame, bytes []byte) {
	f.Bytes = bytes
	f.Version++
}

func (y *relay) release(b []byte) {
	y.bytes -= len(b)
	if b != nil {
		y.free = append(y.free, b)
	}
}

// sendTo sends a spectator its frame, or lets him begin anew with the next
// keyframe if he is behind.
func (y *relay) sendTo(m *Member, e *relayed) {
	o := &m.out
	if m.conn == nil || !o.playing {
		return
	}
	acked, _ := m.inputs.take(e.tick)
	m.inputs.todo.n = 0
	o.window.ack(acked, o.sent, e.tick)
	f := &y.frames[m.form][0]
	follows := o.synced && o.sent == e.base && e.steady[m.form] != nil
	if !follows {
		f = &y.frames[m.form][1]
	}
	if !follows && e.full[m.form] == nil || !o.ready(m.conn, e.tick) {
		y.turn.Skipped++
		o.synced = false
		o.flush(m.conn)
		return
	}
	if !follows {
		y.turn.Keyframes++
	}
	if !o.synced || o.window.acked == o.sent {
		o.window.restart(e.tick)
	}
	o.sent, o.synced, o.held = e.tick, true, false
	y.turn.Frames++
	y.turn.Bytes += uint64(len(f.Bytes))
	if forms[m.form] == state.BForm {
		y.turn.BytesB += uint64(len(f.Bytes))
	}
	_ = m.conn.State(f, 0) // a broken connection is told by its owner
}

// playRelay gives the spectators what they are to see now.
func (l *lobby) playRelay(now time.Time) {
	if !l.relay.play(now, l.watchers) {
		return
	}
	for _, m := range l.watchers {
		m.out.flush(m.conn)
	}
	l.game.meter.add(&l.relay.turn)
	l.relay.turn = Stats{}
}

// leaveToSpectators ends the match of a lobby that only spectators are in, who
// have not seen its end yet. New players may come meanwhile.
func (l *lobby) leaveToSpectators(now time.Time) {
	if l.run == nil {
		return
	}
	l.abandon()
	l.relay.giveUp(now)
	l.paused = false
	l.ticks.Stop()
	l.gather()
}

// unseen tells whether spectators have not yet seen all.
func (l *lobby) unseen() bool {
	return l.relay != nil && len(l.watchers) > 0 && !l.draining && !l.relay.next().IsZero()
}

// delayed names what spectators are told with the state that it belongs to.
func delayed(name string) bool {
	return name == EventUpdate || name == EventChat || ofMatch(name)
}

// catchUp tells a member who has come, or sits elsewhere now, of the match.
func (l *lobby) catchUp(m *Member) {
	switch {
	case m.watches() && l.relay != nil:
		m.out.playing = false // what it knew as a player, or of another match
		l.relay.greet(m)
	case l.run != nil:
		l.greet(m)
	}
}
