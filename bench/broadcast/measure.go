//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
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
	Allocs    float64 `json:"allocs_per_tick"`
	Delivered float64 `json:"delivered"` // frames read per frame due to a member that reads
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	P999      float64 `json:"p999_ms"`
	Max       float64 `json:"max_ms"`

	perRound []float64
	sent     int
	allocs   uint64
	ticks    int
}

// measure has all paths take turns in a room of n members.
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
	for i := range paths { // buffers and caches warm up
		b.block(&o, 0xff, paths[i], frame, new(pathReport))
	}
	for round := range o.Rounds {
		for k := range paths {
			i := (k + round) % len(paths)
			b.block(&o, i, paths[i], frame, &rep.Paths[i])
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
		}
	}
	late, err := b.report()
	if err != nil {
		return nil, err
	}
	for i := range rep.Paths {
		rep.Paths[i].finish(paths[i].name, rep, late[i])
	}
	return rep, nil
}

// block runs some ticks of one path on absolute deadlines. Only the sending is
// timed: the CPU of the whole process, so work handed to other threads counts.
func (b *bed) block(o *options, number int, p path, frame []byte, into *pathReport) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var used time.Duration
	sent := 0
	next := now() + o.step()
	for range o.Ticks {
		time.Sleep(next - now())
		began := cpu()
		putHead(frame, number, next)
		sent += p.send(frame)
		used += cpu() - began
		next += o.step()
	}
	runtime.ReadMemStats(&after)
	into.sent += sent
	into.ticks += o.Ticks
	into.allocs += after.Mallocs - before.Mallocs
	into.perRound = append(into.perRound, float64(used)/1e3/float64(max(1, sent)))
	time.Sleep(settle)
}

func (p *pathReport) finish(name string, rep *report, l latency) {
	p.Name = name
	p.Micros = median(p.perRound)
	p.RatioA = ratio(p.perRound, rep.Paths[0].perRound)
	p.RatioB = ratio(p.perRound, rep.Paths[1].perRound)
	p.Allocs = float64(p.allocs) / float64(p.ticks)
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
