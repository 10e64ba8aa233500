package state

import "encoding/binary"

// bitWriter appends bits, least significant first, to bytes.
type bitWriter struct {
	buf []byte
	acc uint64
	n   uint // bits in acc, fewer than 64
}

// put appends the low k bits of v; the others are zero, k is at most 63.
func (w *bitWriter) put(v uint64, k uint) {
	w.acc |= v << w.n
	w.n += k
	if w.n >= 64 {
		w.buf = binary.LittleEndian.AppendUint64(w.buf, w.acc)
		w.n -= 64
		w.acc = v >> (k - w.n)
	}
}

func (w *bitWriter) bool(b bool) {
	if b {
		w.put(1, 1)
	} else {
		w.put(0, 1)
	}
}

// bytes appends whole bytes, which need not be aligned.
func (w *bitWriter) bytes(s string) {
	for i := range len(s) {
		w.put(uint64(s[i]), 8)
	}
}

// end pads the last byte with zeros. It is cut off a whole word: how many bytes
// there are follows no pattern.
func (w *bitWriter) end() []byte {
	n := len(w.buf) + int(w.n+7)/8
	w.buf = binary.LittleEndian.AppendUint64(w.buf, w.acc)[:n]
	w.acc, w.n = 0, 0
	return w.buf
}

// bitReader reads bits that may be hostile. Past the end it reads zeros and
// over tells.
type bitReader struct {
	b   []byte
	acc uint64
	n   uint // good bits in acc
	pad uint // bits of acc that were never there
}

// fill makes sure that acc holds at least 16 bits.
func (r *bitReader) fill() {
	for r.n <= 56 {
		if len(r.b) == 0 {
			r.n += 8
			r.pad += 8
			continue
		}
		r.acc |= uint64(r.b[0]) << r.n
		r.b = r.b[1:]
		r.n += 8
	}
}

// bits reads up to 16.
func (r *bitReader) bits(k uint) uint32 {
	if r.n < k {
		r.fill()
	}
	v := uint32(r.acc & (1<<k - 1))
	r.acc >>= k
	r.n -= k
	return v
}

// long reads up to 32 bits in two halves, as every client can.
func (r *bitReader) long(k uint) uint32 {
	if k <= 16 {
		return r.bits(k)
	}
	low := r.bits(16)
	return low | r.bits(k-16)<<16
}

// over reports whether more was read than there was.
func (r *bitReader) over() bool { return r.pad > r.n }

// left is how many bytes there still can be.
func (r *bitReader) left() int {
	if r.over() {
		return 0
	}
	return len(r.b) + int(r.n-r.pad)/8
}
