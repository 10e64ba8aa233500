package state

import (
	"encoding/binary"
	"math/bits"
)

// fragments are the changed entities of one tick in B-form, encoded once and
// then spliced into the frames of all views. Each starts at a whole word.
type fragments struct {
	tick  uint32
	epoch uint32
	words bitWriter
	start int        // of the fragment that is being written
	at    []fragment // by slot
}

// fragment is one entity. Most are shorter than a word.
type fragment struct {
	first       uint64 // word
	start, bits uint32
}

// reset forgets all, and makes room for the entities of s.
func (fr *fragments) reset(s *store) {
	if n := len(s.mask); len(fr.at) < n {
		fr.at = make([]fragment, n)
	}
	fr.words.buf = fr.words.buf[:0]
}

// begin starts a fragment, which is to be written to what it returns.
func (fr *fragments) begin() *bitWriter {
	fr.start = len(fr.words.buf)
	return &fr.words
}

// end closes the fragment and returns its bits.
func (fr *fragments) end(slot int) int {
	n := len(fr.words.buf) - fr.start
	f := fragment{0, uint32(fr.start), uint32(n)*8 + uint32(fr.words.n)}
	fr.words.align()
	if f.bits > 0 {
		f.first = binary.LittleEndian.Uint64(fr.words.buf[fr.start:])
	}
	fr.at[slot] = f
	return int(f.bits)
}

// prepare encodes the current tick, once.
func (fr *fragments) prepare(s *store, tc *typeCodes, tick uint32) {
	if epoch := s.world.schema.book.epoch; fr.tick != tick || fr.epoch != epoch {
		fr.tick, fr.epoch = tick, epoch
		fr.encode(s, tc)
	}
}

func (fr *fragments) encode(s *store, tc *typeCodes) {
	fr.reset(s)
	for j, m := range s.changed {
		for ; m != 0; m &= m - 1 {
			slot := j<<6 + bits.TrailingZeros64(m)
			s.putNews(fr.begin(), tc, slot)
			fr.end(slot)
		}
	}
}

// splice copies the fragment of one entity.
func (fr *fragments) splice(w *bitWriter, f *fragment) {
	if f.bits < 64 {
		w.put(f.first, uint(f.bits))
		return
	}
	fr.spliceLong(w, f)
}

func (fr *fragments) spliceLong(w *bitWriter, f *fragment) {
	from, left := fr.words.buf[f.start:], f.bits
	for ; left >= 64; left -= 64 {
		w.put64(binary.LittleEndian.Uint64(from))
		from = from[8:]
	}
	if left > 0 {
		w.put(binary.LittleEndian.Uint64(from), uint(left))
	}
}

// spliceAll copies the fragments of the changed entities, each after its gap. It
// is the inner loop of all views: a short gap and a short fragment are one piece,
// and where they begin in the last word is a matter of local variables.
func (fr *fragments) spliceAll(w *bitWriter, code *code, spans []changedSpan) {
	out, at, next := *w, fr.at, 0
	for i := range spans {
		span := &spans[i]
		for m := span.changes; m != 0; m &= m - 1 {
			rank := span.rank + bits.OnesCount64(span.resting&(m&-m-1))
			gap := uint32(rank - next)
			next = rank + 1
			f := &at[span.slot+bits.TrailingZeros64(m)]
			if gap < uint32(len(code.small)) {
				if e := &code.small[gap]; e.len+f.bits < 64 {
					out.put(uint64(e.bits)|f.first<<e.len, uint(e.len+f.bits))
					continue
				}
			}
			code.u(&out, gap)
			fr.splice(&out, f)
		}
	}
	*w = out
}

// align goes on at the next whole word.
func (w *bitWriter) align() {
	if w.n > 0 {
		w.buf = binary.LittleEndian.AppendUint64(w.buf, w.acc)
		w.acc, w.n = 0, 0
	}
}

func (w *bitWriter) put64(v uint64) {
	w.buf = binary.LittleEndian.AppendUint64(w.buf, w.acc|v<<w.n)
	w.acc = v >> (64 - w.n)
}
