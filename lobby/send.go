package lobby

import (
	"slices"
	"time"

	"tickwire/codec/state"
)

// output is what a match needs to send its state. The lobby's goroutine owns it.
type output struct {
	sent      uint32 // tick of the last send
	epoch     uint32 // of the tables that clients of the B-form have
	swept     uint32 // when the audiences were looked over
	audiences []*audience
	single    [2]single // by Member.form
	fan       fan
	states    states
	profile   *state.Profile
	encoding  time.Duration // spent on making frames, in this send
}

// unusedTicks is for how long the frames of a view are kept that nobody gets.
const unusedTicks = 256

// sendDue tells whether this tick's state is to be sent.
func (r *run) sendDue() bool {
	return r.world.Tick()-r.out.sent >= r.every || r.ended
}

// announce tells those who take the B-form of new tables, before the first
// frame that needs them.
func (r *run) announce(now time.Time, members, watchers []*Member) {
	epoch := r.world.Schema().Epoch()
	if epoch == r.out.epoch {
		return
	}
	r.out.epoch = epoch
	ev := &Event{Name: EventTables, Args: []any{r.world.Schema().AppendTables(nil)}}
	if r.relay != nil {
		r.relay.event(now, ev)
		watchers = nil
	}
	for _, group := range [...][]*Member{members, watchers} {
		for _, m := range group {
			if m != nil && m.out.playing && forms[m.form] == state.BForm {
				m.out.event(m.conn, ev)
			}
		}
	}
}

// send gives every member the state of this tick, or holds it back.
func (r *run) send(now time.Time, members, watchers []*Member) {
	defer r.caught()
	defer r.out.states.flush()
	last := r.out.sent
	r.out.sent = r.world.Tick()
	begin := time.Now()
	if r.relay != nil {
		r.relay.record(r, now)
		watchers = nil
	}
	wide := r.out.fan.wide(len(members) + len(watchers))
	for _, m := range members {
		r.sendTo(m, last, wide)
	}
	for _, m := range watchers {
		r.sendTo(m, last, wide)
	}
	r.out.states.flush() // before the time is taken
	if wide {
		r.out.fan.send()
	}
	r.sweep()
	r.meter.encode.add(r.out.encoding)
	r.meter.fan.add(time.Since(begin) - r.out.encoding)
	r.out.encoding = 0
}

// sendTo sends a member its frame or, in a wide send, leaves that to the fan.
func (r *run) sendTo(m *Member, last uint32, wide bool) {
	if m == nil || m.conn == nil || !m.out.playing {
		return
	}
	o, now := &m.out, r.out.sent
	r.look(m)
	if !o.ready(m.conn, now) {
		r.turn.Skipped++
		m.flow.hold()
		o.flush(m.conn)
		return
	}
	s := step{base: o.sent, last: last, now: now, synced: o.synced && !o.turned}
	frame, k := r.frame(m, s)
	if !o.synced || o.window.acked == o.sent {
		o.window.restart(now)
	}
	switch k {
	case keyframe:
		r.turn.Keyframes++
	case late:
		r.turn.Coalesced++
	}
	o.sent, o.synced, o.turned, o.held = now, true, false, false
	m.flow.pass()
	r.turn.Frames++
	r.turn.Bytes += uint64(len(frame.Bytes))
	if forms[m.form] == state.BForm {
		r.turn.BytesB += uint64(len(frame.Bytes))
	}
	switch {
	case wide && k == regular && o.audience != nil:
		r.out.fan.add(m.conn, frame, o.applied)
	case wide && k == regular && o.feed == nil && s.base+1 == now:
		r.out.fan.addSingle(m.conn, frame.Bytes, o.applied)
	default: // the bytes may not hold until the fan is through
		r.out.states.send(m.conn, frame, o.applied)
	}
}

// frame makes or finds the member's frame of this tick.
func (r *run) frame(m *Member, s step) (*Frame, kind) {
	o := &m.out
	switch {
	case o.feed != nil:
		defer r.out.encoded(time.Now())
		return r.out.single[m.form].fed(o.feed, s)
	case o.audience == nil:
		defer r.out.encoded(time.Now())
		return r.out.single[m.form].since(o.view, forms[m.form], s)
	}
	o.audience.used = s.now
	return o.audience.forms[m.form].since(s)
}

func (o *output) encoded(since time.Time) { o.encoding += time.Since(since) }

// look follows what the rules want the member to see. A client whose view
// changes begins anew.
func (r *run) look(m *Member) {
	o, p := &m.out, m.player
	want := p.view
	if m.watches() {
		want = r.spectators
	}
	if want == nil {
		want = r.world.Everybody()
	}
	if want == o.view && p.bound == o.bound {
		return
	}
	o.view, o.bound, o.audience, o.feed, o.turned = want, p.bound, nil, nil, true
	switch {
	case p.bound != nil:
		o.feed = want.NewFeed(state.FeedOptions{Form: forms[m.form], Bytes: p.bound.bytes, Priority: p.bound.priority})
	case !r.personal[want]:
		o.audience = r.audienceOf(want)
	}
}

// audienceOf finds the audience of a view. There are few, and it is looked for
// only when a view changes.
func (r *run) audienceOf(v *state.View) *audience {
	for _, a := range r.out.audiences {
		if a.view == v {
			return a
		}
	}
	a := newAudience(v, &r.out.encoding)
	a.used = r.out.sent
	r.out.audiences = append(r.out.audiences, a)
	return a
}

// sweep forgets the frames of views that nobody got for a while. A member that
// was held back for that long keeps its own.
func (r *run) sweep() {
	if now := r.out.sent; now-r.out.swept >= unusedTicks {
		r.out.swept = now
		r.out.audiences = slices.DeleteFunc(r.out.audiences, func(a *audience) bool { return now-a.used >= unusedTicks })
	}
}
