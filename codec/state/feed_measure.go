package state

import "math/bits"

// gapBits is what a candidate's gap is counted as.
const gapBits = 4

// measures reports whether entities are measured at first, and only those that
// are chosen are encoded.
func (f *Feed) measures() bool { return f.d.class == steady && f.o.Form == BForm }

// measure is difference for a steady frame, and the bits that the entity would
// take there. One that is neither late nor odd is as in anybody's frame.
func (f *Feed) measure(s *store, t *feedType, tc *typeCodes, slot int) (mask, motion uint32, size int) {
	switch {
	case t.late.has(slot):
		mask, size = t.measureLate(s, tc, slot)
	case t.odd.has(slot):
		mask, motion, size = t.measureOdd(s, tc, slot, f.last)
	default:
		return f.measureShared(s, tc, slot)
	}
	return mask, motion, gapBits + tc.maskBits(mask, motion) + size
}

func (f *Feed) measureShared(s *store, tc *typeCodes, slot int) (mask, motion uint32, size int) {
	if s.wasMoving.has(slot) {
		motion = s.wasMotion[slot]
	}
	if s.changed.has(slot) {
		s.fragments.prepare(s, tc, f.d.tick)
		mask, size = s.mask[slot], gapBits+int(s.fragments.at[slot].bits)
	}
	return mask, motion, size
}

// measureLate measures an entity that rests at the client. Most of those who wait
// are measured again and again, so it looks only at what was different when the
// last frame was made, and at what has changed since.
func (t *feedType) measureLate(s *store, tc *typeCodes, slot int) (mask uint32, size int) {
	cells, then := s.entity(slot), t.thenOf(s, slot)
	suspects := t.mask[slot]
	if s.changed.has(slot) {
		suspects |= s.mask[slot]
	}
	for ; suspects != 0; suspects &= suspects - 1 {
		i := bits.TrailingZeros32(suspects)
		p, fc := &s.fields[i], &tc.fields[i]
		if p.op >= opText {
			if n := s.textSince(fc, slot, i, t.from[slot]); n > 0 {
				mask |= 1 << i
				size += n
			}
		} else if v, old := cells[i].v, then[i]; v != old {
			mask |= 1 << i
			size += p.steadyBits(fc, v, old, 0)
		}
	}
	return mask, size
}

// measureOdd measures an entity that was late until tick last.
func (t *feedType) measureOdd(s *store, tc *typeCodes, slot int, last uint32) (mask, motion uint32, size int) {
	then := t.thenOf(s, slot)
	for i, c := range s.entity(slot) {
		p, fc := &s.fields[i], &tc.fields[i]
		if p.op >= opText {
			if n := s.textSince(fc, slot, i, last); n > 0 {
				mask |= 1 << i
				size += n
			}
			continue
		}
		old := s.at(c, last).v
		d := p.motion(old, then[i])
		if d != 0 {
			motion |= 1 << i
		}
		if c.v != old {
			mask |= 1 << i
			size += p.steadyBits(fc, c.v, old, d)
		}
	}
	return mask, motion, size
}

// textSince is how many bits a variable field takes if it is another than at
// tick base, else 0.
func (s *store) textSince(fc *fieldCodes, slot, i int, base uint32) int {
	if text := s.text(slot, i); text.last > base && s.textAt(text, base) != text.s {
		return s.fields[i].textBits(fc, len(text.s))
	}
	return 0
}

// measureEntity is the bits of all of an entity.
func (s *store) measureEntity(tc *typeCodes, slot int, tick uint32) int {
	size := gapBits
	for i, c := range s.entity(slot) {
		p, fc := &s.fields[i], &tc.fields[i]
		if p.op >= opText {
			size += p.textBits(fc, len(s.text(slot, i).s))
			continue
		}
		size++ // says that it is not 0
		if c.v != 0 {
			size += int(p.bits)
		}
		if p.op == opPredict {
			size += fc.of(roleInitial).bits(zigzag(c.motionAt(tick)))
		}
	}
	return size
}

// steadyBits is how many bits a number takes that was old and moved by d.
func (p *fieldPlan) steadyBits(fc *fieldCodes, v, old, d int32) int {
	if p.op == opRaw {
		return int(p.bits)
	}
	if d == 0 {
		return fc.of(roleStart).bits(p.residual(v, old))
	}
	return fc.steady(motionBits(d)).bits(p.residual(v, p.expect(old, d)))
}

// textBits is how many bits a variable value of n bytes takes.
func (p *fieldPlan) textBits(fc *fieldCodes, n int) int {
	each := 8
	if p.op == opList {
		each = int(p.bits)
		n /= itemSize(each)
	}
	return fc.of(roleLength).bits(uint32(n)) + n*each
}

// maskBits is how many bits it takes to say which fields follow.
func (tc *typeCodes) maskBits(mask, motion uint32) int {
	if len(tc.masks) == 0 {
		return len(tc.fields)
	}
	use := maskResting
	if motion != 0 {
		use = maskMoving
	}
	return tc.masks[use].bits(mask^motion, len(tc.fields))
}

// encodeChosen encodes what was only measured.
func (f *Feed) encodeChosen(chosen []candidate) {
	for i := range chosen {
		c := &chosen[i]
		s, t := f.view.world.stores[c.typ], &f.types[c.typ]
		f.encodePart(s, t, &s.world.schema.book.types[c.typ], int(c.slot), c.add)
	}
}

// thenOf is the numbers that the client has of an entity that is late.
func (t *feedType) thenOf(s *store, slot int) []int32 {
	n := len(s.fields)
	return t.then[slot*n : slot*n+n : slot*n+n]
}

// keep notes the numbers as they were at tick from: the way back through the
// journal becomes longer with each tick that an entity waits.
func (t *feedType) keep(s *store, slot int, from uint32) {
	if n := len(t.from) * len(s.fields); len(t.then) < n {
		t.then = append(t.then, make([]int32, n-len(t.then))...)
	}
	t.from[slot] = from
	then := t.thenOf(s, slot)
	for i, c := range s.entity(slot) {
		then[i] = s.at(c, from).v
	}
}
