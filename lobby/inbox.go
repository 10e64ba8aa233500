package lobby

import (
	"math"
	"sync"
)

// command is something that a lobby's goroutine is asked to do: exactly one of
// the two is called.
type command struct {
	do   func(*lobby)
	fail func(error) // the lobby closed before do could run
}

// inbox hands commands to the goroutine of one lobby. Inputs do not pass
// through it: each player has a queue of its own, so that a flood of one
// leaves the others alone and an input costs no allocation.
type inbox struct {
	wake  chan struct{} // holds a value while commands may be waiting
	limit int           // of those that wait, see Options.MaxInbox

	mu     sync.Mutex // guards the following
	queue  []command
	closed bool
}

func (b *inbox) init(limit int) {
	b.wake, b.limit = make(chan struct{}, 1), limit
}

// push queues c. When it returns an error, neither function of c is called.
func (b *inbox) push(c command) error {
	return b.pushBelow(c, b.limit)
}

// force queues c however many wait: for commands whose number is bounded
// otherwise and that must not be lost, such as a member's farewell.
func (b *inbox) force(c command) error {
	return b.pushBelow(c, math.MaxInt)
}

func (b *inbox) pushBelow(c command, limit int) error {
	b.mu.Lock()
	switch {
	case b.closed:
		b.mu.Unlock()
		return errClosed
	case len(b.queue) >= limit:
		b.mu.Unlock()
		return errBusy
	}
	b.queue = append(b.queue, c)
	b.mu.Unlock()
	b.nudge()
	return nil
}

// nudge wakes up the owner.
func (b *inbox) nudge() {
	select {
	case b.wake <- struct{}{}:
	default: // it has been woken and has not looked yet
	}
}

// swap takes what waits and leaves empty, an old slice, in its place.
func (b *inbox) swap(empty []command) []command {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.queue
	b.queue = empty[:0]
	return full
}

// close refuses further commands and fails those that wait.
func (b *inbox) close() {
	b.mu.Lock()
	left := b.queue
	b.queue, b.closed = nil, true
	b.mu.Unlock()
	for _, c := range left {
		c.fail(errClosed)
	}
}

var (
	errClosed = &Error{Code: NotFound, Message: "the lobby is closed"}
	errBusy   = &Error{Code: Busy, Message: "the lobby has too much to do; try again"}
)
