package state

import (
	"iter"
	"math/bits"
)

// bitset holds slots; it grows by whole words.
type bitset []uint64

func (b bitset) has(i int) bool { return i>>6 < len(b) && b[i>>6]>>(i&63)&1 != 0 }
func (b bitset) set(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bitset) unset(i int)    { b[i>>6] &^= 1 << (i & 63) }
func (b bitset) flip(i int)     { b[i>>6] ^= 1 << (i & 63) }

// resized has n words.
func (b bitset) resized(n int) bitset {
	for len(b) < n {
		b = append(b, 0)
	}
	return b
}

func (b bitset) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// all yields the members in ascending order.
func (b bitset) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(i<<6 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// skip is the slot of the member of b, but of neither not nor nor, that comes
// after n others at or after from; -1 if there are not so many.
func (b bitset) skip(not, nor bitset, from, n int) int {
	for i := from >> 6; i < len(b); i++ {
		w := b[i]
		if i < len(not) {
			w &^= not[i]
		}
		if i < len(nor) {
			w &^= nor[i]
		}
		if i == from>>6 {
			w &= ^uint64(0) << (from & 63)
		}
		if c := bits.OnesCount64(w); n >= c {
			n -= c
			continue
		}
		for ; n > 0; n-- {
			w &= w - 1
		}
		return i<<6 + bits.TrailingZeros64(w)
	}
	return -1
}
