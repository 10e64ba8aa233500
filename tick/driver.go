package tick

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// Driver is one precise alarm for any number of timers.
//
// The runtime's timers wait in epoll_wait, whose timeout counts in whole
// milliseconds: they fire 0.6 ms late at the median, 1.1 ms at the ninetieth
// percentile. On Linux a Driver waits for a timerfd instead, which fires within
// 0.1 to 0.2 ms (BenchmarkLateness). Elsewhere it is no better than NewTimer.
//
// The zero value is ready. Its timers fire while Run runs.
type Driver struct {
	// Portable makes the driver use the runtime's timers everywhere, which
	// virtual time in tests needs.
	Portable bool

	mu     sync.Mutex // guards the following
	timers timerHeap
	alarm  alarm // while Run runs
}

// alarm waits for one moment. set and close are called under the driver's lock
// while another goroutine waits.
type alarm interface {
	set(at time.Time)
	wait() error // until the moment has passed; an error once closed
	close()
}

// Run lets the timers fire, until ctx ends.
func (d *Driver) Run(ctx context.Context) error {
	a := d.open()
	defer context.AfterFunc(ctx, d.shut)()
	for {
		if err := a.wait(); err != nil {
			return context.Cause(ctx)
		}
		d.fire(time.Now())
	}
}

// Running tells whether the timers fire.
func (d *Driver) Running() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.alarm != nil
}

func (d *Driver) open() alarm {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.alarm != nil {
		panic("tick: Driver runs twice")
	}
	if !d.Portable {
		d.alarm = preciseAlarm()
	}
	if d.alarm == nil {
		d.alarm = newPlainAlarm()
	}
	if len(d.timers) > 0 {
		d.alarm.set(d.timers[0].at)
	}
	return d.alarm
}

func (d *Driver) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.alarm.close()
	d.alarm = nil
}

// fire sends the time to all timers whose deadline has passed.
func (d *Driver) fire(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.timers) > 0 && !d.timers[0].at.After(now) {
		t := heap.Pop(&d.timers).(*Timer)
		t.send <- now // has room: reset and stop empty it
	}
	if len(d.timers) > 0 && d.alarm != nil {
		d.alarm.set(d.timers[0].at)
	}
}

// NewTimer returns a stopped timer.
func (d *Driver) NewTimer() *Timer {
	c := make(chan time.Time, 1)
	return &Timer{C: c, send: c, driver: d, index: -1}
}

func (d *Driver) reset(t *Timer, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.forget()
	t.at = at
	if t.index < 0 {
		heap.Push(&d.timers, t)
	} else {
		heap.Fix(&d.timers, t.index)
	}
	if t.index == 0 && d.alarm != nil {
		d.alarm.set(at)
	}
}

func (d *Driver) stop(t *Timer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.forget()
	if t.index >= 0 {
		heap.Remove(&d.timers, t.index) // the alarm may ring for it, which is harmless
	}
}

// forget takes back a value that nobody has read.
func (t *Timer) forget() {
	select {
	case <-t.send:
	default:
	}
}

// timerHeap holds the timers that run, the next one first.
type timerHeap []*Timer

func (h timerHeap) Len() int           { return len(h) }
func (h timerHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}

// plainAlarm is the runtime's timer as an alarm.
type plainAlarm struct {
	timer *time.Timer
	done  chan struct{}
}

func newPlainAlarm() alarm {
	a := &plainAlarm{timer: time.NewTimer(time.Hour), done: make(chan struct{})}
	a.timer.Stop()
	return a
}

func (a *plainAlarm) set(at time.Time) { a.timer.Reset(time.Until(at)) }

func (a *plainAlarm) close() {
	a.timer.Stop()
	close(a.done)
}

func (a *plainAlarm) wait() error {
	select {
	case <-a.timer.C:
		return nil
	case <-a.done:
		return context.Canceled
	}
}
