package tick

import "time"

// Timer sends the time on C once its deadline has passed. It is made stopped.
// Reset and Stop belong to the goroutine that reads C; after either, no value
// of an earlier deadline arrives.
type Timer struct {
	C <-chan time.Time

	plain *time.Timer

	// Of Driver.NewTimer.
	driver *Driver
	at     time.Time // guarded by driver.mu, like index
	index  int       // in the driver's heap; -1 = not in it
}

// NewTimer returns a stopped timer on the runtime's own clock. It works
// everywhere, in virtual time too, and wakes up to a millisecond late. See
// Driver for a better one.
func NewTimer() *Timer {
	plain := time.NewTimer(time.Hour)
	plain.Stop()
	return &Timer{C: plain.C, plain: plain}
}

// Reset sets the deadline. A deadline in the past fires at once.
func (t *Timer) Reset(at time.Time) {
	if t.driver != nil {
		t.driver.reset(t, at)
		return
	}
	t.plain.Reset(time.Until(at))
}

// Stop forgets the deadline.
func (t *Timer) Stop() {
	if t.driver != nil {
		t.driver.stop(t)
		return
	}
	t.plain.Stop()
}
