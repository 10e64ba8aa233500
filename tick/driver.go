package tick

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// Driver wakes any number of timers by one precise alarm.
//
// The runtime's timers wait in epoll_wait, whose timeout counts in whole
// milliseconds: they fire 0.6 ms late at the median, 1.1 ms at the ninetieth
// percentile. On Linux a Driver waits for a timerfd instead, which fires within
// 0.1 to 0.2 ms. While all processors are busy it is the other way round: the
// runtime looks at its timers whenever it switches goroutines, and at file
// descriptors only every 10 ms. So each timer has both, and the first counts
// (BenchmarkLatenessBeside). Elsewhere a Driver is no better than NewTimer.
//
// The zero value is ready. Its timers always fire; precisely while Run runs.
type Driver struct {
	// Portable makes the driver use the runtime's timers alone, which virtual
	// time in tests needs.
	Portable bool

	mu      sync.Mutex // guards the following
	running bool
	alarm   alarm     // nil: there is none, or Run does not run
	timers  timerHeap // while there is an alarm
}

// alarm waits for one moment. set and close are called under the driver's lock
// while another goroutine waits.
type alarm interface {
	set(at time.Time)
	wait() error // until the moment has passed; an error once closed
	close()
}

// Run makes the timers precise, until ctx ends.
func (d *Driver) Run(ctx context.Context) error {
	a := d.open()
	defer d.shut(a)
	if a == nil {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	defer context.AfterFunc(ctx, func() { d.shut(a) })()
	for {
		if err := a.wait(); err != nil {
			return context.Cause(ctx)
		}
		d.fire(time.Now())
	}
}

// Running tells whether Run runs.
func (d *Driver) Running() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.running
}

func (d *Driver) open() alarm {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running {
		panic("tick: Driver runs twice")
	}
	d.running = true
	if !d.Portable {
		d.alarm = preciseAlarm()
	}
	return d.alarm
}

// shut leaves the timers to the runtime. It may be called twice.
func (d *Driver) shut(a alarm) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.running || d.alarm != a {
		return // shut, and perhaps run again
	}
	if a != nil {
		a.close()
	}
	for _, t := range d.timers {
		t.index = -1
	}
	d.running, d.alarm, d.timers = false, nil, nil
}

// fire has all timers send whose deadline has passed and who have not yet been
// reset: if one has sent by itself meanwhile, its next Reset drops what is one
// too many.
func (d *Driver) fire(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.timers) > 0 && !d.timers[0].at.After(now) {
		heap.Pop(&d.timers).(*Timer).plain.Reset(0)
	}
	if len(d.timers) > 0 && d.alarm != nil {
		d.alarm.set(d.timers[0].at)
	}
}

// NewTimer returns a stopped timer.
func (d *Driver) NewTimer() *Timer {
	t := NewTimer()
	t.driver, t.index = d, -1
	return t
}

func (d *Driver) reset(t *Timer, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.plain.Reset(time.Until(at))
	if d.alarm == nil {
		return
	}
	t.at = at
	if t.index < 0 {
		heap.Push(&d.timers, t)
	} else {
		heap.Fix(&d.timers, t.index)
	}
	if t.index == 0 {
		d.alarm.set(at)
	}
}

func (d *Driver) stop(t *Timer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.plain.Stop()
	if t.index >= 0 {
		heap.Remove(&d.timers, t.index) // the alarm may ring for it, which is harmless
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
