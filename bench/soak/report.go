package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"tickwire/lobby"
)

// report is what came of a run.
type report struct {
	options
	tally     *tally
	inspector *inspector
	house     *house

	emptied                     bool
	left                        left
	drained                     bool // with people inside
	closed                      error
	goroutines, goroutinesAfter int
	took                        time.Duration

	wrong []string
}

// judge fills in what is wrong.
func (r *report) judge() {
	r.wrong = r.tally.faults
	fail := func(format string, args ...any) { r.wrong = append(r.wrong, fmt.Sprintf(format, args...)) }
	if r.inspector.starved == 0 {
		r.wrong = append(r.wrong, r.tally.times...)
	}
	if !r.emptied {
		fail("left behind: %+v", r.left)
	}
	if !r.drained {
		fail("a drain with people inside did not close every lobby in time")
	}
	if r.closed != nil {
		fail("close: %v", r.closed)
	}
	if r.goroutinesAfter > r.goroutines {
		fail("%d goroutines, %d before", r.goroutinesAfter, r.goroutines)
	}
	c := &r.house.counts
	reasons, ended := r.house.ended()
	for _, sum := range []struct {
		what      string
		got, want uint64
	}{
		{"matches that ended, and that began", ended, c.begun.Load()},
		{"faults, and panics", r.house.lobbies.Faults(), c.panics.Load()},
		{"results with a fault, and panics", reasons[lobby.EndFault], c.panics.Load()},
		{"stuck matches, and hangs", r.house.lobbies.Stuck(), c.hangs.Load()},
		{"results that are stuck, and hangs", reasons[lobby.EndStuck], c.hangs.Load()},
	} {
		if sum.got != sum.want {
			fail("%s: %d, %d", sum.what, sum.got, sum.want)
		}
	}
	if before, after := r.growth(); r.duration >= 2*time.Minute && after > 1.1*before {
		fail("memory grows: %.1f MB in the first quarter after a third of the time, %.1f MB in the last", before/1e6, after/1e6)
	}
}

// growth compares the memory in use in the first and the last quarter of what
// follows the first third, in which everything gets its size.
func (r *report) growth() (before, after float64) {
	h := r.inspector.heap[len(r.inspector.heap)/3:]
	q := max(1, len(h)/4)
	if len(h) == 0 {
		return 0, 0
	}
	return mean(h[:min(q, len(h))]), mean(h[max(0, len(h)-q):])
}

func mean[T int | uint64](all []T) float64 {
	sum := 0.0
	for _, v := range all {
		sum += float64(v)
	}
	return sum / float64(max(1, len(all)))
}

// slope is the least-squares line through the memory after the first third, in
// bytes per minute.
func (r *report) slope() float64 {
	h := r.inspector.heap[len(r.inspector.heap)/3:]
	if len(h) < 2 {
		return 0
	}
	step := r.duration.Minutes() / float64(len(r.inspector.heap))
	mx, my := float64(len(h)-1)/2, mean(h)
	var xy, xx float64
	for i, v := range h {
		xy += (float64(i) - mx) * (float64(v) - my)
		xx += (float64(i) - mx) * (float64(i) - mx)
	}
	return xy / xx / step
}

func (r *report) print(w io.Writer) {
	i, c := r.inspector, &r.house.counts
	reasons, ended := r.house.ended()
	stats := r.house.lobbies.Stats()
	fmt.Fprintf(w, "\n%d players for %v, %v with the end; seed %d\n", r.players, r.duration, r.took.Round(time.Second), r.seed)
	fmt.Fprintf(w, "matches at a time: %.0f on average, %d at most; lobbies at a time: %d at most; %d looks at each\n",
		mean(i.running), slices.Max(append(i.running, 0)), i.lobbies, len(i.running))
	fmt.Fprintf(w, "matches begun: %d, ended: %d: %s\n", c.begun.Load(), ended, counted(reasons))
	fmt.Fprintf(w, "ticks: %d (dropped %d), frames: %d, inputs: %d\n", stats.Ticks, stats.Dropped, stats.Frames, stats.Inputs)
	fmt.Fprintf(w, "seats taken: %d, connections that came back: %d, deliberate no-shows: %d, strangers: %d\n",
		r.tally.seats.Load(), r.tally.returns.Load(), r.tally.noShows.Load(), r.tally.strangers.Load())
	for _, q := range r.house.queue.Stats() {
		wait := time.Duration(0)
		if q.Matched > 0 {
			wait = q.MatchedAfter / time.Duration(q.Matched)
		}
		fmt.Fprintf(w, "queue %s: %d joined, %d matches, %d times filled up, %d back since others did not come, %d no-shows, mean wait %v, longest pass %v\n",
			q.Game, q.Joined, q.Matches, q.Backfills, q.Returned, q.NoShows, wait.Round(time.Millisecond), q.LongestPass.Round(time.Microsecond))
	}
	rated, unrated := r.house.queue.Ratings()
	fmt.Fprintf(w, "matches rated: %d, not: %d\n", rated, unrated)
	for _, event := range slices.Sorted(maps.Keys(r.tally.answers)) {
		fmt.Fprintf(w, "  %-18s %s\n", event, counted(r.tally.answers[event]))
	}
	fmt.Fprintf(w, "  pushes             %s\n", counted(r.tally.pushes))
	before, after := r.growth()
	fmt.Fprintf(w, "memory in use: %.1f MB, then %.1f MB; slope %+.0f KB per minute\n", before/1e6, after/1e6, r.slope()/1e3)
	fmt.Fprintf(w, "left at the end: %+v; goroutines: %d before, %d after\n", r.left, r.goroutines, r.goroutinesAfter)
	if i.starved > 0 {
		fmt.Fprintf(w, "the process was without a processor for a second or more %d times; %d connections were lost meanwhile\n",
			i.starved, len(r.tally.times))
	}
	if len(r.wrong) == 0 {
		fmt.Fprintln(w, "nothing is wrong")
		return
	}
	for _, what := range r.wrong {
		fmt.Fprintln(w, "WRONG:", what)
	}
}

// counted is "a 5, b 3", the most first.
func counted(n map[string]uint64) string {
	keys := slices.SortedFunc(maps.Keys(n), func(a, b string) int {
		if n[a] != n[b] {
			return int(min(n[b], 1<<40)) - int(min(n[a], 1<<40))
		}
		return strings.Compare(a, b)
	})
	parts := make([]string, 0, len(keys))
	for _, k := range keys {
		parts = append(parts, fmt.Sprintf("%s %d", k, n[k]))
	}
	return strings.Join(parts, ", ")
}
