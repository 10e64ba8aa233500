package state

import "math/bits"

// clientCell is value and motion of a field as the client has them.
func (f *Feed) clientCell(s *store, t *feedType, slot, field int) (v, d int32) {
	if t.late.has(slot) {
		return t.thenOf(s, slot)[field], 0
	}
	b := s.at(s.entity(slot)[field], f.last)
	if t.odd.has(slot) {
		return b.v, s.fields[field].motion(b.v, t.thenOf(s, slot)[field])
	}
	return b.v, b.motionAt(f.last)
}

// base is the tick as of which the client has an entity.
func (f *Feed) base(t *feedType, slot int) uint32 {
	if t.late.has(slot) {
		return t.from[slot]
	}
	return f.last
}

// difference is the fields of a known entity that the client should hear of,
// and those that move there.
func (f *Feed) difference(s *store, t *feedType, slot int) (mask, motion uint32) {
	base := f.base(t, slot)
	for field, c := range s.entity(slot) {
		p := &s.fields[field]
		if p.op >= opText {
			if text := s.text(slot, field); text.last > base && s.textAt(text, base) != text.s {
				mask |= 1 << field
			}
			continue
		}
		v, d := f.clientCell(s, t, slot, field)
		if d != 0 {
			motion |= 1 << field
		}
		if c.v != v || f.d.class == coalesced && c.motionAt(f.d.tick) != 0 {
			mask |= 1 << field
		}
	}
	return mask, motion
}

// encodePart encodes an entity for this client and returns its size in bits,
// with something for its gap.
func (f *Feed) encodePart(s *store, t *feedType, tc *typeCodes, slot int, add bool) int {
	if f.o.Form == MForm {
		return f.sizeM(s, t, slot, add)
	}
	w := t.parts.begin()
	switch {
	case add:
		s.putEntity(w, tc, slot, f.d.tick)
	case f.measures() && !t.late.has(slot) && !t.odd.has(slot):
		s.fragments.splice(w, &s.fragments.at[slot])
	default:
		s.putMask(w, tc, f.d.class, t.mask[slot], t.motion[slot])
		for m := t.mask[slot]; m != 0; m &= m - 1 {
			f.putField(w, s, t, &tc.fields[bits.TrailingZeros32(m)], slot, bits.TrailingZeros32(m))
		}
	}
	return gapBits + t.parts.end(slot)
}

// sizeM is how many bits an entity takes in M-form.
func (f *Feed) sizeM(s *store, t *feedType, slot int, add bool) int {
	w := t.parts.begin()
	if add {
		w.buf = s.appendAddM(w.buf, slot)
	} else {
		w.buf = appendUint(appendUint(w.buf, uint32(slot)), t.mask[slot])
		for m := t.mask[slot]; m != 0; m &= m - 1 {
			w.buf = s.appendValueM(w.buf, slot, bits.TrailingZeros32(m))
		}
	}
	n := 8 * len(w.buf)
	w.buf = w.buf[:0]
	return n
}

// putField writes a changed field against what the client has.
func (f *Feed) putField(w *bitWriter, s *store, t *feedType, fc *fieldCodes, slot, field int) {
	p, c := &s.fields[field], s.entity(slot)[field]
	switch p.op {
	case opRaw:
		w.put(p.raw(c.v), uint(p.bits))
		return
	case opText, opList:
		s.putText(w, fc, slot, field)
		return
	}
	v, d := f.clientCell(s, t, slot, field)
	switch {
	case f.d.class == coalesced:
		j := jump{p: p, then: v, v: c.v, motionThen: d, motion: c.motionAt(f.d.tick), dt: f.d.tick - f.d.base}
		j.put(w, fc)
	case d != 0:
		fc.steady(motionBits(d)).u(w, p.residual(c.v, p.expect(v, d)))
	default:
		fc.steady(0).u(w, p.residual(c.v, v))
	}
}

// apply makes the sets of the frame from the chosen candidates.
func (f *Feed) apply(chosen []candidate) {
	for i := range f.types {
		clear(f.types[i].adds)
		clear(f.types[i].changes)
	}
	for i := range chosen {
		c := &chosen[i]
		if t := &f.types[c.typ]; c.add {
			t.adds.set(int(c.slot))
		} else {
			t.changes.set(int(c.slot))
		}
	}
}

// encode writes the frame.
func (f *Feed) encode(dst []byte) []byte {
	if f.o.Form == MForm {
		return f.view.appendM(dst, &f.d, f)
	}
	return f.view.appendB(dst, &f.d, f)
}

// fill prepares the delta of one type; it takes the place of delta.fill.
func (f *Feed) fill(d *delta, i int) {
	t := &f.types[i]
	d.own.take(d, len(t.known))
	d.mask, d.motion, d.parts = t.mask, t.motion, &t.parts
	for j, known := range t.known {
		d.known[j] = known
		d.removes[j] = t.removes[j] &^ t.adds[j] // an added entity replaces what was there
		d.adds[j] = t.adds[j]
		d.kept[j] = known &^ t.removes[j] &^ t.adds[j]
		d.changes[j] = t.changes[j]
		d.moving[j] = t.moving[j] & d.kept[j]
	}
}

// commit notes what the client has once it has the frame.
func (f *Feed) commit() {
	f.whole = true
	for i, s := range f.view.world.stores {
		t := &f.types[i]
		t.commit(s, f.d.class)
		t.postpone(s, f.last, f.d.tick)
		for j, late := range t.late {
			f.whole = f.whole && late|t.odd[j]|t.waiting[j] == 0
		}
	}
	f.last, f.sync = f.d.tick, true
}

// commit takes over what the frame tells.
func (t *feedType) commit(s *store, c class) {
	for slot := range t.adds.all() {
		t.born[slot] = s.spawned[slot]
	}
	for j := range t.known {
		t.known[j] = t.known[j]&^t.removes[j] | t.adds[j]
		t.waiting[j] &^= t.known[j]
		t.late[j] &= t.known[j] &^ t.adds[j]
		t.odd[j] = 0
		if c == steady {
			t.odd[j] = t.late[j] & t.changes[j]
		}
		t.late[j] &^= t.changes[j]
	}
}

// postpone notes which candidates were not chosen.
func (t *feedType) postpone(s *store, last, tick uint32) {
	for j, wanted := range t.wanted {
		rest := wanted &^ t.adds[j] &^ t.changes[j]
		late := rest & t.known[j] &^ t.late[j]
		t.late[j] |= late
		for ; late != 0; late &= late - 1 {
			t.keep(s, j<<6+bits.TrailingZeros64(late), last)
		}
		waiting := rest &^ t.known[j] &^ t.waiting[j]
		t.waiting[j] |= waiting
		for ; waiting != 0; waiting &= waiting - 1 {
			t.from[j<<6+bits.TrailingZeros64(waiting)] = tick
		}
	}
}
