package state

import "math/bits"

// delta is what a frame says about one table: sets of slots and, for the
// changes, masks. It is scratch space, reused from table to table.
type delta struct {
	class      class
	base, tick uint32
	checked    bool // the frame carries the CRC

	// The sets may belong to the store or the view: they are not to be written.
	known   bitset // what the client has at the base
	removes bitset // empty if there are none
	adds    bitset // empty if there are none
	kept    bitset // known entities that are neither removed nor replaced
	changes bitset // those of kept that the frame describes
	moving  bitset // those of kept that moved at the base

	// How many there are in the sets.
	removed, added, changed int

	// By slot. A steady delta borrows them from the store.
	mask   []uint32 // fields of a change
	motion []uint32 // fields that moved at the base, where moving has the slot

	own deltaSets

	parts  *fragments // entities already encoded for one client, else nil
	direct bool       // nobody else will need the entities: fragments are a detour
}

// deltaSets is memory for a delta whose sets are not there already.
type deltaSets struct {
	known, removes, adds, kept, changes, moving bitset
	mask, motion                                []uint32

	spans []changedSpan
}

// take lends the sets to d, n words long; their content is undefined.
func (o *deltaSets) take(d *delta, n int) {
	o.grow(n)
	d.known, d.removes, d.adds = o.known[:n], o.removes[:n], o.adds[:n]
	d.kept, d.changes, d.moving = o.kept[:n], o.changes[:n], o.moving[:n]
}

// grow makes room for n words in each.
func (o *deltaSets) grow(n int) {
	if len(o.known) < n {
		for _, b := range []*bitset{&o.known, &o.removes, &o.adds, &o.kept, &o.changes, &o.moving} {
			*b = b.resized(n)
		}
	}
}

// count settles how many there are.
func (d *delta) count() {
	d.removed, d.added, d.changed = d.removes.count(), d.adds.count(), d.changes.count()
}

func (d *delta) empty() bool { return d.removed|d.added|d.changed == 0 }

// fill prepares the delta of table i of view v, or of one client's feed.
func (d *delta) fill(v *View, i int, feed *Feed) {
	s := v.world.stores[i]
	switch {
	case feed != nil:
		feed.fill(d, i)
	case i >= len(v.sets): // nothing was committed yet
		d.own.take(d, 0)
	case d.class == keyframe:
		now := v.sets[i].now
		d.own.take(d, 0)
		d.adds = now
	case d.class == coalesced:
		d.coalesce(v, i, s)
	default:
		if set := &v.sets[i]; set.same && !set.settled {
			d.stay(set.now, s)
			return
		}
		d.steady(&v.sets[i], s)
	}
	d.count()
}

// steady compares with the tick before.
func (d *delta) steady(set *viewSet, s *store) {
	d.mask, d.motion = s.mask, s.wasMotion
	if set.settled { // all of the table, and none came or went
		d.known, d.kept, d.changes, d.moving = set.now, set.now, s.changed, s.wasMoving
		d.removes, d.adds = nil, nil
		return
	}
	n := len(set.now)
	d.own.take(d, n)
	d.known = set.known[:n]
	removes, adds, kept := d.removes[:n], d.adds[:n], d.kept[:n]
	for j, now := range set.now {
		known := d.known[j]
		stay := known & now &^ s.born[j]
		removes[j], adds[j], kept[j] = known&^now, now&^stay, stay
	}
	d.describe(s)
}

// describe finds what the store says of those kept.
func (d *delta) describe(s *store) {
	n := len(d.kept)
	changes, moving := d.changes[:n], d.moving[:n]
	changed, wasMoving := s.changed[:n], s.wasMoving[:n]
	for j, kept := range d.kept {
		changes[j], moving[j] = kept&changed[j], kept&wasMoving[j]
	}
}

// stay is steady for a view in which none came or went, as is usual.
func (d *delta) stay(now bitset, s *store) {
	n := len(now)
	d.own.grow(n)
	changes, moving := d.own.changes[:n], d.own.moving[:n]
	d.known, d.kept, d.changes, d.moving, d.removes, d.adds = now, now, changes, moving, nil, nil
	d.mask, d.motion = s.mask, s.wasMotion
	changed, wasMoving := s.changed[:n], s.wasMoving[:n]
	count := 0 // not d.changed, which each word would load and store
	for j, w := range now {
		c := w & changed[j]
		changes[j], moving[j] = c, w&wasMoving[j]
		count += bits.OnesCount64(c)
	}
	d.removed, d.added, d.changed = 0, 0, count
}

// coalesce finds what differs from the base: at a cost that grows with what
// changed since, not with what there is.
func (d *delta) coalesce(v *View, i int, s *store) {
	now := v.sets[i].now
	d.own.take(d, len(now))
	copy(d.known, now)
	for j := v.toggles.since(d.base); j != v.toggles.tail; j++ {
		if t := *v.toggles.at(j); int(t>>16) == i {
			d.known.flip(int(t & 0xffff))
		}
	}
	clear(d.changes)
	for j := s.changes.since(d.base); j != s.changes.tail; j++ {
		d.changes.set(int(*s.changes.at(j)))
	}
	if n := 64*len(now) - len(d.own.mask); n > 0 {
		d.own.mask, d.own.motion = append(d.own.mask, make([]uint32, n)...), append(d.own.motion, make([]uint32, n)...)
	}
	d.mask, d.motion = d.own.mask, d.own.motion
	for j, seen := range now {
		d.removes[j] = d.known[j] &^ seen
		d.kept[j] = d.known[j] & seen
		d.changes[j] &= d.kept[j]
		for w := d.changes[j]; w != 0; w &= w - 1 {
			bit := w & -w
			slot := j<<6 + bits.TrailingZeros64(w)
			if s.spawned[slot] > d.base {
				d.kept[j] &^= bit
				d.changes[j] &^= bit
				continue
			}
			if d.mask[slot] = s.maskSince(slot, d.base, d.tick); d.mask[slot] == 0 {
				d.changes[j] &^= bit
			}
		}
		d.adds[j] = seen &^ d.kept[j]
	}
	d.movedAt(s)
}

// movedAt finds the kept entities that moved at the base: they changed then.
func (d *delta) movedAt(s *store) {
	clear(d.moving)
	for j := s.changes.since(d.base - 1); j != s.changes.since(d.base); j++ {
		slot := int(*s.changes.at(j))
		if !d.kept.has(slot) {
			continue
		}
		if m := s.motionSince(slot, d.base); m != 0 {
			d.motion[slot] = m
			d.moving.set(slot)
		}
	}
}

// motionSince is the fields of an entity that moved at tick base.
func (s *store) motionSince(slot int, base uint32) (mask uint32) {
	cells := s.entity(slot)
	for m := s.predicted; m != 0; m &= m - 1 {
		f := bits.TrailingZeros32(m)
		if s.at(cells[f], base).motionAt(base) != 0 {
			mask |= 1 << f
		}
	}
	return mask
}

// maskSince is the fields that a coalesced frame carries: different from what
// they were at base, or moving on.
func (s *store) maskSince(slot int, base, tick uint32) (mask uint32) {
	for f, c := range s.entity(slot) {
		if s.access[f].load >= loadString {
			if t := s.text(slot, f); t.last > base && s.textAt(t, base) != t.s {
				mask |= 1 << f
			}
			continue
		}
		if c.last > base && (c.motionAt(tick) != 0 || s.at(c, base).v != c.v) {
			mask |= 1 << f
		}
	}
	return mask
}
