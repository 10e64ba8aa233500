package state

import "math/bits"

// Sum continues a hash with all that the last Commit changed: who is there, and
// each number and text that is new. Two worlds that have been summed up tick by
// tick from the same start have equal sums as long as they are equal. It costs
// about a nanosecond per changed field, and what is private counts, too.
func (w *World) Sum(sum uint64) uint64 {
	for _, s := range w.stores {
		sum = s.sum(sum)
	}
	return sum
}

func (s *store) sum(sum uint64) uint64 {
	all := uint32(1)<<len(s.fields) - 1
	for i, live := range s.live {
		sum = fold(sum, live)
		for w := s.born[i]; w != 0; w &= w - 1 {
			slot := i<<6 + bits.TrailingZeros64(w)
			if slot < len(s.owners) {
				sum = fold(sum, uint64(s.owners[slot]))
			}
			sum = s.sumEntity(sum, slot, all)
		}
		for w := s.changed[i]; w != 0; w &= w - 1 {
			slot := i<<6 + bits.TrailingZeros64(w)
			sum = s.sumEntity(sum, slot, s.mask[slot])
		}
	}
	return sum
}

func (s *store) sumEntity(sum uint64, slot int, mask uint32) uint64 {
	sum = fold(sum, uint64(slot)<<32|uint64(mask))
	cells := s.entity(slot)
	for ; mask != 0; mask &= mask - 1 {
		f := bits.TrailingZeros32(mask)
		if s.access[f].load >= loadString {
			sum = foldText(sum, s.text(slot, f).s)
			continue
		}
		sum = fold(sum, uint64(uint32(cells[f].v)))
	}
	return sum
}

// fold is one to one in sum, so that a difference once made is not lost.
func fold(sum, v uint64) uint64 {
	return bits.RotateLeft64(sum^v, 23) * 0x9e3779b97f4a7c15
}

func foldText(sum uint64, s string) uint64 {
	sum = fold(sum, uint64(len(s)))
	for i := range len(s) {
		sum = fold(sum, uint64(s[i]))
	}
	return sum
}
