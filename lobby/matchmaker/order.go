package matchmaker

import "slices"

// settle brings both orders up to date: the gone leave, the fresh enter. Slots
// of the gone become free.
func (q *Queue) settle() {
	gone := func(slot int32) bool { return q.entries[slot].gone }
	for _, slots := range [][]int32{q.byAge, q.fresh} {
		for _, slot := range slots {
			if gone(slot) {
				q.free = append(q.free, slot)
			}
		}
	}
	q.byAge = slices.DeleteFunc(q.byAge, gone)
	q.bySkill = slices.DeleteFunc(q.bySkill, gone)
	q.fresh = slices.DeleteFunc(q.fresh, gone)
	q.byAge = absorb(q.byAge, q.fresh, q.older)
	q.bySkill = absorb(q.bySkill, q.fresh, q.weaker)
	q.fresh = q.fresh[:0]
}

// absorb sorts what is added and merges it into what is sorted, from the back
// so that everything moves once.
func absorb(sorted, added []int32, compare func(a, b int32) int) []int32 {
	slices.SortFunc(added, compare)
	i, j := len(sorted)-1, len(added)-1
	sorted = append(sorted, added...)
	for k := len(sorted) - 1; j >= 0; k-- {
		if i >= 0 && compare(sorted[i], added[j]) > 0 {
			sorted[k] = sorted[i]
			i--
		} else {
			sorted[k] = added[j]
			j--
		}
	}
	return sorted
}
