package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// result is what a run found.
type result struct {
	totals
	clients, matches int
	took             time.Duration
	bytesPerSecond   float64 // of one client
	slipped          int
	disconnects      int64
}

// field is one more figure of a profile: a line of the table, a key of the JSON.
type field struct {
	name, key string
	value     float64
}

func (r *run) result(took time.Duration, bytes uint64) *result {
	res := &result{totals: r.healthy.totals(), clients: len(r.players), took: took, disconnects: r.lost.Load()}
	res.bytesPerSecond = float64(bytes) / took.Seconds() / float64(len(r.players))
	r.mu.Lock()
	defer r.mu.Unlock()
	res.matches = len(r.schedules)
	for _, s := range r.schedules {
		res.slipped += s.slips()
	}
	return res
}

func ms(h *hdrhistogram.Histogram, percentile float64) float64 {
	return float64(h.ValueAtQuantile(percentile)) / 1000
}

func (r *result) table(w io.Writer, more []field) {
	fmt.Fprintf(w, "\n%-18s %9s %9s %9s %9s %9s   ms\n", "", "p50", "p90", "p99", "p99.9", "max")
	row(w, "tick to client", r.frames)
	row(w, "input to effect", r.inputs)
	fmt.Fprintf(w, "\n%-18s %.0f\n", "clients", float64(r.clients))
	fmt.Fprintf(w, "%-18s %d\n", "matches", r.matches)
	fmt.Fprintf(w, "%-18s %.1f\n", "frames/s", float64(r.frames.TotalCount())/r.took.Seconds())
	fmt.Fprintf(w, "%-18s %.0f\n", "bytes/s per client", r.bytesPerSecond)
	fmt.Fprintf(w, "%-18s %d\n", "frames skipped", r.skipped)
	fmt.Fprintf(w, "%-18s %d\n", "ticks dropped", r.slipped)
	fmt.Fprintf(w, "%-18s %d\n", "disconnects", r.disconnects)
	for _, f := range more {
		fmt.Fprintf(w, "%-18s %.2f\n", f.name, f.value)
	}
}

func row(w io.Writer, name string, h *hdrhistogram.Histogram) {
	fmt.Fprintf(w, "%-18s %9.2f %9.2f %9.2f %9.2f %9.2f\n",
		name, ms(h, 50), ms(h, 90), ms(h, 99), ms(h, 99.9), float64(h.Max())/1000)
}

// json writes one line for machines.
func (r *result) json(w io.Writer, more []field) error {
	keys := map[string]any{
		"p50_ms":       ms(r.frames, 50),
		"p90_ms":       ms(r.frames, 90),
		"p99_ms":       ms(r.frames, 99),
		"p999_ms":      ms(r.frames, 99.9),
		"max_ms":       float64(r.frames.Max()) / 1000,
		"input_p99_ms": ms(r.inputs, 99),
		"bytes_per_s":  r.bytesPerSecond,
		"skipped":      r.skipped,
		"disconnects":  r.disconnects,
	}
	for _, f := range more {
		keys[f.key] = f.value
	}
	return json.NewEncoder(w).Encode(keys)
}

// missed names the bars that the result misses.
func (r *result) missed(o options) (list []string) {
	over := func(name string, h *hdrhistogram.Histogram, bar time.Duration) {
		if p99 := time.Duration(h.ValueAtQuantile(99)) * time.Microsecond; bar > 0 && p99 > bar {
			list = append(list, fmt.Sprintf("%s p99 is %v, the bar is %v", name, p99, bar))
		}
	}
	over("tick to client", r.frames, o.MaxP99)
	over("input to effect", r.inputs, o.MaxInputP99)
	if r.frames.TotalCount() == 0 && o.Profile != "idle" {
		list = append(list, "no frame was measured")
	}
	if bar := o.MaxDisconnects; bar >= 0 && r.disconnects > int64(bar) {
		list = append(list, fmt.Sprintf("%d disconnects, the bar is %d", r.disconnects, bar))
	}
	return list
}
