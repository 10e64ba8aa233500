package lobby

import (
	"time"

	"tickwire/codec/state"
)

// relay holds back what spectators get for Game.SpectatorDelay, so that nobody
// plays by what a friend who watches can see. The lobby's goroutine owns it. It
// outlives matches: when one is over, those who watch have its end before them.
//
// Frames wait as bytes, each from the one before, with a keyframe now and then:
// who comes late, falls behind or asks anew begins with the next of those.
//
// A nil relay holds nothing back: spectators see what is.
type relay struct {
	delay time.Duration
	queue []relayed // from head on, in the order of their time
	head  int
	bytes int      // that wait
	free  [][]byte // buffers of frames that were sent

	// Of the last frame that was put in.
	view      *state.View
	last, key uint32 // ticks

	// As the spectators know it.
	start  *MatchStart // of the match that they watch; nil: none
	tables *Event      // the newest
	frames [2][2]Frame // by form; steady, key
	turn   Stats
}

// relayed is an event, or a frame in both forms.
type relayed struct {
	at   time.Time
	name string // of the event; "": a frame
	ev   *Event
	gone bool // the match was given up; nobody is told

	start      *MatchStart
	tick, base uint32
	steady     [2][]byte // by form; nil: none leads here
	full       [2][]byte // by form; nil: no keyframe
}

const (
	maxSpectatorDelay = 10 * time.Minute
	maxRelay          = 16 << 20 // bytes that wait; beyond, spectators see a pause
	eventBytes        = 256      // that an event counts for
	relayKeyEvery     = time.Second
)

func newRelay(delay time.Duration) *relay {
	if delay <= 0 {
		return nil
	}
	return &relay{delay: delay}
}

// event puts in what everybody is told. When too much waits, chat and the events
// of the game are dropped. The others are few, and spectators who miss one would
// watch a match that is over, or could not read its frames.
func (y *relay) event(now time.Time, ev *Event) {
	if y.bytes < maxRelay || ev.Name != EventChat && ev.Name != EventMatch {
		y.put(relayed{at: now.Add(y.delay), name: ev.Name, ev: ev}, eventBytes)
	}
}

// begin puts in the start of a match.
func (y *relay) begin(now time.Time, start *MatchStart) {
	y.view = nil
	y.put(relayed{at: now.Add(y.delay), name: EventMatchStart, start: start}, eventBytes+len(start.Schema))
}

// giveUp ends a match that nobody plays any more.
func (y *relay) giveUp(now time.Time) {
	if y != nil {
		y.put(relayed{at: now.Add(y.delay), name: EventMatchEnd, gone: true}, eventBytes)
	}
}

func (y *relay) put(e relayed, bytes int) {
	if y.head > 0 && y.head >= len(y.queue)/2 {
		n := copy(y.queue, y.queue[y.head:])
		clear(y.queue[n:])
		y.queue, y.head = y.queue[:n], 0
	}
	y.bytes += bytes
	y.queue = append(y.queue, e)
}

// record puts in the state that spectators may see.
func (y *relay) record(r *run, now time.Time) {
	if y.bytes > maxRelay {
		y.view = nil // a gap: the next begins anew
		return
	}
	view, tick := r.spectators, r.world.Tick()
	if view == nil {
		view = r.world.Everybody()
	}
	anew := view != y.view
	full := anew || tick-y.key >= r.ticks(relayKeyEvery)
	e := relayed{at: now.Add(y.delay), tick: tick, base: y.last}
	a, size := r.audienceOf(view), 0
	a.used = tick
	for i := range a.forms {
		f := &a.forms[i]
		if !anew {
			frame, k := f.since(step{base: y.last, last: y.last, now: tick, synced: true})
			if k != keyframe {
				e.steady[i] = y.keep(frame.Bytes)
			}
			full = full || k == keyframe
		}
		if full {
			e.full[i] = y.keep(f.keyframe(tick).Bytes)
		}
		size += len(e.steady[i]) + len(e.full[i])
	}
	y.view, y.last = view, tick
	if full {
		y.key = tick
	}
	y.put(e, size)
}

// keep copies a frame into a buffer that is used again.
func (y *relay) keep(frame []byte) []byte {
	var buf []byte
	if n := len(y.free); n > 0 {
		buf, y.free = y.free[n-1], y.free[:n-1]
	}
	return append(buf[:0], frame...)
}

// next is when spectators get something next; zero: nothing waits.
func (y *relay) next() time.Time {
	if y == nil || y.head == len(y.queue) {
		return time.Time{}
	}
	return y.queue[y.head].at
}

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
