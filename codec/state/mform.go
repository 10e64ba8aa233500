package state

import "math/bits"

// appendM writes [class, tick, base, [[type, removed, added, changed]…]], and
// the CRC if there is one.
func (v *View) appendM(dst []byte, d *delta, feed *Feed) []byte {
	elements := 4
	if d.checked {
		elements = 5
	}
	dst = appendUint(appendArray(dst, elements), uint32(d.class))
	dst = appendUint(appendUint(dst, d.tick), d.base)
	at, types := len(dst), 0
	dst = append(dst, 0) // the array's header, for fewer than 16 types
	for i, s := range v.world.stores {
		d.fill(v, i, feed)
		if d.empty() {
			continue
		}
		types++
		dst = s.appendM(dst, d)
	}
	dst = putArrayHeader(dst, at, types)
	if d.checked {
		dst = appendUint(dst, v.crc())
	}
	return dst
}

// appendM writes [type, removed, added, changed].
func (s *store) appendM(dst []byte, d *delta) []byte {
	dst = appendUint(appendArray(dst, 4), uint32(s.index))
	dst = appendArray(dst, d.removed)
	for slot := range d.removes.all() {
		dst = appendUint(dst, uint32(slot))
	}
	dst = appendArray(dst, d.added)
	for slot := range d.adds.all() {
		dst = s.appendAddM(dst, slot)
	}
	return s.appendChangesM(dst, d)
}

// putArrayHeader replaces the byte at position at by the header of n elements.
func putArrayHeader(dst []byte, at, n int) []byte {
	if n < 16 {
		dst[at] = 0x90 | byte(n)
		return dst
	}
	dst = append(dst, 0, 0)
	copy(dst[at+3:], dst[at+1:])
	dst[at], dst[at+1], dst[at+2] = 0xdc, byte(n>>8), byte(n)
	return dst
}

// appendAddM writes [slot, value…].
func (s *store) appendAddM(dst []byte, slot int) []byte {
	dst = appendUint(appendArray(dst, 1+len(s.access)), uint32(slot))
	for f := range s.access {
		dst = s.appendValueM(dst, slot, f)
	}
	return dst
}

// appendChangesM writes one flat array: slot, mask, value…, slot, mask, value…
func (s *store) appendChangesM(dst []byte, d *delta) []byte {
	elements := 0
	for slot := range d.changes.all() {
		elements += 2 + bits.OnesCount32(d.mask[slot])
	}
	dst = appendArray(dst, elements)
	for slot := range d.changes.all() {
		mask := d.mask[slot]
		dst = appendUint(appendUint(dst, uint32(slot)), mask)
		for ; mask != 0; mask &= mask - 1 {
			dst = s.appendValueM(dst, slot, bits.TrailingZeros32(mask))
		}
	}
	return dst
}

func (s *store) appendValueM(dst []byte, slot, field int) []byte {
	f := &s.typ.Fields[field]
	switch f.Kind {
	case String:
		return appendString(dst, s.text(slot, field).s)
	case Bytes:
		text := s.text(slot, field).s
		return append(appendBinHeader(dst, len(text)), text...)
	case List:
		packed, size := s.text(slot, field).s, itemSize(f.Bits)
		n := len(packed) / size
		dst = appendArray(dst, n)
		for i := range n {
			dst = appendUint(dst, itemAt(packed, size, i))
		}
		return dst
	}
	v := s.entity(slot)[field].v
	switch f.Kind {
	case Int:
		return appendInt(dst, v)
	case Float:
		return appendFloat32(dst, uint32(v))
	case Angle:
		// The last eighth of a turn is shorter as a negative number.
		if below := v - 1<<f.Bits; below >= -128 && v > 127 {
			return appendInt(dst, below)
		}
	}
	return appendUint(dst, uint32(v))
}
