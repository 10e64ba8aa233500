package lobby

import "tickwire/codec/state"

// audience is those who see the same view. Its frames are made at most once
// per tick and form, however many they are.
type audience struct {
	view  *state.View
	used  uint32    // tick of the last frame
	forms [2]frames // by Member.form
}

func newAudience(v *state.View) *audience {
	a := &audience{view: v}
	for i, form := range forms {
		a.forms[i].view, a.forms[i].form = v, form
	}
	return a
}

// The wire forms a member can choose, as indices of audience.forms.
var forms = [2]state.Form{state.MForm, state.BForm}

// frames makes the state frames of one view in one wire form and keeps their
// memory for the next tick.
type frames struct {
	view *state.View
	form state.Form

	steady, key tickFrame
	merged      [8]tickFrame // for the baselines of members that fell behind
	oldest      int          // in merged: the next to be overwritten
}

// tickFrame is a frame that holds the delta from base to tick.
type tickFrame struct {
	Frame
	tick, base uint32
}

// kind is what a member was sent.
type kind uint8

const (
	steady kind = iota
	coalesced
	keyframe
)

// since returns the frame that takes a client from tick base to tick now, or
// from nothing if it is not synced.
func (f *frames) since(base, now uint32, synced bool) (*Frame, kind) {
	if !synced {
		return f.keyframe(now), keyframe
	}
	if base+1 == now {
		return f.steadyFrame(now), steady
	}
	if frame := f.mergedFrame(base, now); frame != nil {
		return frame, coalesced
	}
	return f.keyframe(now), keyframe
}

// steadyFrame borrows the view's own: equal views have it made only once.
func (f *frames) steadyFrame(now uint32) *Frame {
	s := &f.steady
	if s.tick != now {
		s.set(now, now-1, f.view.Steady(f.form))
	}
	return &s.Frame
}

func (f *frames) keyframe(now uint32) *Frame {
	k := &f.key
	if k.tick != now {
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
	m := &f.merged[f.oldest]
	bytes, ok := f.view.AppendCoalesced(m.Bytes[:0], base, f.form)
	if !ok {
		return nil
	}
	f.oldest = (f.oldest + 1) % len(f.merged)
	m.set(now, base, bytes)
	return &m.Frame
}

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

// since is like frames.since.
func (s *single) since(v *state.View, form state.Form, base, now uint32, synced bool) (*Frame, kind) {
	if synced && base+1 == now {
		return s.set(v.Steady(form)), steady
	}
	if synced {
		if bytes, ok := v.AppendCoalesced(s.buf[:0], base, form); ok {
			s.buf = bytes
			return s.set(bytes), coalesced
		}
	}
	s.buf = v.AppendKeyframe(s.buf[:0], form)
	return s.set(s.buf), keyframe
}

// fed returns the next frame of a feed.
func (s *single) fed(f *state.Feed, base, now uint32, synced bool) (*Frame, kind) {
	k := coalesced
	switch {
	case !synced:
		f.Reset()
		k = keyframe
	case base+1 == now:
		k = steady
	}
	s.buf = f.Append(s.buf[:0])
	return s.set(s.buf), k
}

func (s *single) set(bytes []byte) *Frame {
	s.Bytes = bytes
	s.Version++
	return &s.Frame
}
