package matchmaker

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"time"
)

// backfill is a running match that waits for players.
type backfill struct {
	request Backfill
	since   time.Duration
	region  int
	joining []int // players per team whom the pass under way has found
}

// SetBackfill asks for players for a running match, or changes what it asked
// for; its wait goes on. It gives [ErrInvalid] for a request that makes no
// sense and [ErrRegion] for a region that the queue does not know.
func (q *Queue) SetBackfill(b Backfill, now time.Duration) error {
	q.advance(now)
	if err := b.check(); err != nil {
		return err
	}
	region := 0
	if len(q.rules.Regions) > 0 {
		region = slices.Index(q.rules.Regions, b.Region)
	}
	if region < 0 || len(q.rules.Regions) == 0 && b.Region != "" {
		return fmt.Errorf("%w: the queue has no region %q", ErrRegion, b.Region)
	}
	b.Open = slices.Clone(b.Open)
	i := q.findBackfill(b.ID)
	if i < 0 {
		i = len(q.backfills)
		q.backfills = append(q.backfills, &backfill{since: q.now})
	}
	old := q.backfills[i]
	old.request, old.region, old.joining = b, region, make([]int, len(b.Open))
	return nil
}

// RemoveBackfill takes the request back and tells whether it was there. A
// request whose places are taken has left by itself.
func (q *Queue) RemoveBackfill(id string) bool {
	i := q.findBackfill(id)
	if i < 0 {
		return false
	}
	q.backfills = slices.Delete(q.backfills, i, i+1)
	return true
}

// Backfills is the number of running matches that wait for players.
func (q *Queue) Backfills() int { return len(q.backfills) }

func (q *Queue) findBackfill(id string) int {
	return slices.IndexFunc(q.backfills, func(b *backfill) bool { return b.request.ID == id })
}

// fillBackfills spends up to a quarter of the budget, so that new matches do
// not wait behind matches that nobody fits. It goes on where it stopped.
func (q *Queue) fillBackfills() {
	n := len(q.backfills)
	for _, b := range q.backfills {
		clear(b.joining)
	}
	if n == 0 || len(q.byAge.keys) == 0 {
		return
	}
	reserve := q.pass.left - q.pass.left/4
	start := q.pass.backfill % n
	q.pass.backfill = 0
	for i := range n {
		if q.pass.left <= reserve {
			q.pass.backfill = (start + i) % n
			return
		}
		q.fillBackfill(q.backfills[(start+i)%n])
	}
}

func (q *Queue) fillBackfill(b *backfill) {
	s := &q.search
	s.joined = s.joined[:0]
	own := q.rules.Skill.At(q.now - b.since)
	reach := max(own, q.rules.Skill.At(q.waited(q.byAge.keys[0].slot)))
	for rank := range q.index.around(b.request.Skill) {
		q.pass.left--
		distance := math.Abs(q.index.skill[rank] - b.request.Skill)
		if distance > reach || b.full() {
			break
		}
		if q.index.taken[rank] || q.index.mask[rank]&(1<<b.region) == 0 {
			continue
		}
		slot := q.index.slot[rank]
		if distance <= max(own, q.rules.Skill.At(q.waited(slot))) {
			q.join(b, rank)
		}
	}
	if len(s.joined) > 0 {
		q.fillMatch(b, &q.output)
		for _, m := range s.joined {
			q.index.take(m.rank)
			q.output.ranks = append(q.output.ranks, m.rank)
		}
	}
}

// join seats a ticket in the running match if the rules let it.
func (q *Queue) join(b *backfill, rank int32) {
	s := &q.search
	t := &q.tickets[q.index.slot[rank]]
	team := b.roomiest()
	if t.NoBackfill || b.room(team) < t.Size {
		return
	}
	if q.rules.Together != nil {
		for _, m := range s.joined {
			q.pass.left -= lookCost
			if !q.rules.Together(&q.tickets[q.index.slot[m.rank]], t) {
				return
			}
		}
	}
	s.joined = append(s.joined, member{rank, int32(team)})
	b.joining[team] += t.Size
	if q.rules.Accept == nil {
		return
	}
	s.preview.reset()
	q.fillMatch(b, &s.preview)
	if !q.rules.Accept(&s.preview.matches[0]) {
		s.joined = s.joined[:len(s.joined)-1]
		b.joining[team] -= t.Size
	}
}

func (b *backfill) room(team int) int { return b.request.Open[team] - b.joining[team] }

func (b *backfill) full() bool { return b.room(b.roomiest()) == 0 }

// roomiest is the team with the most open places, the first of several.
func (b *backfill) roomiest() int {
	best := 0
	for i := range b.joining {
		if b.room(i) > b.room(best) {
			best = i
		}
	}
	return best
}

// fillMatch writes out who joins the running match.
func (q *Queue) fillMatch(b *backfill, o *output) {
	m := Match{
		Backfill: b.request.ID, Data: b.request.Data, Region: b.request.Region,
		Window: q.rules.Skill.At(q.now - b.since),
	}
	firstTeam, players := len(o.teams), 0
	for team := range b.joining {
		first := len(o.tickets)
		for _, joined := range q.search.joined {
			if int(joined.team) != team {
				continue
			}
			slot := q.index.slot[joined.rank]
			t := q.tickets[slot]
			o.tickets = append(o.tickets, t)
			players += t.Size
			m.Skill += t.Skill * float64(t.Size)
			m.Spread = max(m.Spread, math.Abs(t.Skill-b.request.Skill))
			m.Waited = max(m.Waited, q.waited(slot))
			m.Window = max(m.Window, q.rules.Skill.At(q.waited(slot)))
			if len(q.rules.Regions) > 0 {
				m.Latency = max(m.Latency, q.latencies(slot)[b.region])
			}
		}
		o.teams = append(o.teams, o.tickets[first:len(o.tickets):len(o.tickets)])
	}
	m.Skill /= float64(max(1, players))
	m.Teams = o.teams[firstTeam:len(o.teams):len(o.teams)]
	o.matches = append(o.matches, m)
}

// closeBackfills takes note of the places that the pass has filled.
func (q *Queue) closeBackfills() {
	q.backfills = slices.DeleteFunc(q.backfills, func(b *backfill) bool {
		for team, n := range b.joining {
			b.request.Open[team] -= n
			b.joining[team] = 0
		}
		return b.full()
	})
}

// around yields all ranks, those of the nearest skill first.
func (x *index) around(skill float64) func(yield func(int32) bool) {
	return func(yield func(int32) bool) {
		right := sort.SearchFloat64s(x.skill, skill)
		left := right - 1
		for left >= 0 || right < len(x.skill) {
			rank := right
			if right == len(x.skill) || left >= 0 && skill-x.skill[left] <= x.skill[right]-skill {
				rank = left
				left--
			} else {
				right++
			}
			if !yield(int32(rank)) {
				return
			}
		}
	}
}
