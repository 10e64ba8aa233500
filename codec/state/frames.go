package state

import "math/bits"

// steadyFrame is a view's frame of the current tick in one form.
type steadyFrame struct {
	bytes []byte // valid for tick
	tick  uint32
	own   []byte // buffer of the frames made here
	key   steadyKey
}

// steadyKey names a steady frame of the current tick: a hash of what is seen
// now, what was seen before, and the form.
type steadyKey uint64

func (v *View) steadyKey(form Form) steadyKey {
	return steadyKey((v.nowKey*0x9e3779b97f4a7c15^v.knownKey)*2 + uint64(form))
}

// sharedFrames finds steady frames by their key: a map, but cheaper for what
// comes and goes with each tick. A key is a hash already.
type sharedFrames struct {
	slots []*steadyFrame
	free  int // how many more it takes: it stays half empty
}

// clear makes room for the frames of so many views.
func (s *sharedFrames) clear(views int) {
	if room := 2 << bits.Len(uint(views*int(forms))); len(s.slots) < room {
		s.slots = make([]*steadyFrame, room)
	} else {
		clear(s.slots)
	}
	s.free = len(s.slots) / 2
}

// place is where the key is, or would be.
func (s *sharedFrames) place(key steadyKey) int {
	at := int(uint64(key)*0x9e3779b97f4a7c15>>32) & (len(s.slots) - 1)
	for s.slots[at] != nil && s.slots[at].key != key {
		at = (at + 1) & (len(s.slots) - 1)
	}
	return at
}

func (s *sharedFrames) find(key steadyKey) *steadyFrame {
	if len(s.slots) == 0 { // nothing was committed yet
		return nil
	}
	return s.slots[s.place(key)]
}

// add is for a frame that was not found. Views that were made after the Commit
// may find no room.
func (s *sharedFrames) add(f *steadyFrame) {
	if s.free > 0 {
		s.slots[s.place(f.key)] = f
		s.free--
	}
}

// frameKey names any other frame.
type frameKey struct {
	now, known        uint64
	tick, base, epoch uint32
	form              Form
	class             class
}

// Steady is the frame from the tick before to the current one, made at most
// once for all views that show the same. It is read-only and valid until the
// next Commit.
func (v *View) Steady(form Form) []byte {
	f, w := &v.steady[form], v.world
	if f.tick == w.tick && f.bytes != nil {
		return f.bytes
	}
	key := v.steadyKey(form)
	if twin := w.shared.find(key); twin != nil {
		f.bytes, f.tick = twin.bytes, w.tick
		return f.bytes
	}
	f.own = v.AppendSteady(f.own[:0], form)
	f.bytes, f.tick, f.key = f.own, w.tick, key
	if !v.unprofiled() {
		w.shared.add(f)
	}
	return f.bytes
}

// unprofiled says that the view's frames are not counted, so that those that are
// must not be made of them.
func (v *View) unprofiled() bool { return v.all && v.world.profile != nil }

// Keyframe is the frame that needs no baseline, made at most once per tick for
// all views that show the same. It is read-only.
func (v *View) Keyframe(form Form) []byte {
	key := v.frameKey(keyframe, form)
	if f, ok := v.world.frames.Get(key); ok {
		return f
	}
	f := v.AppendKeyframe(nil, form)
	v.world.frames.Add(key, f)
	return f
}

// Coalesced is the frame from tick base to the current one, made at most once
// for all views that show, and showed, the same. It is read-only. It reports
// false when base is not an earlier tick of this view within reach: send a
// keyframe.
func (v *View) Coalesced(base uint32, form Form) ([]byte, bool) {
	if !v.reaches(base) {
		return nil, false
	}
	key := v.frameKey(coalesced, form)
	key.known, key.base = v.keyAt(base), base
	if f, ok := v.world.frames.Get(key); ok {
		return f, true
	}
	f, _ := v.AppendCoalesced(nil, base, form)
	v.world.frames.Add(key, f)
	return f, true
}

func (v *View) frameKey(c class, form Form) frameKey {
	return frameKey{now: v.nowKey, tick: v.world.tick, epoch: v.world.schema.book.epoch, form: form, class: c}
}

// reaches reports whether base is an earlier tick of the view that the journal
// still covers.
func (v *View) reaches(base uint32) bool {
	dt := v.world.tick - base
	return dt > 0 && dt <= reach && base-v.since <= v.world.tick-v.since
}

// keyAt is what nowKey was at tick base.
func (v *View) keyAt(base uint32) uint64 {
	key := v.nowKey
	for j := v.toggles.since(base); j != v.toggles.tail; j++ {
		key ^= mix(*v.toggles.at(j))
	}
	return key
}

// AppendSteady appends the frame from the tick before to the current one.
func (v *View) AppendSteady(dst []byte, form Form) []byte {
	if v.world.learn > 0 && form == BForm {
		v.world.learnFrom(v)
	}
	return v.append(dst, form, steady, v.world.tick-1)
}

// AppendKeyframe appends the frame that needs no baseline.
func (v *View) AppendKeyframe(dst []byte, form Form) []byte {
	return v.append(dst, form, keyframe, 0)
}

// AppendCoalesced appends the frame from tick base to the current one; see
// [View.Coalesced].
func (v *View) AppendCoalesced(dst []byte, base uint32, form Form) ([]byte, bool) {
	if !v.reaches(base) {
		return dst, false
	}
	if v.world.learn > 0 && form == BForm {
		v.world.learnSince(v, base)
	}
	return v.append(dst, form, coalesced, base), true
}

// append writes a frame of one class and form.
func (v *View) append(dst []byte, form Form, c class, base uint32) []byte {
	d := &v.world.scratch
	d.class, d.base, d.tick = c, base, v.world.tick
	d.checked = v.world.check && d.tick%crcPeriod == 0
	start := len(dst)
	if form == BForm {
		dst = v.appendB(dst, d, nil)
	} else {
		dst = v.appendM(dst, d, nil)
	}
	if p := v.world.profile; p != nil && !v.all {
		p.frame(v, d, form, len(dst)-start)
	}
	return dst
}
