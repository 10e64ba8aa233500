package state

import "math/bits"

// delta is what a frame says about one table: sets of slots and, for the
// changes, masks. It is scratch space, reused from table to table.
type delta struct {
	class                  class
	base, tick             uint32
	removes, adds, changes bitset
	mask                   []uint32 // of a coalesced frame, by slot
}

func (d *delta) empty() bool {
	for i := range d.adds {
		if d.removes[i]|d.adds[i]|d.changes[i] != 0 {
			return false
		}
	}
	return true
}

// fill prepares the delta of table i of view v.
func (d *delta) fill(v *View, i int) {
	s := v.world.stores[i]
	n := len(s.live)
	d.removes, d.adds, d.changes = d.removes.resized(n)[:n], d.adds.resized(n)[:n], d.changes.resized(n)[:n]
	if i >= len(v.sets) { // nothing was committed yet
		clear(d.removes)
		clear(d.adds)
		clear(d.changes)
		return
	}
	set := &v.sets[i]
	switch d.class {
	case steady:
		for j := range n {
			now, known := set.now[j], set.known[j]
			d.removes[j] = known &^ now
			d.adds[j] = now&^known | now&s.born[j]
			d.changes[j] = now & known & s.changed[j]
		}
	case keyframe:
		clear(d.removes)
		copy(d.adds, set.now)
		clear(d.changes)
	case coalesced:
		d.coalesce(v, i, s)
	}
}

// coalesce finds what differs from the base: at a cost that grows with what
// changed since, not with what there is.
func (d *delta) coalesce(v *View, i int, s *store) {
	now := v.sets[i].now
	then := d.removes // the view as it was at base, for now
	copy(then, now)
	for j := v.toggles.since(d.base); j != v.toggles.tail; j++ {
		if t := *v.toggles.at(j); int(t>>16) == i {
			then.flip(int(t & 0xffff))
		}
	}
	clear(d.changes)
	for j := s.changes.since(d.base); j != s.changes.tail; j++ {
		d.changes.set(int(*s.changes.at(j)))
	}
	for len(d.mask) < n64(now) {
		d.mask = append(d.mask, 0)
	}
	for j, seen := range now {
		d.adds[j] = seen &^ then[j]
		d.changes[j] &= seen & then[j]
		d.removes[j] = then[j] &^ seen
		for w := d.changes[j]; w != 0; w &= w - 1 {
			bit := w & -w
			slot := j<<6 + bits.TrailingZeros64(w)
			switch d.mask[slot] = s.maskSince(slot, d.base, d.tick); {
			case s.spawned[slot] > d.base:
				d.adds[j] |= bit
				d.changes[j] &^= bit
			case d.mask[slot] == 0:
				d.changes[j] &^= bit
			}
		}
	}
}

func n64(b bitset) int { return len(b) * 64 }

// maskSince is the fields that a coalesced frame carries: different from what
// they were at base, or moving on.
func (s *store) maskSince(slot int, base, tick uint32) (mask uint32) {
	if s.spawned[slot] > base {
		return 0
	}
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

// maskOf is the fields of a changed entity that the frame carries.
func (d *delta) maskOf(s *store, slot int) uint32 {
	if d.class == steady {
		return s.mask[slot]
	}
	return d.mask[slot]
}
