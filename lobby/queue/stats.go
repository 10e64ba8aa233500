package queue

import (
	"sync/atomic"
	"time"
)

// Stats is what has happened in the queue of one game.
type Stats struct {
	Game             string
	Tickets, Players int // that wait, as of the last pass

	Joined    uint64 // tickets that came
	Matches   uint64 // lobbies that were opened
	Backfills uint64 // times that players were sent into running matches
	Returned  uint64 // tickets that came back since others did not show up
	NoShows   uint64 // tickets, or single players, that did not take their seat
	Faults    uint64 // passes in which a rule panicked

	Passes       uint64
	PassTime     time.Duration // of all passes
	LongestPass  time.Duration
	Matched      uint64        // tickets that a match was found for
	MatchedAfter time.Duration // the sum of their waits
}

// counters is the live form of Stats. The service's goroutine adds, anyone
// reads.
type counters struct {
	tickets, players                                      atomic.Int64
	joined, matches, backfills, returned, noShows, faults atomic.Uint64
	passes, passTime, longest                             atomic.Uint64
	waited                                                waits
}

type waits struct{ n, sum atomic.Uint64 }

func (w *waits) add(d time.Duration) {
	w.n.Add(1)
	w.sum.Add(uint64(d))
}

func (c *counters) passed(d time.Duration) {
	c.passes.Add(1)
	c.passTime.Add(uint64(d))
	c.longest.Store(max(c.longest.Load(), uint64(d)))
}

// Stats tells about each queue, in the order of the games. Any goroutine may
// call it.
func (s *Service) Stats() []Stats {
	var all []Stats
	for _, info := range s.opt.Lobbies.Games() {
		l := s.lines[info.Name]
		if l == nil {
			continue
		}
		c := &l.stats
		all = append(all, Stats{
			Game: info.Name, Tickets: int(c.tickets.Load()), Players: int(c.players.Load()),
			Joined: c.joined.Load(), Matches: c.matches.Load(), Backfills: c.backfills.Load(),
			Returned: c.returned.Load(), NoShows: c.noShows.Load(), Faults: c.faults.Load(),
			Passes: c.passes.Load(), PassTime: time.Duration(c.passTime.Load()), LongestPass: time.Duration(c.longest.Load()),
			Matched: c.waited.n.Load(), MatchedAfter: time.Duration(c.waited.sum.Load()),
		})
	}
	return all
}

// Ratings tells how many matches were rated, and how many could not be.
func (s *Service) Ratings() (rated, unrated uint64) { return s.rated.Load(), s.unrated.Load() }
