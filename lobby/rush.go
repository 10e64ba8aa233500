package lobby

import (
	"runtime"
	"sync/atomic"
	"time"
)

// rush sees to it that a server with more steps than time runs every match at
// a lower, even rate, and still hears its players. The runtime runs the goroutine
// whose timer has just fired before those that wait: matches that are always
// due so keep out what comes from the network, and who joins. While any step
// begins late, all of them go to the end of the line first.
type rush struct {
	epoch time.Time
	until atomic.Int64 // ns after epoch
}

// rushFor is for how long after a late step. If those that are on time did not
// stand in line, too, the late ones would never have their turn.
const rushFor = 100 * time.Millisecond

// enter is called before a step, late by so much.
func (r *rush) enter(late, interval time.Duration) {
	if r.on(late, interval) {
		runtime.Gosched()
	}
}

func (r *rush) on(late, interval time.Duration) bool {
	now := int64(time.Since(r.epoch))
	if late > interval/2 {
		r.until.Store(now + int64(rushFor))
		return true
	}
	return now < r.until.Load()
}
