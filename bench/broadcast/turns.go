//go:build linux

package main

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// turns notes what only long turns of the paths can tell: when the last frame
// of each tick was read, and what reading cost.
type turns struct {
	last []*hdrhistogram.Histogram // of each tick, by path
	used []time.Duration           // CPU time of this process, by path

	path  int           // whose turn it is; none before the first frame
	due   time.Duration // of the tick that is being read
	worst time.Duration // lateness of what came of it so far
	since time.Duration // CPU time when the turn began
}

const noPath = -1

func newTurns(paths int) *turns {
	t := &turns{used: make([]time.Duration, paths), path: noPath}
	for range paths {
		t.last = append(t.last, newHistogram())
	}
	return t
}

// note takes a frame.
func (t *turns) note(path int, due, late time.Duration) {
	if path != t.path || due != t.due {
		t.begin(path, due)
	}
	t.worst = max(t.worst, late)
}

// begin ends the tick, and with another path the turn, before it.
func (t *turns) begin(path int, due time.Duration) {
	if t.path != noPath {
		t.last[t.path].RecordValue(micros(t.worst))
	}
	if path != t.path {
		at := cpu()
		if t.path != noPath {
			t.used[t.path] += at - t.since
		}
		t.path, t.since = path, at
	}
	t.due, t.worst = due, 0
}

// tell ends the last turn and adds what was noted to the reports of the paths.
func (t *turns) tell(list []latency) {
	t.begin(noPath, 0)
	for i := range list {
		list[i].Last = float64(t.last[i].ValueAtQuantile(50)) / 1000
		list[i].CPU = float64(t.used[i]) / 1000
	}
}
