//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"
)

var background = context.Background()

// report is the result for one size of the room.
type report struct {
	Members int          `json:"members"`
	Slow    int          `json:"slow"`
	Bytes   int          `json:"bytes"`
	Hz      int          `json:"hz"`
	Rounds  int          `json:"rounds"`
	Paths   []pathReport `json:"paths"`
}

// pathReport is what one path came to.
type pathReport struct {
	Name      string  `json:"path"`
	Micros    float64 `json:"cpu_us_per_message"` // median over the rounds
	RatioA    float64 `json:"ratio_a"`            // median of the rounds' ratios
	RatioB    float64 `json:"ratio_b"`
	RatioTwo  float64 `json:"ratio_two,omitempty"` // json: to write(2) of its two frames
	Allocs    float64 `json:"allocs_per_tick"`
	Delivered float64 `json:"delivered"` // frames read per frame sent
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	P999      float64 `json:"p999_ms"`
	Max       float64 `json:"max_ms"`

	perRound []float64
	sent     int
}

// measure has all paths take turns in a room of n members, tick by tick.
func measure(ctx context.Context, o options, n int) (*report, error) {
	b, err := newBed(ctx, o, n)
	if err != nil {
		return nil, err
	}
	defer b.close()
	paths := b.paths()
	rep := &report{Members: n, Slow: o.Slow, Bytes: o.Bytes, Hz: o.Hz, Rounds: o.Rounds, Paths: make([]pathReport, len(paths))}
	frame := make([]byte, o.Bytes)
	putHead(frame, 0, 0)
	b.prebuild(frame)
	b.prebuildTwo(frame)
	for i, p := range paths { // also warms up buffers and caches
		rep.Paths[i].Name = p.name
		rep.Paths[i].Allocs = allocs(&o, p, frame)
	}
	if err := rep.rounds(ctx, &o, paths, frame); err != nil {
		return nil, err
	}
	time.Sleep(settle)
	late, err := b.report()
	if err != nil {
		return nil, err
	}
	for i := range rep.Paths {
		rep.Paths[i].finish(rep, late[i])
	}
	json := rep.path("json")
	json.RatioTwo = ratio(json.perRound, rep.path(twoFrames).perRound)
	return rep, nil
}

// rounds runs the ticks. In each round every path has one, in another order.
func (r *report) rounds(ctx context.Context, o *options, paths []path, frame []byte) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	next := now() + o.step()
	for range o.Rounds {
		for _, i := range rand.Perm(len(paths)) {
			time.Sleep(next - now())
			r.Paths[i].tick(paths[i], i, frame, next)
			next += o.step()
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// tick sends one frame. Only the sending is timed: the CPU of the whole
// process, so work handed to other threads counts.
func (p *pathReport) tick(way path, number int, frame []byte, due time.Duration) {
	putHead(frame, number, due)
	began := cpu()
	n := way.send(frame)
	used := cpu() - began
	p.sent += n
	p.perRound = append(p.perRound, float64(used)/1e3/float64(max(1, n)))
}

// allocs is how often the process allocates per tick of a path.
func allocs(o *options, p path, frame []byte) float64 {
	const ticks = 10
	putHead(frame, 0xff, 0) // no path: the sink does not count these
	p.send(frame)
	time.Sleep(o.step())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range ticks {
		p.send(frame)
		time.Sleep(o.step())
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / ticks
}

func (p *pathReport) finish(rep *report, l latency) {
	p.Micros = median(p.perRound)
	p.RatioA = ratio(p.perRound, rep.Paths[0].perRound)
	p.RatioB = ratio(p.perRound, rep.Paths[1].perRound)
	p.P50, p.P99, p.P999, p.Max = l.P50, l.P99, l.P999, l.Max
	p.Delivered = float64(l.Frames) / float64(max(1, p.sent))
}

// ratio is the median of the ratios round by round.
func ratio(a, b []float64) float64 {
	list := make([]float64, len(a))
	for i := range a {
		list[i] = a[i] / b[i]
	}
	return median(list)
}

func median(list []float64) float64 {
	s := slices.Sorted(slices.Values(list))
	if len(s) == 0 {
		return 0
	}
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func (r *report) path(name string) *pathReport {
	i := slices.IndexFunc(r.Paths, func(p pathReport) bool { return p.Name == name })
	return &r.Paths[i]
}

func (r *report) table(w io.Writer) {
	fmt.Fprintf(w, "\n%d members (%d of them do not read), %d bytes, %d Hz, %d rounds\n", r.Members, r.Slow, r.Bytes, r.Hz, r.Rounds)
	fmt.Fprintf(w, "%-12s %10s %7s %7s %12s %10s   %s\n", "path", "CPU/msg", "× A", "× B", "allocs/tick", "delivered", "ms after the deadline: p50, p99, p99.9, max")
	for _, p := range r.Paths {
		fmt.Fprintf(w, "%-12s %8.2fµs %7.3f %7.3f %12.1f %10.4f   %.2f %.2f %.2f %.2f\n",
			p.Name, p.Micros, p.RatioA, p.RatioB, p.Allocs, p.Delivered, p.P50, p.P99, p.P999, p.Max)
	}
}
