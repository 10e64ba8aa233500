package state

import (
	"encoding/binary"
	"math/bits"
)

// appendB writes a B-form frame, see docs/state-format.md.
func (v *View) appendB(dst []byte, d *delta, feed *Feed) []byte {
	w := bitWriter{buf: v.appendHeadB(dst, d)}
	for i, s := range v.world.stores {
		d.fill(v, i, feed)
		if d.empty() {
			w.put(0, 1)
			continue
		}
		w.put(1, 1)
		s.appendB(&w, d)
	}
	return w.end()
}

// flagCRC in the first byte says that a CRC follows the head.
const flagCRC = 8

// appendHeadB writes what stands before the bits.
func (v *View) appendHeadB(dst []byte, d *delta) []byte {
	first := formatVersion<<4 | byte(d.class)
	if d.checked {
		first |= flagCRC
	}
	dst = append(dst, first)
	if d.class == keyframe {
		dst = appendVarint(dst, d.tick)
	} else {
		dst = appendVarint(append(dst, byte(d.base)), d.tick-d.base)
	}
	if d.checked {
		dst = binary.LittleEndian.AppendUint32(dst, v.crc())
	}
	return dst
}

func appendVarint(dst []byte, v uint32) []byte {
	for v >= 0x80 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

// appendB writes removes, adds and changes of one table.
func (s *store) appendB(w *bitWriter, d *delta) {
	tc := &s.world.schema.book.types[s.index]
	s.putRemoves(w, tc, d)
	s.putAdds(w, tc, d)
	d.direct = len(s.world.views) == 1
	if d.class == steady && d.parts == nil && !d.direct {
		s.fragments.prepare(s, tc, d.tick)
	}
	var moving bitset
	if len(tc.masks) > 0 {
		moving = d.moving
	}
	n := s.putMoving(w, tc, d, moving)
	tc.of[roleCount].u(w, uint32(d.changed-n))
	if n < d.changed {
		s.putResting(w, tc, d, moving)
	}
}

// putRemoves counts gaps in what the client has.
func (s *store) putRemoves(w *bitWriter, tc *typeCodes, d *delta) {
	tc.of[roleCount].u(w, uint32(d.removed))
	if d.removed == 0 {
		return
	}
	rank, next := 0, 0
	for j, known := range d.known {
		for m := d.removes[j]; m != 0; m &= m - 1 {
			at := rank + bits.OnesCount64(known&(m&-m-1))
			tc.of[roleRemove].u(w, uint32(at-next))
			next = at + 1
		}
		rank += bits.OnesCount64(known)
	}
}

// putAdds counts gaps in slots.
func (s *store) putAdds(w *bitWriter, tc *typeCodes, d *delta) {
	tc.of[roleCount].u(w, uint32(d.added))
	if d.added == 0 {
		return
	}
	next := 0
	for j, m := range d.adds {
		for ; m != 0; m &= m - 1 {
			slot := j<<6 + bits.TrailingZeros64(m)
			tc.of[roleAdd].u(w, uint32(slot-next))
			next = slot + 1
			if d.parts != nil {
				d.parts.splice(w, &d.parts.at[slot])
			} else {
				s.putEntity(w, tc, slot, d.tick)
			}
		}
	}
}

// putMoving says of each entity that moved at the base what became of it: no
// gaps, and most masks are as expected. It returns how many changed.
func (s *store) putMoving(w *bitWriter, tc *typeCodes, d *delta, moving bitset) (n int) {
	use := maskMoving
	if d.class == coalesced {
		use = maskMoving2
	}
	for j, m := range moving {
		changes := d.changes[j]
		n += bits.OnesCount64(changes & m)
		for ; m != 0; m &= m - 1 {
			slot := j<<6 + bits.TrailingZeros64(m)
			if changes&(m&-m) != 0 {
				s.putChange(w, tc, d, slot)
			} else {
				tc.masks[use].put(w, d.motion[slot], len(s.fields))
			}
		}
	}
	return n
}

// putResting counts gaps in the other entities.
func (s *store) putResting(w *bitWriter, tc *typeCodes, d *delta, moving bitset) {
	spans, gap := d.spansOf(moving), tc.of[roleChange]
	if parts := s.partsOf(d); parts != nil {
		parts.spliceAll(w, gap, spans)
		return
	}
	next := 0
	for _, span := range spans {
		for m := span.changes; m != 0; m &= m - 1 {
			at := span.rank + bits.OnesCount64(span.resting&(m&-m-1))
			gap.u(w, uint32(at-next))
			s.putChange(w, tc, d, span.slot+bits.TrailingZeros64(m))
			next = at + 1
		}
	}
}

// partsOf is where the changed entities are already encoded; nil if they are not.
func (s *store) partsOf(d *delta) *fragments {
	if d.parts != nil || d.class != steady || d.direct {
		return d.parts
	}
	return &s.fragments
}

func (s *store) putChange(w *bitWriter, tc *typeCodes, d *delta, slot int) {
	if parts := s.partsOf(d); parts != nil {
		parts.splice(w, &parts.at[slot])
		return
	}
	if d.class == steady {
		s.putNews(w, tc, slot)
		return
	}
	s.putMask(w, tc, coalesced, d.mask[slot], d.motionOf(slot))
	cells := s.entity(slot)
	for m := d.mask[slot]; m != 0; m &= m - 1 {
		f := bits.TrailingZeros32(m)
		s.putCoalesced(w, tc, d, slot, f, cells[f])
	}
}

func (d *delta) motionOf(slot int) uint32 {
	if !d.moving.has(slot) {
		return 0
	}
	return d.motion[slot]
}

// putMask writes which fields follow.
func (s *store) putMask(w *bitWriter, tc *typeCodes, c class, mask, motion uint32) {
	if len(tc.masks) == 0 {
		w.put(uint64(mask), uint(len(s.fields)))
		return
	}
	use := maskResting
	if motion != 0 {
		use = maskMoving
	}
	if c == coalesced {
		use += maskResting2
	}
	tc.masks[use].put(w, mask^motion, len(s.fields))
}

// putNews writes a changed entity against what it was one tick ago.
func (s *store) putNews(w *bitWriter, tc *typeCodes, slot int) {
	mask, motion := s.mask[slot], uint32(0)
	if s.wasMoving.has(slot) {
		motion = s.wasMotion[slot]
	}
	s.putMask(w, tc, steady, mask, motion)
	news := s.news[slot*len(s.fields):][:len(s.fields)]
	for ; mask != 0; mask &= mask - 1 {
		f := bits.TrailingZeros32(mask)
		fc := &tc.fields[f]
		c := fc.steady(news[f].motionBits)
		if c == nil {
			s.putSteady(w, fc, slot, f)
			continue
		}
		if u := news[f].u; u < uint32(len(c.small)) {
			e := c.small[u]
			w.put(uint64(e.bits), uint(e.len))
		} else {
			c.u(w, u)
		}
	}
}

// putSteady writes a changed field against its value one tick ago.
func (s *store) putSteady(w *bitWriter, fc *fieldCodes, slot, f int) {
	news := s.news[slot*len(s.fields)+f]
	switch p := &s.fields[f]; {
	case p.op == opRaw:
		w.put(uint64(news.u), uint(p.bits))
	case p.op >= opText:
		s.putText(w, fc, slot, f)
	default:
		fc.steady(news.motionBits).u(w, news.u)
	}
}

// putCoalesced writes a changed field against its value at the base.
func (s *store) putCoalesced(w *bitWriter, tc *typeCodes, d *delta, slot, f int, c cell) {
	p, fc := &s.fields[f], &tc.fields[f]
	switch p.op {
	case opRaw:
		w.put(p.raw(c.v), uint(p.bits))
	case opText, opList:
		s.putText(w, fc, slot, f)
	default:
		b := s.at(c, d.base)
		j := jump{p: p, then: b.v, v: c.v, motionThen: b.motionAt(d.base), motion: c.motionAt(d.tick), dt: d.tick - d.base}
		j.put(w, fc)
	}
}

// jump is what became of a number over several ticks.
type jump struct {
	p                  *fieldPlan
	then, v            int32
	motionThen, motion int32
	dt                 uint32
}

func (j jump) put(w *bitWriter, fc *fieldCodes) {
	if j.p.op == opPredict {
		fc.of(roleSpeed).u(w, zigzag(j.motion-j.motionThen))
	}
	fc.jump(j.motion-j.motionThen).u(w, j.residual())
}

// residual is the difference to a path of even acceleration.
func (j jump) residual() uint32 {
	if j.p.op != opPredict {
		return j.p.residual(j.v, j.then)
	}
	path := int32(j.dt) * (j.motion + j.motionThen) >> 1
	return j.p.residual(j.v, j.p.expect(j.then, path))
}

// putEntity writes all of an entity.
func (s *store) putEntity(w *bitWriter, tc *typeCodes, slot int, tick uint32) {
	for f := range s.fields {
		s.putFull(w, &tc.fields[f], slot, f, tick)
	}
}

// putFull writes a field against nothing.
func (s *store) putFull(w *bitWriter, fc *fieldCodes, slot, f int, tick uint32) {
	p, c := &s.fields[f], s.entity(slot)[f]
	if p.op >= opText {
		s.putText(w, fc, slot, f)
		return
	}
	w.bool(c.v != 0)
	if c.v != 0 {
		w.put(p.raw(c.v), uint(p.bits))
	}
	if p.op == opPredict {
		fc.of(roleInitial).u(w, zigzag(c.motionAt(tick)))
	}
}

// putText writes the length and content of a variable field.
func (s *store) putText(w *bitWriter, fc *fieldCodes, slot, f int) {
	text, p := s.text(slot, f).s, &s.fields[f]
	if p.op == opText {
		fc.of(roleLength).u(w, uint32(len(text)))
		w.bytes(text)
		return
	}
	size := itemSize(int(p.bits))
	n := len(text) / size
	fc.of(roleLength).u(w, uint32(n))
	for i := range n {
		w.put(uint64(itemAt(text, size, i)), uint(p.bits))
	}
}
