package lobby

import (
	"time"

	"tickwire/codec/state"
)

// relay holds back what spectators get for Game.SpectatorDelay, so that nobody
// plays by what a friend who watches can see. The lobby's goroutine owns it. It
// outlives matches: when one is over, those who watch have its end before them.
//
// Frames wait as bytes, each from the one before, with a keyframe now and then:
// who comes late, falls behind or asks anew begins with the next of those.
//
// A nil relay holds nothing back: spectators see what is.
type relay struct {
	delay time.Duration
	queue []relayed // from head on, in the order of their time
	head  int
	bytes int      // that wait
	free  [][]byte // buffers of frames that were sent

	// Of the last frame that was put in.
	view      *state.View
	last, key uint32 // ticks

	// As the spectators know it.
	start  *MatchStart // of the match that they watch; nil: none
	tables *Event      // the newest
	frames [2][2]Frame // by form; steady, key
	turn   Stats
}

// relayed is an event, or a frame in both forms.
type relayed struct {
	at   time.Time
	name string // of the event; "": a frame
	ev   *Event
	gone bool // the match was given up; nobody is told

	start      *MatchStart
	tick, base uint32
	steady     [2][]byte // by form; nil: none leads here
	full       [2][]byte // by form; nil: no keyframe
}

const (
	maxSpectatorDelay = 10 * time.Minute
	maxRelay          = 16 << 20 // bytes that wait; beyond, spectators see a pause
	eventBytes        = 256      // that an event counts for
	relayKeyEvery     = time.Second
)

func newRelay(delay time.Duration) *relay {
	if delay <= 0 {
		return nil
	}
	return &relay{delay: delay}
}

// event puts in what everybody is told. When too much waits, chat and the events
// of the game are dropped. The others are few, and spectators who miss one would
// watch a match that is over, or could not read its frames.
func (y *relay) event(now time.Time, ev *Event) {
	if y.bytes < maxRelay || ev.Name != EventChat && ev.Name != EventMatch {
		y.put(relayed{at: now.Add(y.delay), name: ev.Name, ev: ev}, eventBytes)
	}
}

// begin puts in the start of a match.
func (y *relay) begin(now time.Time, start *MatchStart) {
	y.view = nil
	y.put(relayed{at: now.Add(y.delay), name: EventMatchStart, start: start}, eventBytes+len(start.Schema))
}

// giveUp ends a match that nobody plays any more.
func (y *relay) giveUp(now time.Time) {
	if y != nil {
		y.put(relayed{at: now.Add(y.delay), name: EventMatchEnd, gone: true}, eventBytes)
	}
}

func (y *relay) put(e relayed, bytes int) {
	if y.head > 0 && y.head >= len(y.queue)/2 {
		n := copy(y.queue, y.queue[y.head:])
		clear(y.queue[n:])
		y.queue, y.head = y.queue[:n], 0
	}
	y.bytes += bytes
	y.queue = append(y.queue, e)
}

// record puts in the state that spectators may see.
func (y *relay) record(r *run, now time.Time) {
	if y.bytes > maxRelay {
		y.view = nil // a gap: the next begins anew
		return
	}
	view, tick := r.spectators, r.world.Tick()
	if view == nil {
		view = r.world.Everybody()
	}
	anew := view != y.view
	full := anew || tick-y.key >= r.ticks(relayKeyEvery)
	e := relayed{at: now.Add(y.delay), tick: tick, base: y.last}
	a, size := r.audienceOf(view), 0
	a.used = tick
	for i := range a.forms {
		f := &a.forms[i]
		if !anew {
			frame, k := f.since(step{base: y.last, last: y.last, now: tick, synced: true})
			if k != keyframe {
				e.steady[i] = y.keep(frame.Bytes)
			}
			full = full || k == keyframe
		}
		if full {
			e.full[i] = y.keep(f.keyframe(tick).Bytes)
		}
		size += len(e.steady[i]) + len(e.full[i])
	}
	y.view, y.last = view, tick
	if full {
		y.key = tick
	}
	y.put(e, size)
}

// keep copies a frame into a buffer that is used again.
func (y *relay) keep(frame []byte) []byte {
	var buf []byte
	if n := len(y.free); n > 0 {
		buf, y.free = y.free[n-1], y.free[:n-1]
	}
	return append(buf[:0], frame...)
}

// next is when spectators get something next; zero: nothing waits.
func (y *relay) next() time.Time {
	if y == nil || y.head == len(y.queue) {
		return time.Time{}
	}
	return y.queue[y.head].at
}
