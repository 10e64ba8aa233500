package lobby

import (
	"sync/atomic"
	"time"
)

// RunningMatch is a match that runs, with what it has counted since it began.
type RunningMatch struct {
	Lobby, Code, Name string // of its lobby
	Game              string
	Match             string
	Hz, SendHz        int
	Players           int // seats that are taken
	Spectators        int
	Began             time.Time
	Stats             Stats
	Took, Late        Timing // of its steps
}

// Matches lists the matches that run, those of the oldest lobbies first and up
// to n of them from the one at offset on; in, if not "", is the id of the only
// lobby that is looked at. total is how many run.
func (d *Directory) Matches(in string, offset, n int) (list []RunningMatch, total int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if in != "" {
		if l := d.lobbies[in]; l != nil && l.listing.run != nil && offset == 0 && n > 0 {
			return []RunningMatch{l.runningLocked()}, 1
		}
		return nil, 0
	}
	n = min(max(n, 0), maxList)
	for e := d.byAge.Front(); e != nil; e = e.Next() {
		l := e.Value.(*lobby)
		if l.listing.run == nil {
			continue
		}
		if total++; total > offset && len(list) < n {
			list = append(list, l.runningLocked())
		}
	}
	return list, total
}

// runningLocked reads what the directory and the counters of the match tell. It
// does not ask the lobby's goroutine, which may be busy.
func (l *lobby) runningLocked() RunningMatch {
	r, known := l.listing.run, &l.listing
	return RunningMatch{
		Lobby: l.id, Code: known.summary.Code, Name: known.summary.Name, Game: l.game.Name, Match: r.id,
		Hz: l.game.Hz, SendHz: l.game.SendHz, Players: known.taken - len(known.holds), Spectators: known.watching,
		Began: r.began, Stats: r.total.read(), Took: r.took.timing(), Late: r.late.timing(),
	}
}

// known is the lobby as the operator sees it.
func (in *listing) known() Summary {
	if in.summary.ID == "" {
		return in.first
	}
	return in.summary
}

// flow is how a member gets along with what it is sent, for who looks on. The
// lobby's goroutine writes it.
type flow struct {
	skipped atomic.Uint64
	behind  atomic.Bool
	trip    atomic.Int64 // ns, and 1 more; 0 = not known
}

// Flow is how a member gets along with what it is sent.
type Flow struct {
	Skipped   uint64        // state frames that were held back, in all
	Behind    bool          // the last one was
	RoundTrip time.Duration // the latest, in whole ticks; negative = not known
}

// Flow may be called by any goroutine.
func (m *Member) Flow() Flow {
	return Flow{Skipped: m.flow.skipped.Load(), Behind: m.flow.behind.Load(), RoundTrip: time.Duration(m.flow.trip.Load() - 1)}
}

func (f *flow) hold() {
	f.skipped.Add(1)
	f.behind.Store(true)
}

func (f *flow) pass() {
	if f.behind.Load() {
		f.behind.Store(false)
	}
}
