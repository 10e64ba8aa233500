package state

import (
	"math/bits"
	"unsafe"
)

// commit moves what the game changed into the cells.
func (s *store) commit(tick uint32) {
	clear(s.born)
	clear(s.changed)
	s.moving, s.wasMoving = s.wasMoving, s.moving
	s.motion, s.wasMotion = s.wasMotion, s.motion
	clear(s.moving)
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
				slot16 := uint16(slot)
				s.changes.push(&slot16)
				continue
			}
			s.commitEdit(slot, tick)
		}
	}
	for _, g := range s.grids {
		g.update()
	}
	clear(s.gone)
	if len(s.past.fields) > 0 {
		s.past.record(s, tick)
	}
}

// commitSpawn starts the cells of a new entity: no past, no motion.
func (s *store) commitSpawn(slot int, tick uint32) {
	row := s.row(slot)
	cells := s.entity(slot)
	s.shadow.compare(row, slot)
	for f := range cells {
		cells[f] = cell{last: tick}
		if s.typ.Fields[f].Kind.variable() {
			t := &s.textCells[slot*s.texts+int(s.column[f])]
			*t = textCell{last: tick}
			t.s, _ = s.access[f].text(row, t, &s.scratch)
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

// commitEdit compares an entity with its cells.
func (s *store) commitEdit(slot int, tick uint32) {
	row := s.row(slot)
	n := len(s.fields)
	cells, said := s.cells[slot*n:slot*n+n], s.news[slot*n:slot*n+n]
	s.journal.reserve(uint32(n))
	var mask, motion uint32
	for suspects := s.shadow.compare(row, slot); suspects != 0; suspects &= suspects - 1 {
		f := bits.TrailingZeros32(suspects)
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
		var d int32
		said[f], d = s.fields[f].change(v, c, tick-1)
		if d != 0 {
			motion |= 1 << f
		}
		*c = cell{v: v, d: d, last: tick, older: s.journal.pushReserved(c)}
	}
	if mask == 0 {
		return
	}
	s.mask[slot] = mask
	s.changed.set(slot)
	slot16 := uint16(slot)
	s.changes.push(&slot16)
	if motion != 0 {
		s.motion[slot] = motion
		s.moving.set(slot)
	}
}

func (s *store) commitText(a *access, row unsafe.Pointer, c *textCell, tick uint32) bool {
	text, changed := a.text(row, c, &s.scratch)
	if changed {
		older := s.textLog.push(&textCell{s: c.s, last: c.last, older: c.older})
		c.s, c.last, c.older = text, tick, older
	}
	return changed
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
