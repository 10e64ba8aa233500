package lobby

import (
	"sync/atomic"
	"time"

	"tickwire/tick"
)

// meter counts what happens in all matches of one game. The matches add, anyone
// reads.
type meter struct {
	counters
	faults, stuck atomic.Uint64

	took, late  histogram // of steps
	encode, fan histogram // of sends
	trips       histogram // of acknowledgements
}

// Timing is a histogram with what its durations sum up to.
type Timing struct {
	Histogram
	Sum time.Duration
}

// GameStats is what happened in all matches of one game since the start, and
// how many lobbies it has now.
type GameStats struct {
	Game   string
	Policy tick.Policy // what the game's matches do when they are late
	Stats
	Faults uint64 // matches that ended because their rules panicked
	Stuck  uint64 // matches that were given up because their rules did not come back

	Took, Late Timing // of steps: how long they took, how long after their deadline they began
	Encode     Timing // of sends: making the frames that members share
	Fan        Timing // of sends: the rest, which is handing them to the members' connections
	// Trips are round trips, as acknowledgements tell them: from the send of a
	// tick to the step that finds its acknowledgement, in whole ticks.
	Trips Timing

	Lobbies    map[Phase]int
	Players    int // seats that are taken, or about to be
	Reserved   int // seats that wait for a ticket
	Spectators int
}

// GameStats returns the counts of each game, in the order of their
// registration. It looks at all lobbies: for each scrape of the metrics, not for
// each tick.
func (d *Directory) GameStats() []GameStats {
	all := make([]GameStats, len(d.games.list))
	at := make(map[*game]*GameStats, len(all))
	for i, g := range d.games.list {
		m := &g.meter
		all[i] = GameStats{
			Game: g.Name, Policy: g.Overrun, Stats: m.read(), Faults: m.faults.Load(), Stuck: m.stuck.Load(),
			Took: m.took.timing(), Late: m.late.timing(), Encode: m.encode.timing(), Fan: m.fan.timing(), Trips: m.trips.timing(),
			Lobbies: map[Phase]int{},
		}
		at[g] = &all[i]
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.lobbies {
		s := at[l.game]
		s.Lobbies[l.listing.known().Phase]++
		s.Players += l.listing.taken - len(l.listing.holds)
		s.Reserved += len(l.listing.holds)
		s.Spectators += l.listing.watching
	}
	return all
}

// maxTrip bounds the round trips that are told apart, in ticks.
const maxTrip = 64

// trips counts the round trips of one turn, by their ticks.
type trips struct {
	counts [maxTrip]uint32
	some   bool
}

func (t *trips) add(ticks uint32) {
	t.counts[min(ticks, maxTrip-1)]++
	t.some = true
}

func (t *trips) flush(to *histogram, interval time.Duration) {
	if !t.some {
		return
	}
	for ticks, n := range t.counts {
		if n > 0 {
			to.addN(time.Duration(ticks)*interval, uint64(n))
		}
	}
	*t = trips{}
}
