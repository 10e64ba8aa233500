package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// tally counts what players saw.
type tally struct {
	seats, returns, noShows, strangers atomic.Uint64

	draining atomic.Bool // requests may be refused for that

	mu      sync.Mutex // guards the following
	answers map[string]map[string]uint64
	pushes  map[string]uint64
	faults  []string // what must not be
	times   []string // what must not be unless the process was starved
}

func newTally() *tally {
	return &tally{answers: map[string]map[string]uint64{}, pushes: map[string]uint64{}}
}

// fine are the outcomes that players may meet without anything being wrong.
var fine = map[string]bool{
	"ok": true, "connection lost": true,
	"ROOM_FULL": true, "NOT_FOUND": true, "BAD_CODE": true, "WRONG_PHASE": true, "ALREADY_IN_LOBBY": true, "NOT_IN_LOBBY": true,
	"NOT_READY": true, "BAD_TICKET": true, "NOT_LEADER": true, "NOT_IN_PARTY": true, "ALREADY_IN_PARTY": true, "PARTY_FULL": true,
	"ALREADY_QUEUED": true, "NOT_QUEUED": true, "RATE_LIMITED": true,
}

func (t *tally) answered(event, outcome string) {
	if !fine[outcome] && !(outcome == "DRAINING" && t.draining.Load()) {
		t.wrong("%s is answered %s", event, outcome)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answers[event] == nil {
		t.answers[event] = map[string]uint64{}
	}
	t.answers[event][outcome]++
}

func (t *tally) pushed(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pushes[what]++
}

// late notes what a process that gets no processor time does to its players.
func (t *tally) late(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.times) < maxFaults {
		t.times = append(t.times, fmt.Sprintf(format, args...))
	}
}

// maxFaults bounds what is told of.
const maxFaults = 50

func (t *tally) wrong(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.faults) < maxFaults {
		t.faults = append(t.faults, fmt.Sprintf(format, args...))
	}
}
