package state

import "math/bits"

// delta is what a frame says about one table: sets of slots and, for the
// changes, masks. It is scratch space, reused from table to table.
type delta struct {
	class      class
	base, tick uint32
	checked    bool // the frame carries the CRC

	known   bitset // what the client has at the base
	removes bitset
	adds    bitset
	kept    bitset // known entities that are neither removed nor replaced
	changes bitset // those of kept that the frame describes
	moving  bitset // those of kept that moved at the base

	// By slot. A steady delta borrows them from the store.
	mask   []uint32 // fields of a change
	motion []uint32 // fields that moved at the base, where moving has the slot

	ownMask, ownMotion []uint32 // of a coalesced delta

	parts *fragments // entities already encoded for one client, else nil
}

func (d *delta) empty() bool {
	for i := range d.adds {
		if d.removes[i]|d.adds[i]|d.changes[i] != 0 {
			return false
		}
	}
	return true
}

// resize makes all sets n words long; their content is undefined.
func (d *delta) resize(n int) {
	for _, b := range []*bitset{&d.known, &d.removes, &d.adds, &d.kept, &d.changes, &d.moving} {
		*b = b.resized(n)[:n]
	}
}

// fill prepares the delta of table i of view v, or of one client's feed.
func (d *delta) fill(v *View, i int, feed *Feed) {
	if feed != nil {
		feed.fill(d, i)
		return
	}
	s := v.world.stores[i]
	d.resize(len(s.live))
	if i >= len(v.sets) || d.class == keyframe {
		for _, b := range []bitset{d.known, d.removes, d.adds, d.kept, d.changes, d.moving} {
			clear(b)
		}
		if i < len(v.sets) {
			copy(d.adds, v.sets[i].now)
		}
		return
	}
	if d.class == coalesced {
		d.coalesce(v, i, s)
		return
	}
	d.mask, d.motion = s.mask, s.wasMotion
	set := &v.sets[i]
	for j, now := range set.now {
		known := set.known[j]
		kept := known & now &^ s.born[j]
		d.known[j] = known
		d.removes[j] = known &^ now
		d.adds[j] = now &^ kept
		d.kept[j] = kept
		d.changes[j] = kept & s.changed[j]
		d.moving[j] = kept & s.wasMoving[j]
	}
}

// coalesce finds what differs from the base: at a cost that grows with what
// changed since, not with what there is.
func (d *delta) coalesce(v *View, i int, s *store) {
	now := v.sets[i].now
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
	for slots := 64 * len(now); len(d.ownMask) < slots; {
		d.ownMask, d.ownMotion = append(d.ownMask, 0), append(d.ownMotion, 0)
	}
	d.mask, d.motion = d.ownMask, d.ownMotion
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
