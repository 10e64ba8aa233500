package lobby

import "tickwire/codec/state"

// frames makes the state frames of one tick in one wire form, each at most
// once, and keeps their memory for the next tick.
type frames struct {
	view *state.View
	form state.Form
	tick uint32

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

// since returns the frame that takes a client from tick base to now.
func (f *frames) since(base uint32) (*Frame, kind) {
	if base+1 == f.tick {
		return f.steadyFrame(), steady
	}
	if frame := f.mergedFrame(base); frame != nil {
		return frame, coalesced
	}
	return f.keyframe(), keyframe
}

func (f *frames) steadyFrame() *Frame {
	s := &f.steady
	if s.tick != f.tick {
		s.set(f.tick, f.tick-1, f.view.AppendSteady(s.Bytes[:0], f.form))
	}
	return &s.Frame
}

func (f *frames) keyframe() *Frame {
	k := &f.key
	if k.tick != f.tick {
		k.set(f.tick, 0, f.view.AppendKeyframe(k.Bytes[:0], f.form))
	}
	return &k.Frame
}

// mergedFrame returns nil when the journal does not reach back to base. More
// baselines in one tick than there are places are encoded again: right, and
// rare enough.
func (f *frames) mergedFrame(base uint32) *Frame {
	for i := range f.merged {
		if m := &f.merged[i]; m.tick == f.tick && m.base == base {
			return &m.Frame
		}
	}
	m := &f.merged[f.oldest]
	bytes, ok := f.view.AppendCoalesced(m.Bytes[:0], base, f.form)
	if !ok {
		return nil
	}
	f.oldest = (f.oldest + 1) % len(f.merged)
	m.set(f.tick, base, bytes)
	return &m.Frame
}

func (t *tickFrame) set(tick, base uint32, bytes []byte) {
	t.tick, t.base, t.Bytes = tick, base, bytes
	t.Version++
}
