package lobby

import (
	"time"

	"tickwire/codec/state"
)

// audience is those who see the same view. Its frames are made at most once
// per tick and form, however many they are.
type audience struct {
	view  *state.View
	used  uint32    // tick of the last frame
	forms [2]frames // by Member.form
}

func newAudience(v *state.View, spent *time.Duration) *audience {
	a := &audience{view: v}
	for i, form := range forms {
		a.forms[i].view, a.forms[i].form, a.forms[i].spent = v, form, spent
	}
	return a
}

// The wire forms a member can choose, as indices of audience.forms.
var forms = [2]state.Form{state.MForm, state.BForm}

// frames makes the state frames of one view in one wire form and keeps their
// memory for the next tick.
type frames struct {
	view  *state.View
	form  state.Form
	spent *time.Duration // on making frames

	regular tickFrame // from the last send
	buf     []byte    // for it
	key     tickFrame
	merged  [8]tickFrame // for the baselines of members that fell behind
	oldest  int          // in merged: the next to be overwritten
}

// tickFrame is a frame that holds the delta from base to tick.
type tickFrame struct {
	Frame
	tick, base uint32
}

// kind is what a member was sent.
type kind uint8

const (
	regular  kind = iota // from the last send; the bytes hold until the next commit
	late                 // from an earlier one
	keyframe             // from nothing
)

// step is what a frame has to do: to take a client from tick base, or from
// nothing if it is not synced, to tick now. last is the tick of the last send.
type step struct {
	base, last, now uint32
	synced          bool
}

// since returns the frame for a step.
func (f *frames) since(s step) (*Frame, kind) {
	switch {
	case !s.synced:
	case s.base == s.last:
		if frame := f.regularFrame(s.base, s.now); frame != nil {
			return frame, regular
		}
	default:
		if frame := f.mergedFrame(s.base, s.now); frame != nil {
			return frame, late
		}
	}
	return f.keyframe(s.now), keyframe
}

// regularFrame returns nil when the journal does not reach back to base.
func (f *frames) regularFrame(base, now uint32) *Frame {
	r := &f.regular
	switch {
	case r.tick == now && r.base == base:
	case base+1 == now: // the view's own: equal views have it made only once
		defer f.encoded(time.Now())
		r.set(now, base, f.view.Steady(f.form))
	default:
		defer f.encoded(time.Now())
		bytes, ok := f.view.AppendCoalesced(f.buf[:0], base, f.form)
		if !ok {
			return nil
		}
		f.buf = bytes
		r.set(now, base, bytes)
	}
	return &r.Frame
}

func (f *frames) keyframe(now uint32) *Frame {
	k := &f.key
	if k.tick != now {
		defer f.encoded(time.Now())
		k.set(now, 0, f.view.AppendKeyframe(k.Bytes[:0], f.form))
	}
	return &k.Frame
}

// mergedFrame returns nil when the journal does not reach back to base. More
// baselines in one tick than there are places are encoded again: right, and
// rare enough.
func (f *frames) mergedFrame(base, now uint32) *Frame {
	for i := range f.merged {
		if m := &f.merged[i]; m.tick == now && m.base == base {
			return &m.Frame
		}
	}
	defer f.encoded(time.Now())
	m := &f.merged[f.oldest]
	bytes, ok := f.view.AppendCoalesced(m.Bytes[:0], base, f.form)
	if !ok {
		return nil
	}
	f.oldest = (f.oldest + 1) % len(f.merged)
	m.set(now, base, bytes)
	return &m.Frame
}

func (f *frames) encoded(since time.Time) { *f.spent += time.Since(since) }

func (t *tickFrame) set(tick, base uint32, bytes []byte) {
	t.tick, t.base, t.Bytes = tick, base, bytes
	t.Version++
}

// single makes frames that one member alone gets: of a personal view, or within
// a bound of bytes. One after the other uses the same memory.
type single struct {
	Frame
	buf []byte
}

// since is like frames.since, but only the bytes of a steady frame hold.
func (o *single) since(v *state.View, form state.Form, s step) (*Frame, kind) {
	if s.synced && s.base+1 == s.now {
		return o.set(v.Steady(form)), s.kind()
	}
	if s.synced {
		if bytes, ok := v.AppendCoalesced(o.buf[:0], s.base, form); ok {
			o.buf = bytes
			return o.set(bytes), s.kind()
		}
	}
	o.buf = v.AppendKeyframe(o.buf[:0], form)
	return o.set(o.buf), keyframe
}

// fed returns the next frame of a feed.
func (o *single) fed(f *state.Feed, s step) (*Frame, kind) {
	if !s.synced {
		f.Reset()
	}
	o.buf = f.Append(o.buf[:0])
	return o.set(o.buf), s.kind()
}

func (s step) kind() kind {
	switch {
	case !s.synced:
		return keyframe
	case s.base == s.last:
		return regular
	}
	return late
}

func (o *single) set(bytes []byte) *Frame {
	o.Bytes = bytes
	o.Version++
	return &o.Frame
}
