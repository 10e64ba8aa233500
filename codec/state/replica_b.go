package state

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// applyB applies a B-form frame.
func (r *Replica) applyB(frame []byte) error {
	c := class(frame[0] & 7)
	if frame[0]>>4 != formatVersion {
		return fmt.Errorf("%w: version %d", ErrMalformed, frame[0]>>4)
	}
	rest, base, tick, err := r.headB(c, frame[1:])
	if err != nil {
		return err
	}
	if err := r.begin(c, base, tick); err != nil {
		return err
	}
	checked, want := frame[0]&flagCRC != 0, uint32(0)
	if checked {
		if len(rest) < 4 {
			return fmt.Errorf("%w: head", ErrMalformed)
		}
		want, rest = binary.LittleEndian.Uint32(rest), rest[4:]
	}
	in := &bitReader{b: rest}
	for i, t := range r.types {
		t.turn()
		if in.bits(1) == 0 {
			continue
		}
		b := decoderB{in: in, t: t, codes: &r.book.types[i], class: c, base: base, tick: tick}
		if !b.apply() || in.over() {
			return fmt.Errorf("%w: entities of type %q", ErrMalformed, t.typ.Name)
		}
	}
	if in.over() || in.left() > 0 {
		return fmt.Errorf("%w: tail", ErrMalformed)
	}
	return r.compare(checked, want)
}

// headB reads what stands before the bits.
func (r *Replica) headB(c class, b []byte) (rest []byte, base, tick uint32, err error) {
	if c == keyframe {
		tick, rest, err = readVarint(b)
		return rest, 0, tick, err
	}
	if len(b) < 2 {
		return nil, 0, 0, fmt.Errorf("%w: head", ErrMalformed)
	}
	if b[0] != byte(r.tick) {
		return nil, 0, 0, ErrBaseline
	}
	dt, rest, err := readVarint(b[1:])
	return rest, r.tick, r.tick + dt, err
}

func readVarint(b []byte) (v uint32, rest []byte, err error) {
	for i, c := range b[:min(len(b), 5)] {
		v |= uint32(c&0x7f) << (7 * i)
		if c < 0x80 {
			return v, b[i+1:], nil
		}
	}
	return 0, nil, fmt.Errorf("%w: varint", ErrMalformed)
}

// turn makes what moved in the last frame the past.
func (t *replicaType) turn() {
	t.moving, t.wasMoving = t.wasMoving, t.moving
	clear(t.moving)
	clear(t.fresh)
}

// decoderB reads one type's part of a frame. Its methods return false at the
// first mistake.
type decoderB struct {
	in         *bitReader
	t          *replicaType
	codes      *typeCodes
	class      class
	base, tick uint32
}

func (b *decoderB) apply() bool {
	return b.removes() && b.adds() && b.movers() && b.changes()
}

// count reads how many entities follow: each takes at least one bit.
func (b *decoderB) count() (int, bool) {
	n, ok := b.codes.of[roleCount].readU(b.in)
	return int(n), ok && n <= maxSlots && int(n) <= 8*b.in.left()+8
}

func (b *decoderB) removes() bool {
	n, ok := b.count()
	slot := -1
	for ; ok && n > 0; n-- {
		var gap uint32
		if gap, ok = b.codes.of[roleRemove].readU(b.in); !ok {
			return false
		}
		if slot = b.t.live.skip(nil, nil, slot+1, int(gap)); slot < 0 || b.in.over() {
			return false
		}
		b.t.remove(slot)
	}
	return ok
}

func (b *decoderB) adds() bool {
	n, ok := b.count()
	slot := -1
	for ; ok && n > 0; n-- {
		gap, good := b.codes.of[roleAdd].readU(b.in)
		if !good || gap > maxSlots || slot+1+int(gap) >= maxSlots {
			return false
		}
		slot += 1 + int(gap)
		row := b.t.add(slot)
		b.t.fresh = b.t.fresh.resized(slot>>6 + 1)
		b.t.fresh.set(slot)
		for f := range b.t.fields {
			if !b.full(slot, row, f) {
				return false
			}
		}
		ok = !b.in.over()
	}
	return ok
}

// movers reads what became of the entities that moved at the base.
func (b *decoderB) movers() bool {
	if len(b.codes.masks) == 0 {
		clear(b.t.wasMoving)
		return true
	}
	for j := range b.t.wasMoving {
		b.t.wasMoving[j] &= b.t.live[j]
		if j < len(b.t.fresh) {
			b.t.wasMoving[j] &^= b.t.fresh[j]
		}
		for m := b.t.wasMoving[j]; m != 0; m &= m - 1 {
			slot := j<<6 + bits.TrailingZeros64(m)
			row := int(b.t.rowOf[slot])
			motion := b.motion(row)
			mask, ok := b.mask(motion)
			if !ok || mask != 0 && !b.change(slot, row, mask) {
				return false
			}
		}
	}
	return true
}

