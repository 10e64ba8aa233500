package state

import "math/bits"

// Form is a wire form.
type Form uint8

// The wire forms. Both mean the same.
const (
	MForm Form = iota // MessagePack arrays
	BForm             // bit-packed residuals
)

// class is the first element of every frame.
type class uint8

const (
	steady    class = 1 // from the tick before
	coalesced class = 2 // from an older tick
	keyframe  class = 3 // from nothing
)

// View is what one player or group may see. Its frames are shared by all its
// clients.
type View struct {
	world   *World
	since   uint32 // first tick that it knows
	sets    []viewSet
	toggles ring[uint32] // type<<16 | slot, that entered or left, tick by tick
}

// viewSet is the part of a view in one table.
type viewSet struct {
	now   bitset // seen at the current tick
	known bitset // seen at the tick before
}

func newView(w *World) *View {
	return &View{world: w, since: w.tick}
}

// update brings the view to the tick that was just closed.
func (v *View) update() {
	v.toggles.open(v.world.tick)
	for i, s := range v.world.stores {
		if i == len(v.sets) {
			v.sets = append(v.sets, viewSet{})
		}
		set := &v.sets[i]
		n := len(s.live)
		set.known, set.now = set.now.resized(n), set.known.resized(n)
		copy(set.now, s.live)
		for j, w := range set.now {
			for diff := w ^ set.known[j]; diff != 0; diff &= diff - 1 {
				v.toggles.push(uint32(i)<<16 | uint32(j<<6+bits.TrailingZeros64(diff)))
			}
		}
	}
}

// AppendSteady appends the frame from the tick before to the current one.
func (v *View) AppendSteady(dst []byte, form Form) []byte {
	return v.append(dst, form, steady, v.world.tick-1)
}

// AppendKeyframe appends the frame that needs no baseline.
func (v *View) AppendKeyframe(dst []byte, form Form) []byte {
	return v.append(dst, form, keyframe, 0)
}

// AppendCoalesced appends the frame from tick base to the current one. It
// reports false, and appends nothing, when base is not an earlier tick of this
// view within reach: send a keyframe.
func (v *View) AppendCoalesced(dst []byte, base uint32, form Form) ([]byte, bool) {
	dt := v.world.tick - base
	if dt == 0 || dt > reach || base-v.since > v.world.tick-v.since {
		return dst, false
	}
	return v.append(dst, form, coalesced, base), true
}

// append writes a frame of one class and form.
func (v *View) append(dst []byte, form Form, c class, base uint32) []byte {
	d := &v.world.scratch
	d.class, d.base, d.tick = c, base, v.world.tick
	if c == keyframe {
		d.base = 0
	}
	if form == BForm {
		return v.appendB(dst, d)
	}
	return v.appendM(dst, d)
}
