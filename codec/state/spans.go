package state

import "math/bits"

// changedSpan is 64 slots of which some have changed.
type changedSpan struct {
	changes, resting uint64
	rank             int // how many rest before it
	slot             int // the first
}

// spansOf finds the changes among those that rest. Which words have any follows
// no pattern, so there is no branch for it.
func (d *delta) spansOf(moving bitset) []changedSpan {
	if len(d.own.spans) < len(d.kept) {
		d.own.spans = make([]changedSpan, len(d.kept))
	}
	n, rank, spans := 0, 0, d.own.spans
	changes := d.changes[:len(d.kept)]
	for j, resting := range d.kept {
		if j < len(moving) {
			resting &^= moving[j]
		}
		c := changes[j] & resting
		spans[n] = changedSpan{c, resting, rank, j << 6}
		if c != 0 {
			n++
		}
		rank += bits.OnesCount64(resting)
	}
	return spans[:n]
}
