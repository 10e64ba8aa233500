package matchmaker

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// order is tickets in some order. What was added since the last pass waits to
// be merged; what is gone stays until then.
type order struct {
	keys, fresh []key
}

// key is the place of a ticket in an order: by is what it is sorted by, number
// settles ties by the order of arrival. Keys lie side by side, so that sorting
// does not touch the tickets.
type key struct {
	by, number uint64
	slot, size int32
}

func compareKeys(a, b key) int {
	if c := cmp.Compare(a.by, b.by); c != 0 {
		return c
	}
	return cmp.Compare(a.number, b.number)
}

// ageKey sorts the longest waiting first.
func ageKey(since time.Duration) uint64 { return uint64(since) ^ 1<<63 }

// skillKey sorts like the numbers: their bits do, after a flip.
func skillKey(skill float64) uint64 {
	bits := math.Float64bits(skill)
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

// skill is what skillKey was made of.
func (k key) skill() float64 {
	if k.by>>63 == 1 {
		return math.Float64frombits(k.by &^ (1 << 63))
	}
	return math.Float64frombits(^k.by)
}

// settle brings both orders up to date: the gone leave, the fresh enter. Slots
// of the gone become free.
func (q *Queue) settle() {
	gone := func(k key) bool { return q.entries[k.slot].gone }
	for _, keys := range [][]key{q.byAge.keys, q.byAge.fresh} {
		for _, k := range keys {
			if gone(k) {
				q.free = append(q.free, k.slot)
			}
		}
	}
	for _, o := range []*order{&q.byAge, &q.bySkill} {
		o.keys = slices.DeleteFunc(o.keys, gone)
		o.fresh = slices.DeleteFunc(o.fresh, gone)
		o.absorb()
	}
}

// absorb sorts the fresh and merges them, from the back so that everything
// moves once.
func (o *order) absorb() {
	slices.SortFunc(o.fresh, compareKeys)
	i, j := len(o.keys)-1, len(o.fresh)-1
	o.keys = append(o.keys, o.fresh...)
	for k := len(o.keys) - 1; j >= 0; k-- {
		if i >= 0 && compareKeys(o.keys[i], o.fresh[j]) > 0 {
			o.keys[k] = o.keys[i]
			i--
		} else {
			o.keys[k] = o.fresh[j]
			j--
		}
	}
	o.fresh = o.fresh[:0]
}