// motion is which fields of an entity moved at the base.
func (b *decoderB) motion(row int) (mask uint32) {
	for f, c := range b.t.entity(row) {
		if c.d != 0 && c.last == b.base {
			mask |= 1 << f
		}
	}
	return mask
}

func (b *decoderB) changes() bool {
	n, ok := b.count()
	slot := -1
	for ; ok && n > 0; n-- {
		gap, good := b.codes.of[roleChange].readU(b.in)
		if !good {
			return false
		}
		if slot = b.t.live.skip(b.t.wasMoving, b.t.fresh, slot+1, int(gap)); slot < 0 {
			return false
		}
		mask, good := b.mask(0)
		ok = good && mask != 0 && b.change(slot, int(b.t.rowOf[slot]), mask)
	}
	return ok
}

// mask reads which fields follow; it is below 2^fields.
func (b *decoderB) mask(motion uint32) (uint32, bool) {
	n := len(b.t.fields)
	if len(b.codes.masks) == 0 {
		return b.in.long(uint(n)), true
	}
	use := maskResting
	if motion != 0 {
		use = maskMoving
	}
	if b.class == coalesced {
		use += maskResting2
	}
	mask, ok := b.codes.masks[use].read(b.in, n)
	mask ^= motion
	return mask, ok && mask < 1<<n
}

func (b *decoderB) change(slot, row int, mask uint32) bool {
	cells := b.t.entity(row)
	for ; mask != 0; mask &= mask - 1 {
		f := bits.TrailingZeros32(mask)
		c, ok := b.field(row, f, cells[f])
		if !ok {
			return false
		}
		b.put(slot, &cells[f], c)
	}
	return !b.in.over()
}

// put stores a cell and remembers that the entity moves.
func (b *decoderB) put(slot int, at *replicaCell, c replicaCell) {
	*at = c
	if c.d != 0 {
		b.t.moving = b.t.moving.resized(slot>>6 + 1)
		b.t.moving.set(slot)
	}
}

// field reads the new content of a cell.
func (b *decoderB) field(row, f int, old replicaCell) (c replicaCell, ok bool) {
	p, fc := &b.t.fields[f], &b.codes.fields[f]
	c.last = b.tick
	switch p.op {
	case opRaw:
		c.v = p.stored(b.in.long(uint(p.bits)))
		return c, true
	case opText, opList:
		return c, b.text(row, f)
	}
	d := int32(0)
	if old.last == b.base {
		d = old.d
	}
	if b.class == coalesced {
		return b.jump(p, fc, old.v, d)
	}
	expected := old.v
	if d != 0 {
		expected = p.expect(old.v, d)
	}
	u, ok := fc.steady(motionBits(d)).readU(b.in)
	c.v = p.restore(u, expected)
	c.d = p.motion(c.v, old.v)
	return c, ok
}

// jump reads a numeric field of a coalesced frame.
func (b *decoderB) jump(p *fieldPlan, fc *fieldCodes, v, d int32) (c replicaCell, ok bool) {
	c.last = b.tick
	expected, turn := v, int32(0)
	if p.op == opPredict {
		u, ok := fc.of(roleSpeed).readU(b.in)
		turn = unzigzag(u)
		c.d = d + turn
		if !ok || c.d >= p.teleport || c.d <= -p.teleport {
			return c, false
		}
		expected = p.expect(v, int32(b.tick-b.base)*(c.d+d)>>1)
	}
	u, ok := fc.jump(turn).readU(b.in)
	c.v = p.restore(u, expected)
	return c, ok
}

// full reads a field of a new entity.
func (b *decoderB) full(slot, row, f int) bool {
	p := &b.t.fields[f]
	if p.op >= opText {
		return b.text(row, f)
	}
	c := replicaCell{last: b.tick}
	if b.in.bits(1) != 0 {
		c.v = p.stored(b.in.long(uint(p.bits)))
	}
	if p.op == opPredict {
		u, ok := b.codes.fields[f].of(roleInitial).readU(b.in)
		c.d = unzigzag(u)
		if !ok || c.d >= p.teleport || c.d <= -p.teleport {
			return false
		}
	}
	b.put(slot, &b.t.entity(row)[f], c)
	return true
}

// text reads a variable field; what it says of its length must be there.
func (b *decoderB) text(row, f int) bool {
	field, p := &b.t.typ.Fields[f], &b.t.fields[f]
	u, ok := b.codes.fields[f].of(roleLength).readU(b.in)
	n, size := int(u), itemSize(field.Bits)
	if !ok || u > uint32(field.Max) || n*int(p.bits) > 8*b.in.left()+8 {
		return false
	}
	packed := make([]byte, 0, n*size)
	for range n {
		packed = appendItem(packed, size, b.in.long(uint(p.bits)))
	}
	if field.Kind == String && !utf8.Valid(packed) {
		return false
	}
	*b.t.textAt(row, f) = string(packed)
	return true
}
