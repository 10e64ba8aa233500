package matchmaker

import (
	"cmp"
	"fmt"
	"math"
	"time"
)

// Queue holds the tickets of one game and finds matches. It belongs to one
// goroutine at a time. Times are counted from any origin that the caller keeps;
// a time before the latest one counts as the latest.
type Queue struct {
	rules  Rules
	shapes [][]shape // by size of party
	now    time.Duration

	tickets []Ticket  // by slot
	entries []entry   // by slot
	free    []int32   // slots of nobody
	latency []float64 // by slot and region, +Inf where there is none
	byID    map[string]int32
	players int
	added   uint64 // counts Adds: the order among tickets of one time

	byAge   order
	bySkill order

	backfills []*backfill // oldest first
	index     index
	pass      pass
	search    search
	output    output
	history   history
}

// entry is what a pass wants to know of each ticket. It is apart from the
// ticket, so that a pass reads little memory.
type entry struct {
	since  time.Duration
	gone   bool   // removed or matched; the slot is reused after the next pass
	hurdle Reason // of the last pass; TooFew stands for all kinds of too few
}

// New returns an empty queue, or tells which rule makes no sense.
func New(rules Rules) (*Queue, error) {
	rules = rules.withDefaults()
	if err := rules.check(); err != nil {
		return nil, fmt.Errorf("matchmaking rules: %w", err)
	}
	q := &Queue{rules: rules, byID: map[string]int32{}}
	for party := range rules.MaxParty + 1 {
		q.shapes = append(q.shapes, rules.shapes(party))
	}
	q.search.queue = q
	q.buildIndex() // of nobody, for Status
	return q, nil
}

// Rules that the queue follows, defaults filled in.
func (q *Queue) Rules() Rules { return q.rules }

// Len is the number of tickets that wait, Players how many players they bring.
func (q *Queue) Len() int     { return len(q.byID) }
func (q *Queue) Players() int { return q.players }

// Add puts a ticket into the queue; the next pass looks at it. It gives
// [ErrDuplicate], [ErrParty], [ErrRegion] or [ErrInvalid] when it cannot.
func (q *Queue) Add(t Ticket, now time.Duration) error {
	q.advance(now)
	t.Size = cmp.Or(t.Size, 1)
	if err := t.check(&q.rules); err != nil {
		return err
	}
	if _, ok := q.byID[t.ID]; ok {
		return fmt.Errorf("%w: ticket %q", ErrDuplicate, t.ID)
	}
	slot := q.slot()
	q.added++
	q.tickets[slot], q.entries[slot] = t, entry{since: q.now - t.Waited}
	for i, region := range q.rules.Regions {
		ms, ok := t.Latency[region]
		switch {
		case t.Latency == nil:
			ms = 0
		case !ok:
			ms = math.Inf(1)
		}
		q.latencies(slot)[i] = ms
	}
	q.byID[t.ID] = slot
	q.byAge.fresh = append(q.byAge.fresh, key{ageKey(q.entries[slot].since), q.added, slot, int32(t.Size)})
	q.bySkill.fresh = append(q.bySkill.fresh, key{skillKey(t.Skill), q.added, slot, int32(t.Size)})
	q.players += t.Size
	return nil
}

// Remove takes a ticket out and tells whether it was there.
func (q *Queue) Remove(id string) bool {
	slot, ok := q.byID[id]
	if ok {
		q.drop(slot)
	}
	return ok
}

func (q *Queue) drop(slot int32) {
	t := &q.tickets[slot]
	delete(q.byID, t.ID)
	q.players -= t.Size
	*t, q.entries[slot] = Ticket{}, entry{gone: true}
}

func (q *Queue) advance(now time.Duration) { q.now = max(q.now, now) }

// slot finds room for an entry.
func (q *Queue) slot() int32 {
	if n := len(q.free); n > 0 {
		slot := q.free[n-1]
		q.free = q.free[:n-1]
		return slot
	}
	q.tickets, q.entries = append(q.tickets, Ticket{}), append(q.entries, entry{})
	for range q.rules.Regions {
		q.latency = append(q.latency, 0)
	}
	return int32(len(q.entries) - 1)
}

func (q *Queue) latencies(slot int32) []float64 {
	n := len(q.rules.Regions)
	return q.latency[int(slot)*n:][:n]
}

func (q *Queue) waited(slot int32) time.Duration { return q.now - q.entries[slot].since }
