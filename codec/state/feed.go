package state

import "math/bits"

// FeedOptions of a [Feed].
type FeedOptions struct {
	Form  Form
	Bytes int // of one frame, at least 32; removed entities and one other always fit

	// Priority says how important an entity is to this client, above 0. What
	// waits becomes more important with each tick. nil: the nearer, the more, in
	// tables with Near; else all the same.
	Priority func(typeName string, id ID) float64
}

// Feed makes the frames of one client whose bandwidth is bounded: what does not
// fit comes later, the important first. Every frame that it makes must reach
// the client, in order; ticks may be left out between them.
type Feed struct {
	view  *View
	o     FeedOptions
	last  uint32 // tick of the last frame, where synced
	sync  bool
	whole bool // the client has exactly what the view showed at last
	types []feedType

	d          delta
	candidates []candidate
	chosen     []candidate
}

// feedType is what the client has of one type. Entities that are neither late
// nor odd are as the world was at the last frame.
type feedType struct {
	known   bitset
	late    bitset   // as the world was at tick from, and at rest
	odd     bitset   // caught up with the last frame: their motion is counted from tick from
	waiting bitset   // not known, and wanted since tick from
	from    []uint32 // by slot
	born    []uint32 // by slot: tick of the life that the client knows
	then    []int32  // slot*fields + field: numbers of late and odd ones at tick from

	removes, adds, changes, moving bitset // of the frame being made
	wanted                         bitset // the candidates for it
	mask, motion                   []uint32
	parts                          fragments
}

// NewFeed starts with a keyframe.
func (v *View) NewFeed(o FeedOptions) *Feed {
	o.Bytes = max(o.Bytes, 32)
	return &Feed{view: v, o: o}
}

// Reset makes the next frame a keyframe.
func (f *Feed) Reset() { f.sync = false }

// Append appends the frame from the last one made to the current tick. Call it
// at most once per tick.
func (f *Feed) Append(dst []byte) []byte {
	w := f.view.world
	if f.sync && f.whole {
		if frame, ok := f.shared(); ok {
			f.last = w.tick
			return append(dst, frame...)
		}
	}
	f.plan()
	f.collect()
	start := len(dst)
	chosen := f.choose(f.o.Bytes)
	if f.measures() {
		f.encodeChosen(chosen)
	}
	for {
		f.apply(chosen)
		dst = f.encode(dst[:start])
		over := len(dst) - start - f.o.Bytes
		if over <= 0 || len(chosen) <= 1 {
			break
		}
		chosen = drop(chosen, 8*over)
	}
	f.commit()
	return dst
}

// shared is the frame that the view's other clients get, if it fits.
func (f *Feed) shared() ([]byte, bool) {
	if f.view.world.tick-f.last == 1 {
		frame := f.view.Steady(f.o.Form)
		return frame, len(frame) <= f.o.Bytes
	}
	frame, ok := f.view.Coalesced(f.last, f.o.Form)
	return frame, ok && len(frame) <= f.o.Bytes
}

// plan chooses the class of the frame and sorts out what the client must lose
// and what it may keep.
func (f *Feed) plan() {
	w := f.view.world
	d := &f.d
	d.tick, d.base, d.class, d.checked = w.tick, f.last, coalesced, false
	switch dt := w.tick - f.last; {
	case !f.sync || dt > reach || f.forgotten():
		d.class = keyframe
	case dt == 1:
		d.class = steady
	}
	for i, s := range w.stores {
		if i == len(f.types) {
			f.types = append(f.types, feedType{})
		}
		t := &f.types[i]
		t.resize(s)
		if d.class == keyframe {
			for _, b := range []bitset{t.known, t.late, t.odd, t.waiting} {
				clear(b)
			}
		} else if f.whole {
			f.adopt(i, t, s)
		}
		t.lose(f.view.setOf(s).now, s)
	}
}

// forgotten reports whether the journal no longer tells how an entity moves at
// the client: the client left out many ticks just after it had caught up.
func (f *Feed) forgotten() bool {
	for i := range f.types {
		t := &f.types[i]
		for slot := range t.odd.all() {
			if f.view.world.tick-t.from[slot] > reach+1 {
				return true
			}
		}
	}
	return false
}

