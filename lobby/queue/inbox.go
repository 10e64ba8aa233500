package queue

import (
	"sync"

	"tickwire/lobby"
)

// command is something that the service's goroutine is asked to do. fail is
// nil for what must be done to the end.
type command struct {
	do   func()
	fail func(error)
}

// inbox hands commands to the service's goroutine.
type inbox struct {
	wake chan struct{} // holds a value while commands may be waiting
	max  int

	mu     sync.Mutex // guards the following
	queue  []command
	closed bool
}

func (b *inbox) init(limit int) {
	b.wake, b.max = make(chan struct{}, 1), limit
}

// push queues a request. When it returns an error nothing of c is called.
func (b *inbox) push(c command) error {
	b.mu.Lock()
	switch {
	case b.closed:
		b.mu.Unlock()
		return errClosed
	case c.fail != nil && len(b.queue) >= b.max:
		b.mu.Unlock()
		return errBusy
	}
	b.queue = append(b.queue, c)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default: // the owner has been woken and has not looked yet
	}
	return nil
}

// force queues what must not be lost, and whose number is bounded otherwise:
// once for each ticket, seat or match.
func (b *inbox) force(do func()) { _ = b.push(command{do: do}) } // closed: nothing is left to be done

func (b *inbox) take() []command {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.queue
	b.queue = nil
	return full
}

// close refuses further commands and returns those that wait.
func (b *inbox) close() []command {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.queue
	b.queue, b.closed = nil, true
	return full
}

var errBusy = &lobby.Error{Code: lobby.Busy, Message: "too many want to play at once; try again in a moment"}
