package state

import (
	"errors"
	"math"
)

// errShape is what every malformed message comes down to.
var errShape = errors.New("malformed message")

// reader walks MessagePack that may be hostile. After the first mistake bad is
// set and everything reads as zero. It allocates nothing: texts are views of b.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) fail() { r.bad, r.b = true, nil }

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.fail()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// big reads an n-byte big endian number, 0 past the end.
func (r *reader) big(n int) (v uint64) {
	for _, c := range r.take(n) {
		v = v<<8 | uint64(c)
	}
	return v
}

func (r *reader) tag() byte { return byte(r.big(1)) }

// array reads the header of an array; each element takes at least one byte.
func (r *reader) array() int {
	n := 0
	switch t := r.tag(); {
	case t&0xf0 == 0x90:
		n = int(t & 0x0f)
	case t == 0xdc:
		n = int(r.big(2))
	case t == 0xdd:
		n = int(r.big(4))
	default:
		r.fail()
	}
	return r.bounded(n)
}

func (r *reader) mapLen() int {
	n := 0
	switch t := r.tag(); {
	case t&0xf0 == 0x80:
		n = int(t & 0x0f)
	case t == 0xde:
		n = int(r.big(2))
	default:
		r.fail()
	}
	return r.bounded(n)
}

func (r *reader) bounded(n int) int {
	if n > len(r.b) {
		r.fail()
		return 0
	}
	return n
}

// number reads any MessagePack number.
func (r *reader) number() float64 {
	switch t := r.tag(); t {
	case 0xca:
		return float64(math.Float32frombits(uint32(r.big(4))))
	case 0xcb:
		return math.Float64frombits(r.big(8))
	default:
		return float64(r.integerOf(t))
	}
}

// integer reads an integer of any width.
func (r *reader) integer() int64 { return r.integerOf(r.tag()) }

func (r *reader) integerOf(t byte) int64 {
	switch t {
	case 0xcc:
		return int64(r.big(1))
	case 0xcd:
		return int64(r.big(2))
	case 0xce:
		return int64(r.big(4))
	case 0xcf:
		if v := r.big(8); v <= math.MaxInt64 {
			return int64(v)
		}
		r.fail()
		return 0
	case 0xd0:
		return int64(int8(r.big(1)))
	case 0xd1:
		return int64(int16(r.big(2)))
	case 0xd2:
		return int64(int32(r.big(4)))
	case 0xd3:
		return int64(r.big(8))
	}
	if t < 0x80 || t >= 0xe0 {
		return int64(int8(t))
	}
	r.fail()
	return 0
}

// integerIn reads an integer that must lie in [lo, hi].
func (r *reader) integerIn(lo, hi int64) int64 {
	v := r.integer()
	if v < lo || v > hi {
		r.fail()
		return lo
	}
	return v
}

func (r *reader) uint32() uint32 { return uint32(r.integerIn(0, math.MaxUint32)) }

func (r *reader) float32bits() uint32 {
	if r.tag() != 0xca {
		r.fail()
		return 0
	}
	return uint32(r.big(4))
}

func (r *reader) str() []byte {
	switch t := r.tag(); {
	case t&0xe0 == 0xa0:
		return r.take(int(t & 0x1f))
	case t == 0xd9:
		return r.take(int(r.big(1)))
	case t == 0xda:
		return r.take(int(r.big(2)))
	case t == 0xdb:
		return r.take(int(r.big(4)))
	}
	r.fail()
	return nil
}

func (r *reader) bin() []byte {
	switch r.tag() {
	case 0xc4:
		return r.take(int(r.big(1)))
	case 0xc5:
		return r.take(int(r.big(2)))
	case 0xc6:
		return r.take(int(r.big(4)))
	}
	r.fail()
	return nil
}

const maxNesting = 8

// skip passes over one value of any type.
func (r *reader) skip(depth int) {
	if depth > maxNesting || len(r.b) == 0 {
		r.fail()
		return
	}
	switch t := r.b[0]; {
	case t&0xf0 == 0x90 || t == 0xdc || t == 0xdd:
		for n := r.array(); n > 0 && !r.bad; n-- {
			r.skip(depth + 1)
		}
	case t&0xf0 == 0x80 || t == 0xde:
		for n := 2 * r.mapLen(); n > 0 && !r.bad; n-- {
			r.skip(depth + 1)
		}
	case t&0xe0 == 0xa0 || t >= 0xd9 && t <= 0xdb:
		r.str()
	case t >= 0xc4 && t <= 0xc6:
		r.bin()
	case t == 0xc0 || t == 0xc2 || t == 0xc3:
		r.tag()
	default:
		r.number()
	}
}