// adopt takes over what the shared frames have told the client.
func (f *Feed) adopt(i int, t *feedType, s *store) {
	now := f.view.sets[i].now
	copy(t.known, now)
	for j := f.view.toggles.since(f.last); j != f.view.toggles.tail; j++ {
		if toggle := *f.view.toggles.at(j); int(toggle>>16) == i {
			t.known.flip(int(toggle & 0xffff))
		}
	}
	for slot := range t.known.all() {
		t.born[slot] = min(s.spawned[slot], f.last)
	}
}

func (t *feedType) resize(s *store) {
	n := len(s.live)
	for _, b := range []*bitset{&t.known, &t.late, &t.odd, &t.waiting, &t.removes, &t.adds, &t.changes, &t.moving, &t.wanted} {
		*b = b.resized(n)
	}
	for _, list := range []*[]uint32{&t.from, &t.born, &t.mask, &t.motion} {
		*list = append(*list, make([]uint32, n*pageRows-len(*list))...)
	}
}

// lose finds what the client has that is gone: seen no more, or dead and
// another in its slot.
func (t *feedType) lose(now bitset, s *store) {
	clear(t.adds)
	clear(t.changes)
	clear(t.moving)
	clear(t.wanted)
	for j, known := range t.known {
		t.waiting[j] &= now[j]
		t.removes[j] = known &^ now[j]
		for m := known & now[j]; m != 0; m &= m - 1 {
			if slot := j<<6 + bits.TrailingZeros64(m); t.born[slot] != s.spawned[slot] {
				t.removes[j] |= m & -m
			}
		}
	}
}

// collect lists what the client should hear of, with its size.
func (f *Feed) collect() {
	f.candidates = f.candidates[:0]
	for i, s := range f.view.world.stores {
		t := &f.types[i]
		now := f.view.sets[i].now
		tc := &s.world.schema.book.types[i]
		t.parts.reset(s)
		for j := range now {
			kept := t.known[j] &^ t.removes[j]
			for m := now[j] &^ kept; m != 0; m &= m - 1 {
				f.add(s, t, tc, j<<6+bits.TrailingZeros64(m))
			}
			for m := kept; m != 0; m &= m - 1 {
				f.consider(s, t, tc, j<<6+bits.TrailingZeros64(m))
			}
		}
	}
}

// add makes a candidate of all of an entity.
func (f *Feed) add(s *store, t *feedType, tc *typeCodes, slot int) {
	var size int
	if f.measures() {
		size = s.measureEntity(tc, slot, f.d.tick)
	} else {
		size = f.encodePart(s, t, tc, slot, true)
	}
	f.candidate(s, t, slot, true, size)
}

// consider looks at an entity that the client has.
func (f *Feed) consider(s *store, t *feedType, tc *typeCodes, slot int) {
	late := t.late.has(slot)
	if late && f.d.tick-t.from[slot] > reach {
		f.add(s, t, tc, slot) // waited too long for a delta
		return
	}
	if f.d.class == steady && !s.changed.has(slot) && !s.wasMoving.has(slot) && !late && !t.odd.has(slot) {
		return
	}
	mask, motion, size := f.change(s, t, tc, slot)
	if motion != 0 {
		t.moving.set(slot)
	}
	if mask != 0 {
		f.candidate(s, t, slot, false, size)
		return
	}
	if late { // it has gone back by itself
		t.from[slot] = f.d.tick
		if s.motionSince(slot, f.d.tick) == 0 {
			t.late.unset(slot)
		}
	}
}

// change is the fields of a known entity that the client should hear of, those
// that move there, and the bits that it takes to tell.
func (f *Feed) change(s *store, t *feedType, tc *typeCodes, slot int) (mask, motion uint32, size int) {
	if f.measures() {
		mask, motion, size = f.measure(s, t, tc, slot)
		t.mask[slot], t.motion[slot] = mask, motion
		return mask, motion, size
	}
	mask, motion = f.difference(s, t, slot)
	t.mask[slot], t.motion[slot] = mask, motion
	if mask != 0 {
		size = f.encodePart(s, t, tc, slot, false)
	}
	return mask, motion, size
}
