// Command lobbies asks whether people who open, find, join and leave lobbies
// disturb those who play.
//
//	go run ./bench/lobbies -rate 1000 -duration 60s
//
// Full arenas run in one process with a directory; by turns of a second, lobbies
// are created, joined, followed by live lists and disposed of at the given rate,
// or not. Each state frame that reaches a player is late by some time after its
// tick was due; the two distributions are compared, and -max-growth is a bar on the
// ratio of their p99. There are no sockets in it: what is measured is the
// directory, the lobbies' goroutines and the matches.
//
// Exit status: 0, or 1 when a bar was missed, 2 when nothing could be measured.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

type options struct {
	rate      int
	duration  time.Duration
	arenas    int
	players   int
	watchers  int
	maxGrowth float64
}

func main() {
	var o options
	flag.IntVar(&o.rate, "rate", 1000, "`lobbies` per second, each created, joined, watched and disposed of")
	flag.DurationVar(&o.duration, "duration", 60*time.Second, "`time` to measure, half of it with the lobbies")
	flag.IntVar(&o.arenas, "arenas", 4, "`number` of arenas that run")
	flag.IntVar(&o.players, "players", 50, "`players` of each arena, with inputs")
	flag.IntVar(&o.watchers, "watchers", 50, "`clients` that follow ten different live lists")
	flag.Float64Var(&o.maxGrowth, "max-growth", 0, "largest `ratio` of the p99 with to that without; 0 = no bar")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, o))
}

func run(ctx context.Context, o options) int {
	res, err := measure(ctx, o, func(line string) { fmt.Fprintln(os.Stderr, line) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "lobbies:", err)
		return 2
	}
	growth := float64(res.busy.ValueAtQuantile(99)) / float64(res.calm.ValueAtQuantile(99))
	fmt.Printf("%-22s %8s %8s %8s   ms after the tick was due\n", "", "p50", "p99", "p99.9")
	row("arenas alone", res.calm)
	row("with the lobbies", res.busy)
	fmt.Printf("p99 with ÷ without     %8.2f\nlobbies per second     %8.0f   of %d asked for\ndiffs to watchers      %8d\n",
		growth, res.rate, o.rate, res.diffs)
	missed := o.maxGrowth > 0 && growth > o.maxGrowth
	if missed {
		fmt.Fprintf(os.Stderr, "lobbies: missed: p99 grew by %.2f, the bar is %.2f\n", growth, o.maxGrowth)
	}
	if res.rate < 0.95*float64(o.rate) {
		fmt.Fprintf(os.Stderr, "lobbies: missed: %.0f lobbies per second, %d were to be\n", res.rate, o.rate)
		missed = true
	}
	if missed {
		return 1
	}
	return 0
}

func row(name string, h *hdrhistogram.Histogram) {
	ms := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
	fmt.Printf("%-22s %8.3f %8.3f %8.3f\n", name, ms(50), ms(99), ms(99.9))
}
