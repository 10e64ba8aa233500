package socketio

import (
	"encoding/binary"
	"math"
)

// kind is what a MessagePack value is, its many widths aside.
type kind uint8

const (
	kindNone kind = iota // no bytes
	kindNil
	kindBool
	kindInt  // negative; bits hold it sign-extended
	kindUint // not negative
	kindFloat
	kindStr
	kindBin
	kindArray
	kindMap
	kindExt
)

// head is the first bytes of a MessagePack value, understood.
type head struct {
	kind kind
	ext  int8   // type of an extension
	size int    // bytes of the header; for scalars all of the value
	n    int    // bytes that follow (str, bin, ext) or elements (array, map)
	bits uint64 // bool, integers, float64 bits
}

// Extension types and the forms they come in. Source: notepack.io 2.2.
const (
	extNotepack  = 0  // d4: undefined, d7: Date, c7/c8/c9: ArrayBuffer
	extTimestamp = -1 // the MessagePack specification's own
)

// be reads an unsigned big-endian integer of n bytes at b[1:].
func be(b []byte, n int) uint64 {
	switch n {
	case 1:
		return uint64(b[1])
	case 2:
		return uint64(binary.BigEndian.Uint16(b[1:]))
	case 4:
		return uint64(binary.BigEndian.Uint32(b[1:]))
	}
	return binary.BigEndian.Uint64(b[1:])
}

// readHead reads the header at the start of b. ok is false if b ends within
// it or starts with c1, which MessagePack never uses.
func readHead(b []byte) (h head, ok bool) {
	if len(b) == 0 {
		return head{}, false
	}
	c := b[0]
	switch {
	case c < 0x80:
		return head{kind: kindUint, size: 1, bits: uint64(c)}, true
	case c < 0x90:
		return head{kind: kindMap, size: 1, n: int(c & 0x0f)}, true
	case c < 0xa0:
		return head{kind: kindArray, size: 1, n: int(c & 0x0f)}, true
	case c < 0xc0:
		return head{kind: kindStr, size: 1, n: int(c & 0x1f)}, true
	case c >= 0xe0:
		return head{kind: kindInt, size: 1, bits: uint64(int64(int8(c)))}, true
	}
	// Bytes after the code that belong to the header, for c0..df.
	const widths = "\x00\x00\x00\x00" + // nil, (c1), false, true
		"\x01\x02\x04" + "\x02\x03\x05" + // bin, ext
		"\x04\x08" + "\x01\x02\x04\x08" + "\x01\x02\x04\x08" + // float, uint, int
		"\x01\x01\x01\x01\x01" + // fixext
		"\x01\x02\x04" + "\x02\x04" + "\x02\x04" // str, array, map
	w := int(widths[c-0xc0])
	if len(b) < 1+w || c == 0xc1 {
		return head{}, false
	}
	h.size = 1 + w
	switch {
	case c == 0xc0:
		h.kind = kindNil
	case c <= 0xc3:
		h.kind, h.bits = kindBool, uint64(c&1)
	case c <= 0xc6:
		h.kind, h.n = kindBin, int(be(b, w))
	case c <= 0xc9:
		h.kind, h.n, h.ext = kindExt, int(be(b, w-1)), int8(b[w])
	case c == 0xca:
		h.kind, h.bits = kindFloat, math.Float64bits(float64(math.Float32frombits(uint32(be(b, 4)))))
	case c == 0xcb:
		h.kind, h.bits = kindFloat, be(b, 8)
	case c <= 0xcf:
		h.kind, h.bits = kindUint, be(b, w)
	case c <= 0xd3:
		h.kind, h.bits = signed(be(b, w), w)
	case c <= 0xd8:
		h.kind, h.n, h.ext = kindExt, 1<<(c-0xd4), int8(b[1])
	case c <= 0xdb:
		h.kind, h.n = kindStr, int(be(b, w))
	case c <= 0xdd:
		h.kind, h.n = kindArray, int(be(b, w))
	default:
		h.kind, h.n = kindMap, int(be(b, w))
	}
	return h, true
}

// signed extends the sign of an integer of w bytes. An int that is not
// negative is reported as kindUint: its width was the sender's choice.
func signed(u uint64, w int) (kind, uint64) {
	shift := 64 - 8*w
	if v := int64(u<<shift) >> shift; v < 0 {
		return kindInt, uint64(v)
	}
	return kindUint, u
}
