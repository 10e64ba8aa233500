package main

import (
	"sync"
	"time"
)

// schedule tells when each tick of one match was due, in the time of this
// process. All members of the match share it.
//
// Matches run on absolute deadlines: tick T is due at anchor + T·step. The
// anchor is the earliest that any member saw any frame, less half of the
// smallest round trip. So a late tick, a slow write and a stalled receiver all
// count; only what even the very best delivery of the whole run needed on top
// of the wire does not.
//
// A server that can't keep up drops deadlines, and its ticks are from then on
// whole steps later. When every frame of a while was late by at least a step,
// the anchor moves by whole steps, and they are counted as slipped.
type schedule struct {
	step time.Duration

	mu       sync.Mutex // guards the following
	anchor   time.Duration
	set      bool
	best     time.Duration // earliest offset since window
	window   time.Duration // when the current window began
	slipped  int
	half     time.Duration // of the smallest round trip
	halfOnce bool
}

// slipWindow is how long every frame must be late until the deadlines are
// taken to have moved.
const slipWindow = 2 * time.Second

func newSchedule(hz int) *schedule {
	return &schedule{step: time.Second / time.Duration(hz)}
}

// trip tells of a round trip that a member measured.
func (s *schedule) trip(rtt time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.halfOnce || rtt/2 < s.half {
		s.half, s.halfOnce = rtt/2, true
	}
}

// late takes the arrival of a frame and returns how late it was.
func (s *schedule) late(tick uint32, at time.Duration) time.Duration {
	offset := at - time.Duration(tick)*s.step
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.set || offset < s.anchor {
		s.anchor, s.set = offset, true
		s.best, s.window = offset, at
	}
	s.best = min(s.best, offset)
	if at-s.window >= slipWindow {
		if n := (s.best - s.anchor) / s.step; n > 0 {
			s.anchor += n * s.step
			s.slipped += int(n)
		}
		s.best, s.window = offset, at
	}
	return offset - s.anchor + s.half
}

func (s *schedule) slips() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slipped
}
