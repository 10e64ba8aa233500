package matchmaker

import (
	"slices"
	"time"
)

// pass is what one Pass keeps for the next.
type pass struct {
	left int // of the budget
	// Where the next pass starts when the budget ran out: at this ticket in the
	// order of age, and at this backfill.
	ticket   key
	backfill int
}

// anchorCost is what the search around one ticket costs at least, in candidates
// looked at.
const anchorCost = 16

// Pass looks for matches: first for running matches with open places, then
// around each ticket, longest waiting first. The tickets of the matches it
// returns have left the queue. A rule that panics leaves the queue as it was.
func (q *Queue) Pass(now time.Duration) []Match {
	q.advance(now)
	q.settle()
	q.buildIndex()
	q.output.reset()
	q.pass.left = q.rules.Budget
	q.fillBackfills()
	q.findMatches()
	q.index.count()
	for _, rank := range q.output.ranks {
		slot := q.index.slot[rank]
		q.history.add(q.index.skill[rank], int(q.index.size[rank]), q.waited(slot), q.now)
		q.drop(slot)
	}
	q.closeBackfills()
	return q.output.matches
}

func (q *Queue) findMatches() {
	keys := q.byAge.keys
	start, _ := slices.BinarySearchFunc(keys, q.pass.ticket, compareKeys)
	for i := range keys {
		key := keys[(start+i)%len(keys)]
		rank := q.index.rank[key.slot]
		if q.index.taken[rank] {
			continue
		}
		if q.pass.left <= 0 {
			q.pass.ticket = key
			return
		}
		q.pass.left -= anchorCost
		if q.search.run(rank) {
			q.emit(&q.search)
		}
	}
	q.pass.ticket = key{} // before all others
}

// emit puts the best proposal of a search out as a match.
func (q *Queue) emit(s *search) {
	s.best.fill(q, s, &q.output)
	for _, m := range s.best.members {
		q.index.take(m.rank)
		q.output.ranks = append(q.output.ranks, m.rank)
	}
}

// output is the memory of matches.
type output struct {
	matches []Match
	teams   [][]Ticket
	tickets []Ticket
	ranks   []int32 // of the tickets that go
}

func (o *output) reset() {
	clear(o.matches)
	clear(o.teams)
	clear(o.tickets) // so that nothing of the last pass is kept alive
	o.matches, o.teams, o.tickets, o.ranks = o.matches[:0], o.teams[:0], o.tickets[:0], o.ranks[:0]
}
