package main

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// dues tells when ticks were due: the server of a profile writes it, the clients
// read it, in memory that both processes share.
//
// From outside, a server that has dropped a deadline looks like one that is late
// by a step from then on. Type schedule sees the difference after seconds only,
// and while deadlines are dropped all the time it sees none.
type dues struct {
	words []atomic.Int64 // duesTicks of each match; ns of the machine's clock, 0 = no such tick
}

const (
	duesTicks   = 1 << 12 // of a match that are remembered
	duesMatches = 1 << 11 // their ids count from 1
	duesBytes   = 8 * duesTicks * duesMatches
)

// of returns the ticks of a match, nil if there are none to be had.
func (d *dues) of(match string) dueTicks {
	n, err := strconv.ParseInt(strings.TrimPrefix(match, "m"), 36, 32)
	if d == nil || err != nil || n < 0 || n >= duesMatches {
		return nil
	}
	return d.words[n*duesTicks:][:duesTicks]
}

// dueTicks are those of one match.
type dueTicks []atomic.Int64

func (t dueTicks) set(tick uint32, due time.Duration) { t[tick%duesTicks].Store(int64(due)) }

// get returns false for a tick that nobody has told of.
func (t dueTicks) get(tick uint32) (due time.Duration, ok bool) {
	if t == nil {
		return 0, false
	}
	due = time.Duration(t[tick%duesTicks].Load())
	return due, due > 0
}

// grid finds the deadlines of a match from when its steps begin. They lie where
// the earliest step says: a match drops deadlines, but never moves them by less
// than a step.
type grid struct {
	step   time.Duration
	anchor time.Duration // when tick 0 was due
	last   time.Duration // begin of the step before; 0 = there was none
	due    time.Duration // of the last send
}

// begin notes that a step begins and returns the first deadline since the step
// before: all that have passed meanwhile wait for the frame of this one. steps
// that catch up are parts of the same turn, and false.
func (g *grid) begin(tick uint32, now time.Duration) (due time.Duration, first bool) {
	zero := now - time.Duration(tick)*g.step
	if g.last == 0 {
		g.anchor, g.due = zero, now
	} else {
		g.anchor = min(g.anchor, zero)
	}
	if g.last > 0 {
		// A step as early as the earliest may lie some ns before its deadline.
		slack := g.step / 32
		next := g.anchor + ((g.last-g.anchor+slack)/g.step+1)*g.step
		if next > now+slack {
			return g.due, false
		}
		g.due = min(next, now)
	}
	g.last = now
	return g.due, true
}
