package matchmaker

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"time"
)

// Ticket is a player or a party that waits for a match. A queue keeps it as it
// was added; the caller changes neither Latency nor what Data points to while a
// pass may read it.
type Ticket struct {
	// ID is unique among the tickets of the queue.
	ID string
	// Size is how many players it brings; they stay together. Default 1.
	Size int
	// Skill compares tickets, in a unit of the caller's: for a party the mean
	// of its players, or the best of them where smurfs are a plague.
	Skill float64
	// Latency maps regions to round trips in milliseconds. A region that is
	// missing cannot be used; nil fits every region. Names that the queue does
	// not know are ignored.
	Latency map[string]float64
	// Waited is credit for an earlier wait, as after a match that did not start.
	Waited time.Duration
	// NoBackfill keeps the ticket out of running matches.
	NoBackfill bool
	// Data is the caller's.
	Data any
}

// Backfill is a running match with open places. It stays in the queue until
// they are taken; matches may fill it bit by bit.
type Backfill struct {
	// ID is unique among the backfills of the queue.
	ID string
	// Open are the open places of each team.
	Open []int
	// Skill is the mean of those who play.
	Skill float64
	// Region where the match runs; empty if and only if the queue has none.
	Region string
	// Data is the caller's.
	Data any
}

// Match is what a pass found. Its memory is the queue's: it is valid until the
// next call of [Queue.Pass], or during the call of a rule.
type Match struct {
	// Backfill is the running match that the tickets join, Data what came with
	// it. Empty for a new match.
	Backfill string
	Data     any
	// Region where all tickets meet their limit. Empty without regions.
	Region string
	// Teams hold the tickets. A backfill lists all teams of the running match,
	// those that get nobody too.
	Teams [][]Ticket

	// Skill is the mean over players, Spread the largest difference of two
	// tickets (of a backfill: of a ticket to the mean of those who play),
	// Window what it was allowed to be.
	Skill, Spread, Window float64
	// Imbalance is the largest difference between the mean skills of two teams;
	// 0 for a backfill.
	Imbalance float64
	// Latency is the worst of the match in milliseconds, 0 when unknown.
	Latency float64
	// Waited is the longest wait in the match.
	Waited time.Duration
}

// Tickets of all teams.
func (m *Match) Tickets() iter.Seq[*Ticket] {
	return func(yield func(*Ticket) bool) {
		for _, team := range m.Teams {
			for i := range team {
				if !yield(&team[i]) {
					return
				}
			}
		}
	}
}

// Players of all tickets.
func (m *Match) Players() int {
	n := 0
	for t := range m.Tickets() {
		n += t.Size
	}
	return n
}

var (
	// ErrDuplicate says that the ID is already in the queue.
	ErrDuplicate = errors.New("already in the queue")
	// ErrParty says that the party is larger than the rules allow.
	ErrParty = errors.New("party is too large")
	// ErrRegion says that the ticket could never play in any of the regions.
	ErrRegion = errors.New("no region is near enough")
	// ErrInvalid says that a field has a value that makes no sense.
	ErrInvalid = errors.New("invalid ticket")
)

func (t *Ticket) check(r *Rules) error {
	switch {
	case t.ID == "":
		return fmt.Errorf("%w: no ID", ErrInvalid)
	case math.IsNaN(t.Skill) || math.IsInf(t.Skill, 0):
		return fmt.Errorf("%w: skill %v", ErrInvalid, t.Skill)
	case t.Size < 0:
		return fmt.Errorf("%w: size %d", ErrInvalid, t.Size)
	case t.Waited < 0:
		return fmt.Errorf("%w: waited %v", ErrInvalid, t.Waited)
	case t.Size > r.MaxParty:
		return fmt.Errorf("%w: %d players, at most %d", ErrParty, t.Size, r.MaxParty)
	}
	return t.checkLatency(r)
}

func (t *Ticket) checkLatency(r *Rules) error {
	if len(r.Regions) == 0 || t.Latency == nil {
		return nil
	}
	best := math.Inf(1)
	for _, region := range r.Regions {
		ms, ok := t.Latency[region]
		if !ok {
			continue
		}
		if !(ms >= 0) {
			return fmt.Errorf("%w: %v ms to %s", ErrInvalid, ms, region)
		}
		best = min(best, ms)
	}
	if limit := r.Latency.widest(); math.IsInf(best, 1) || best > limit {
		return fmt.Errorf("%w: the best is %.0f ms, the limit %.0f ms", ErrRegion, best, limit)
	}
	return nil
}

func (b *Backfill) check() error {
	places := 0
	for _, n := range b.Open {
		if n < 0 || n > maxPlayers {
			return fmt.Errorf("%w: open places %v", ErrInvalid, b.Open)
		}
		places += n
	}
	switch {
	case b.ID == "":
		return fmt.Errorf("%w: no ID", ErrInvalid)
	case places == 0 || len(b.Open) > maxPlayers:
		return fmt.Errorf("%w: open places %v", ErrInvalid, b.Open)
	case math.IsNaN(b.Skill) || math.IsInf(b.Skill, 0):
		return fmt.Errorf("%w: skill %v", ErrInvalid, b.Skill)
	}
	return nil
}
