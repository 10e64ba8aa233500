package state

import (
	"math/bits"
	"unsafe"
)

// commit moves what the game changed into the cells.
func (s *store) commit(tick uint32) {
	clear(s.born)
	clear(s.changed)
	s.journal.open(tick)
	s.textLog.open(tick)
	s.changes.open(tick)
	for i, w := range s.touched {
		if w == 0 {
			continue
		}
		s.touched[i] = 0
		for ; w != 0; w &= w - 1 {
			slot := i<<6 + bits.TrailingZeros64(w)
			if s.spawned[slot] == tick {
				s.commitSpawn(slot, tick)
				s.born.set(slot)
				s.changes.push(uint16(slot))
				continue
			}
			if mask := s.commitEdit(slot, tick); mask != 0 {
				s.mask[slot] = mask
				s.changed.set(slot)
				s.changes.push(uint16(slot))
			}
		}
	}
}

// commitSpawn starts the cells of a new entity: no past, no motion.
func (s *store) commitSpawn(slot int, tick uint32) {
	row := s.row(slot)
	cells := s.entity(slot)
	for f := range cells {
		cells[f] = cell{last: tick}
		if s.typ.Fields[f].Kind.variable() {
			t := &s.textCells[slot*s.texts+int(s.column[f])]
			*t = textCell{last: tick}
			t.s, _ = s.access[f].text(row, "", &s.scratch)
			continue
		}
		cells[f].v = s.access[f].number(row)
	}
}

// entity is the cells of one entity.
func (s *store) entity(slot int) []cell {
	n := len(s.access)
	return s.cells[slot*n : slot*n+n : slot*n+n]
}

func (s *store) text(slot, field int) *textCell {
	return &s.textCells[slot*s.texts+int(s.column[field])]
}

func (s *store) commitEdit(slot int, tick uint32) (mask uint32) {
	row := s.row(slot)
	cells := s.entity(slot)
	for f := range cells {
		a := &s.access[f]
		if a.load >= loadString {
			if s.commitText(a, row, s.text(slot, f), tick) {
				mask |= 1 << f
			}
			continue
		}
		v, c := a.number(row), &cells[f]
		if v == c.v {
			continue
		}
		mask |= 1 << f
		older := s.journal.push(*c)
		*c = cell{v: v, d: s.motion(f, v, c.v), last: tick, older: older}
	}
	return mask
}

func (s *store) commitText(a *access, row unsafe.Pointer, c *textCell, tick uint32) bool {
	text, changed := a.text(row, c.s, &s.scratch)
	if changed {
		older := s.textLog.push(*c)
		*c = textCell{s: text, last: tick, older: older}
	}
	return changed
}

// motion is what a client will expect of the next tick: the same change again,
// unless the field is not predicted or has jumped.
func (s *store) motion(field int, v, old int32) int32 {
	limit := s.teleport[field]
	if limit == 0 {
		return 0
	}
	d := v - old
	if w := s.wrapBits[field]; w != 0 {
		d = wrapped(d, w)
	}
	if d >= limit || -d >= limit {
		return 0
	}
	return d
}

// wrapped brings a difference into [-2^(bits-1), 2^(bits-1)).
func wrapped(d int32, bits uint8) int32 {
	return d << (32 - bits) >> (32 - bits)
}

// at is the cell as it was when tick closed; tick is within reach and the
// entity lived then.
func (s *store) at(c cell, tick uint32) cell {
	for int32(c.last-tick) > 0 {
		c = *s.journal.at(c.older)
	}
	return c
}

func (s *store) textAt(c *textCell, tick uint32) string {
	for int32(c.last-tick) > 0 {
		c = s.textLog.at(c.older)
	}
	return c.s
}

// motionAt is d as it stood at tick: a field that did not change then rests.
func (c cell) motionAt(tick uint32) int32 {
	if c.last != tick {
		return 0
	}
	return c.d
}
