package matchmaker

import (
	"math"
	"sort"
)

// index is the queue as a pass sees it: tickets by rank, which is their place
// in the order of skill. The slices lie side by side because the search walks
// along them.
type index struct {
	slot  []int32 // of the ticket at this rank
	skill []float64
	size  []int32
	taken []bool
	mask  []uint64 // the regions that the ticket accepts, one bit each
	rank  []int32  // by slot
	lanes []lane   // one per region, or one for all
	all   sums     // players regardless of region
}

// sums[r] is the number of players at ranks below r.
type sums []int32

// between counts the players at ranks low to high, high excluded.
func (s sums) between(low, high int) int { return int(s[high] - s[low]) }

// lane is the tickets that accept one region: a list in order of skill from
// which the taken are unlinked, so that a search never steps over them. Links
// are ranks, -1 and the number of tickets at the ends.
type lane struct {
	prev, next []int32
	players    sums // before the pass took any; afterwards of those left
}

func (q *Queue) buildIndex() {
	x := &q.index
	n := len(q.bySkill.keys)
	x.slot = sized(x.slot, n)
	x.skill, x.size, x.taken = sized(x.skill, n), sized(x.size, n), sized(x.taken, n)
	x.mask, x.rank = sized(x.mask, n), sized(x.rank, len(q.entries))
	clear(x.taken)
	for rank, k := range q.bySkill.keys {
		x.slot[rank], x.rank[k.slot] = k.slot, int32(rank)
		x.skill[rank], x.size[rank] = k.skill(), k.size
	}
	for _, k := range q.byAge.keys { // in this order memory is read along
		x.mask[x.rank[k.slot]] = q.reach(k.slot)
	}
	if x.lanes == nil {
		x.lanes = make([]lane, max(1, len(q.rules.Regions)))
	}
	for i := range x.lanes {
		x.link(i)
	}
	x.count()
}

// regions is the set of all that there are.
func (x *index) regions() uint64 { return ^uint64(0) >> (64 - len(x.lanes)) }

// reach is the set of regions that the ticket accepts after its wait.
func (q *Queue) reach(slot int32) uint64 {
	if len(q.rules.Regions) == 0 {
		return ^uint64(0)
	}
	limit := q.rules.Latency.At(q.waited(slot))
	mask := uint64(0)
	for i, ms := range q.latencies(slot) {
		if ms <= limit && !math.IsInf(ms, 1) {
			mask |= 1 << i
		}
	}
	return mask
}

// link builds the list of a lane.
func (x *index) link(lane int) {
	l := &x.lanes[lane]
	n := len(x.slot)
	l.prev, l.next = sized(l.prev, n), sized(l.next, n)
	last, bit := int32(-1), uint64(1)<<lane
	for rank := range x.slot {
		if x.mask[rank]&bit == 0 {
			continue
		}
		l.prev[rank] = last
		if last >= 0 {
			l.next[last] = int32(rank)
		}
		last = int32(rank)
	}
	if last >= 0 {
		l.next[last] = int32(n)
	}
}

// knows tells whether the ticket was there when the index was built.
func (x *index) knows(slot int32) bool {
	if int(slot) >= len(x.rank) {
		return false
	}
	rank := int(x.rank[slot])
	return rank < len(x.slot) && x.slot[rank] == slot
}

// take unlinks a ticket from all its lanes.
func (x *index) take(rank int32) {
	x.taken[rank] = true
	for i := range x.lanes {
		if x.mask[rank]&(1<<i) == 0 {
			continue
		}
		l := &x.lanes[i]
		prev, next := l.prev[rank], l.next[rank]
		if prev >= 0 {
			l.next[prev] = next
		}
		if int(next) < len(x.slot) {
			l.prev[next] = prev
		}
	}
}

// count sums up the players who are not taken.
func (x *index) count() {
	n := len(x.slot)
	for i := range x.lanes {
		l := &x.lanes[i]
		l.players = sized(l.players, n+1)
		total, bit := int32(0), uint64(1)<<i
		for rank := range n {
			l.players[rank] = total
			if x.mask[rank]&bit != 0 && !x.taken[rank] {
				total += x.size[rank]
			}
		}
		l.players[n] = total
	}
	x.all = sized(x.all, n+1)
	total := int32(0)
	for rank := range n {
		x.all[rank] = total
		if !x.taken[rank] {
			total += x.size[rank]
		}
	}
	x.all[n] = total
}

// span finds the ranks, end excluded, of skills between low and high.
func (x *index) span(low, high float64) (first, end int) {
	first = sort.SearchFloat64s(x.skill, low)
	end = first + sort.Search(len(x.skill)-first, func(i int) bool { return x.skill[first+i] > high })
	return first, end
}

// sized returns s with n elements of no particular value.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}
