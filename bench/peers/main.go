// Command peers compares the broadcast of this server with that of Socket.IO
// on Node, the same load against each in turn:
//
//	make bench-peers
//
// The method and what the figures do not say are in bench/README.md.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"
	"time"
)

type options struct {
	rooms, members, bytes int
	hz                    float64
	duration              time.Duration
	rounds                int
	json                  bool
	maxRate               bool
}

func main() {
	var o options
	flag.IntVar(&o.rooms, "rooms", 10, "`number` of rooms")
	flag.IntVar(&o.members, "members", 100, "members of each room")
	flag.IntVar(&o.bytes, "bytes", 256, "payload of an event in `bytes`, at least 24")
	flag.Float64Var(&o.hz, "hz", 20, "events per second and room")
	flag.DurationVar(&o.duration, "duration", 5*time.Second, "`time` to measure each server in each round")
	flag.IntVar(&o.rounds, "rounds", 3, "`number` of rounds; the median counts")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.BoolVar(&o.maxRate, "max-rate", false, "instead: find the highest rate at which each server keeps p99 below 50 ms")
	flag.Parse()
	o.bytes = max(o.bytes, 24)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// row is what one server did, the median of the rounds.
type row struct {
	Server    string  `json:"server"`
	CPU       float64 `json:"cpu_us_per_message"` // of the server process
	Ratio     float64 `json:"ratio"`              // to this server with the same parser
	Delivered float64 `json:"delivered"`          // of what was due
	P50       float64 `json:"p50_ms"`             // from the deadline of the tick
	P99       float64 `json:"p99_ms"`
	RSS       float64 `json:"rss_mib"`
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	peers, err := prepare(ctx, dir)
	if err != nil {
		return err
	}
	if o.maxRate {
		o.duration = rateTime
		return highestRates(ctx, peers, o)
	}
	results := make([][]result, len(peers))
	for round := range o.rounds {
		for i, p := range peers { // in turn, so that a change of the machine's speed meets all
			fmt.Fprintf(os.Stderr, "\rround %d of %d: %-24s", round+1, o.rounds, p.name)
			r, err := measure(ctx, p, o)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			results[i] = append(results[i], r)
		}
	}
	fmt.Fprintf(os.Stderr, "\r%40s\r", "")
	rows := summarise(peers, results)
	if o.json {
		return json.NewEncoder(os.Stdout).Encode(rows)
	}
	fmt.Printf("%d rooms × %d members, %d B at %g Hz, %d rounds of %v\n\n", o.rooms, o.members, o.bytes, o.hz, o.rounds, o.duration)
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "server\tCPU µs/message\t× ours\tdelivered\tp50 ms\tp99 ms\tRSS MiB\t")
	for _, r := range rows {
		fmt.Fprintf(out, "%s\t%.1f\t%.2f\t%.3f\t%.2f\t%.2f\t%.0f\t\n", r.Server, r.CPU, r.Ratio, r.Delivered, r.P50, r.P99, r.RSS)
	}
	return out.Flush()
}

func summarise(peers []peer, results [][]result) []row {
	rows := make([]row, len(peers))
	ours := map[string]float64{}
	for i, p := range peers {
		of := func(field func(result) float64) float64 { return median(results[i], field) }
		rows[i] = row{
			Server: p.name, CPU: of(result.cpuPerMessage), Delivered: of(func(r result) float64 { return r.delivered }),
			P50: of(func(r result) float64 { return r.p50 }), P99: of(func(r result) float64 { return r.p99 }),
			RSS: of(func(r result) float64 { return r.rss }),
		}
		if _, known := ours[p.parser]; !known { // ours come first
			ours[p.parser] = rows[i].CPU
		}
		rows[i].Ratio = rows[i].CPU / ours[p.parser]
	}
	return rows
}

func median(results []result, field func(result) float64) float64 {
	sorted := slices.SortedFunc(slices.Values(results), func(a, b result) int { return cmp.Compare(field(a), field(b)) })
	return field(sorted[len(sorted)/2])
}
