package state

import (
	"cmp"
	"math/bits"
	"slices"
)

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

	removes, adds, changes, moving bitset // of the frame being made
	mask, motion                   []uint32
	parts                          fragments
}

// candidate is an entity that the client should hear of.
type candidate struct {
	typ, slot int
	add       bool
	bits      int
	score     float64
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
	for chosen := f.choose(f.o.Bytes); ; {
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
	for _, b := range []*bitset{&t.known, &t.late, &t.odd, &t.waiting, &t.removes, &t.adds, &t.changes, &t.moving} {
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

// collect lists what the client should hear of, encoded, so that its size is
// known.
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
				f.candidate(s, t, tc, i, j<<6+bits.TrailingZeros64(m), true)
			}
			for m := kept; m != 0; m &= m - 1 {
				f.consider(s, t, tc, i, j<<6+bits.TrailingZeros64(m))
			}
		}
	}
}

// consider looks at an entity that the client has.
func (f *Feed) consider(s *store, t *feedType, tc *typeCodes, i, slot int) {
	if t.late.has(slot) && f.d.tick-t.from[slot] > reach {
		f.candidate(s, t, tc, i, slot, true) // waited too long for a delta
		return
	}
	if f.d.class == steady && !s.changed.has(slot) && !s.wasMoving.has(slot) && !t.late.has(slot) && !t.odd.has(slot) {
		return
	}
	mask, motion := f.difference(s, t, slot)
	t.mask[slot], t.motion[slot] = mask, motion
	if motion != 0 {
		t.moving.set(slot)
	}
	if mask != 0 {
		f.candidate(s, t, tc, i, slot, false)
		return
	}
	if t.late.has(slot) { // it has gone back by itself
		t.from[slot] = f.d.tick
		if s.motionSince(slot, f.d.tick) == 0 {
			t.late.unset(slot)
		}
	}
}

func (f *Feed) candidate(s *store, t *feedType, tc *typeCodes, i, slot int, add bool) {
	c := candidate{typ: i, slot: slot, add: add, score: f.score(s, t, i, slot)}
	c.bits = f.encodePart(s, t, tc, slot, add)
	f.candidates = append(f.candidates, c)
}

// score grows without end while an entity waits: nothing starves.
func (f *Feed) score(s *store, t *feedType, i, slot int) float64 {
	priority := 1.0
	switch n := f.view.sets[i].near; {
	case f.o.Priority != nil:
		priority = f.o.Priority(s.typ.Name, makeID(slot, s.lastGen[slot]))
	case n != nil:
		priority = n.nearness(f.view, slot)
	}
	waited := uint32(1)
	if t.late.has(slot) || t.waiting.has(slot) {
		waited = f.d.tick - t.from[slot] + 1
	}
	return max(priority, 1e-9) * float64(waited)
}

// choose takes the best candidates that fit into a budget, at least one.
func (f *Feed) choose(budget int) []candidate {
	c := f.candidates
	total := 0
	for i := range c {
		total += c[i].bits
	}
	if total <= 8*budget {
		return c
	}
	slices.SortFunc(c, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.typ, b.typ), cmp.Compare(a.slot, b.slot))
	})
	left, n := 8*budget, 0
	for i := range c {
		if n > 0 && c[i].bits > left {
			continue
		}
		left -= c[i].bits
		c[n], c[i] = c[i], c[n]
		n++
	}
	return c[:n]
}

// drop lets go of the last candidates, for some bits but never for all.
func drop(c []candidate, excess int) []candidate {
	for excess > 0 && len(c) > 1 {
		excess -= c[len(c)-1].bits
		c = c[:len(c)-1]
	}
	return c
}
