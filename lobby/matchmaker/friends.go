package matchmaker

import "slices"

// Limits of the search with the rule Together.
const (
	maxBarred = 4       // tickets that are left out of another attempt
	maxLooks  = 1 << 17 // calls of the rule around one ticket in one region
	// lookCost is a call of the rule in candidates looked at.
	lookCost = 4
)

// friends is a group of tickets around the anchor of which any two may meet. It
// is found greedily, nearest first. That can go wrong when one that joined
// early keeps the others out, so there are further attempts without it.
type friends struct {
	group    []int32 // ranks, the anchor first
	refusals []int   // how many candidates each kept out
	refused  bool    // somebody was kept out
	barred   []int32
	looks    int
}

func (f *friends) reset() {
	f.barred, f.looks = f.barred[:0], 0
}

// barWorst leaves out the one that kept the most others out. It tells whether
// another attempt is worth it.
func (f *friends) barWorst() bool {
	worst := 0
	for i := 1; i < len(f.group); i++ {
		if f.refusals[i] > f.refusals[worst] || worst == 0 {
			worst = i
		}
	}
	if worst == 0 || f.refusals[worst] == 0 || len(f.barred) == maxBarred || f.looks >= maxLooks {
		return false
	}
	f.barred = append(f.barred, f.group[worst])
	return true
}

// gatherFriends fills the pool with tickets of which any two may meet.
func (s *search) gatherFriends(lane int) {
	q, f := s.queue, &s.friends
	x := &q.index
	l := &x.lanes[lane]
	f.group, f.refusals = append(f.group[:0], s.anchor), append(f.refusals[:0], 0)
	f.refused = len(f.barred) > 0
	before := f.looks
	left, right := l.prev[s.anchor], l.next[s.anchor]
	for got, want := 0, 2*s.want(); got < want && f.looks < maxLooks; {
		hasLeft, hasRight := int(left) >= s.first, int(right) < s.end
		var r int32
		switch {
		case !hasLeft && !hasRight:
			want = 0
			continue
		case !hasRight, hasLeft && x.skill[s.anchor]-x.skill[left] <= x.skill[right]-x.skill[s.anchor]:
			r, left = left, l.prev[left]
		default:
			r, right = right, l.next[right]
		}
		if !slices.Contains(f.barred, r) && s.befriends(r) {
			f.group, f.refusals = append(f.group, r), append(f.refusals, 0)
			got += int(x.size[r])
		}
	}
	q.pass.left -= lookCost * (f.looks - before)
	s.pool = append(s.pool[:0], f.group...)
	slices.Sort(s.pool)
}

// befriends asks all of the group about one more.
func (s *search) befriends(rank int32) bool {
	q, f := s.queue, &s.friends
	candidate := &q.tickets[q.index.slot[rank]]
	for i, r := range f.group {
		f.looks++
		if !q.rules.Together(&q.tickets[q.index.slot[r]], candidate) {
			f.refusals[i]++
			f.refused = true
			return false
		}
	}
	return true
}
