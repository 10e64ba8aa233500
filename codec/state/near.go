package state

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// near is interest by distance in one table. Most of what is near rests, and
// nobody walks far in a tick: so all of it is measured only now and then, at an
// anchor, and until the centre has left the anchor's surroundings only what has
// moved since, or was so close to an edge that the centre's way could matter.
type near struct {
	grid         *grid
	enter, leave float32 // squared
	radius       float32 // of leave

	// The anchor. The centre may go margin away from it: by less than slack,
	// so that rounding does not matter.
	x, y, slack  float32
	margin       float32 // squared
	inner, outer float32 // squared: what is between may come or go without moving
	box          box
	around       bitset // what was in the box at the anchor, or came in later

	// Of those the ones to be measured: first those at an edge, which are left out
	// as long as the centre rests, then those that moved.
	suspects  []uint16
	edge      int
	suspected bitset  // that moved
	atX, atY  float32 // the centre when they were measured last
	spent     int     // measurements since the anchor
	budget    int     // for them: a new anchor is cheaper
}

const (
	defaultLeave = 1.15
	slackOf      = 12 // the slack is this part of the radius
	budgetOf     = 10 // the budget is so many times an anchor's measurements
	manyCrossed  = 256
)

func newNear(n Near) *near {
	s := n.Table.base()
	leave := max(n.Enter, cmp.Or(n.Leave, n.Enter*defaultLeave))
	slack := leave / slackOf
	square := func(v float64) float32 { return float32(v * v) }
	return &near{
		grid:  s.gridFor(s.fieldNamed(n.X), s.fieldNamed(n.Y), leave),
		enter: square(n.Enter), leave: square(leave), radius: float32(leave),
		slack: float32(slack), margin: square(0.99 * slack), inner: square(leave - slack), outer: square(n.Enter + slack),
		budget: -1,
	}
}

func (s *store) fieldNamed(name string) int {
	for i, f := range s.typ.Fields {
		if f.Name == name && !f.Kind.variable() && f.Kind != Float && f.Kind != Angle {
			return i
		}
	}
	panic(fmt.Sprintf("state: %q has no q, int or uint field %q to measure distance by", s.typ.Name, name))
}

// adrift reports whether a new anchor is due. NaN is adrift.
func (n *near) adrift(v *View, words int) bool {
	dx, dy := v.x-n.x, v.y-n.y
	return !(dx*dx+dy*dy <= n.margin) || n.spent > n.budget || len(n.grid.crossed) > manyCrossed || len(n.around) != words
}

// follow brings now, which is of the tick before, to this one, and reports
// whether it has changed.
func (n *near) follow(v *View, now bitset, s *store) bool {
	g := n.grid
	if g.turnover {
		for j, live := range s.live {
			now[j] &= live &^ s.born[j]
		}
	}
	around := n.around
	for i := range g.crossed {
		c := &g.crossed[i]
		around[c.slot>>6] |= n.box.has(c) << (c.slot & 63)
	}
	n.suspect()
	return n.measure(v, now) || g.turnover
}

// suspect adds those around that have moved.
func (n *near) suspect() {
	moved := n.grid.moved
	around, suspected := n.around[:len(moved)], n.suspected[:len(moved)]
	for j, w := range moved {
		if fresh := w & around[j] &^ suspected[j]; fresh != 0 {
			suspected[j] |= fresh
			n.watch(j<<6, fresh)
		}
	}
}

// watch adds suspects by their bits from slot first.
func (n *near) watch(first int, fresh uint64) {
	for ; fresh != 0; fresh &= fresh - 1 {
		n.suspects = append(n.suspects, uint16(first+bits.TrailingZeros64(fresh)))
	}
}

// measure puts the suspects right, and reports whether any was not. Which radius
// counts follows no pattern, that somebody comes or goes is rare: only the latter
// is a branch.
func (n *near) measure(v *View, now bitset) (changed bool) {
	suspects := n.suspects
	if v.x == n.atX && v.y == n.atY {
		suspects = suspects[n.edge:]
	}
	spots, limits, x, y := n.grid.spots, [2]float32{n.enter, n.leave}, v.x, v.y
	for _, slot := range suspects {
		word, at := int(slot>>6), slot&63
		seen, near := 0, 0
		if now[word]&(1<<at) != 0 { // a bit test, shorter than a shift
			seen = 1
		}
		p := &spots[slot]
		if dx, dy := p.x-x, p.y-y; dx*dx+dy*dy <= limits[seen] {
			near = 1
		}
		if near != seen {
			now[word] ^= 1 << at
			changed = true
		}
	}
	n.spent += len(suspects)
	n.atX, n.atY = x, y
	return changed
}

// find fills now with what is near, farther out for what was seen before. It
// measures all that is around: this is an anchor.
func (n *near) find(v *View, set *viewSet, s *store) {
	g := n.grid
	n.x, n.y, n.box = v.x, v.y, g.around(v.x, v.y, n.radius+n.slack)
	n.suspects, n.spent = n.suspects[:0], 0
	n.around, n.suspected = n.around.resized(len(set.now)), n.suspected.resized(len(set.now))
	clear(n.around)
	clear(n.suspected)
	for j, known := range set.known {
		set.now[j] = known &^ s.born[j]
	}
	total := 0
	for row := n.box.top; row <= n.box.bottom; row++ {
		for _, cell := range g.cells[row*g.cols+n.box.left : row*g.cols+n.box.right+1] {
			n.pick(set.now, cell)
			total += len(cell)
		}
	}
	for j, around := range n.around {
		set.now[j] &= around
	}
	n.budget = budgetOf*total + 64
	n.edge, n.atX, n.atY = len(n.suspects), v.x, v.y
	n.suspects = slices.Grow(n.suspects, total) // all may move
}

// pick measures a cell. What is in, what is out and who is suspect follow no
// pattern, so there are no branches for it.
func (n *near) pick(now bitset, cell []uint16) {
	around := n.around[:len(now)]
	count := len(n.suspects)
	suspects := slices.Grow(n.suspects, len(cell))[:count+len(cell)]
	for _, slot := range cell {
		p := &n.grid.spots[slot]
		dx, dy := p.x-n.x, p.y-n.y
		d := dx*dx + dy*dy
		word, at := slot>>6, slot&63
		var enter, stay, calm, doubt uint64
		if d <= n.enter {
			enter = 1
		}
		if d <= n.leave {
			stay = 1
		}
		if d <= n.inner {
			calm = 1
		}
		if d <= n.outer {
			doubt = 1
		}
		in := enter | stay&(now[word]>>at)
		now[word] = now[word]&^(1<<at) | in<<at
		around[word] |= 1 << at
		suspects[count] = slot
		count += int(in&^calm | doubt&^in)
	}
	n.suspects = suspects[:count]
}

// nearness is 1 at the centre of interest and falls with distance.
func (n *near) nearness(v *View, slot int) float64 {
	p := &n.grid.spots[slot]
	distance := math.Hypot(float64(p.x-v.x), float64(p.y-v.y))
	return 1 / (1 + 8*distance/float64(n.radius))
}
