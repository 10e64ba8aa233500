//go:build linux

// Command broadcast measures what it costs the server to bring one state frame
// to the members of a room, against two floors in the same run.
//
//	go run ./bench/broadcast -members 10,100,1000 -rounds 200
//
// Every path sends the same payload to as many real loopback connections, which
// a second process reads:
//
//	A net.Conn   a bare loop of net.Conn.Write of one prebuilt frame
//	B write(2)   a bare loop of RawSyscall(SYS_WRITE) on the descriptors
//	stamped      sio.Batch.SendStamped, as matches do: one number differs
//	one by one   the same by sio.Socket.SendStamped, without io_uring
//	room         sio's To(room).Emit of an event with the frame
//	json         stamped, to clients of the JSON parser: text and attachment
//	B as json    a bare loop of write(2) of the very bytes of json
//	fan          stamped, by goroutines on all processors, as matches do in wide
//	             rooms; with -rooms alone, for 256 members and more
//
// The paths take turns tick by tick, so that whatever else the machine does hits
// all of them; the ratios are medians over the rounds. bench/README.md
// tells the method. Exit status 1: a bar was missed.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

type options struct {
	Members  []int
	Rounds   int
	Hz       int
	Bytes    int
	Slow     int
	JSON     bool
	MaxRatio float64

	Rooms    int           // above 0: many rooms at once, see share
	Time     time.Duration // of each path then
	SinkCPUs string
}

func main() {
	if addr := os.Getenv(sinkVariable); addr != "" {
		runSink(addr, os.Stdin, os.Stdout)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if err != nil {
		return 2
	}
	if o.Rooms > 0 {
		return runShare(ctx, o, stdout, stderr)
	}
	status := 0
	for _, n := range o.Members {
		rep, err := measure(ctx, o, n)
		if err != nil {
			fmt.Fprintln(stderr, "broadcast:", err)
			return 2
		}
		if o.JSON {
			json.NewEncoder(stdout).Encode(rep)
		} else {
			rep.table(stdout)
		}
		for _, name := range []string{"stamped", "room"} {
			if p := rep.path(name); o.MaxRatio > 0 && p.RatioB > o.MaxRatio {
				fmt.Fprintf(stderr, "broadcast: missed: %d members, %s: %.3f of floor B, the bar is %.3f\n", n, name, p.RatioB, o.MaxRatio)
				status = 1
			}
		}
	}
	return status
}

func runShare(ctx context.Context, o options, stdout, stderr io.Writer) int {
	rep, err := share(ctx, o)
	switch {
	case err != nil:
		fmt.Fprintln(stderr, "broadcast:", err)
		return 2
	case o.JSON:
		json.NewEncoder(stdout).Encode(rep)
	default:
		rep.table(stdout)
	}
	return 0
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("broadcast", flag.ContinueOnError)
	f.SetOutput(stderr)
	members := f.String("members", "10,100,1000", "`sizes` of the room, one run each")
	f.IntVar(&o.Rounds, "rounds", 200, "rounds; in each every path has one tick")
	f.IntVar(&o.Hz, "hz", 30, "ticks per second, of all paths together")
	f.IntVar(&o.Bytes, "bytes", 256, "size of the state frame")
	f.IntVar(&o.Slow, "slow", 0, "members of the sio paths that never read")
	f.BoolVar(&o.JSON, "json", false, "print JSON lines instead of tables")
	f.Float64Var(&o.MaxRatio, "max-ratio", 0, "bar: exit status 1 when stamped or room cost more than this × floor B")
	f.IntVar(&o.Rooms, "rooms", 0, "instead: this many rooms of the first size tick -hz times per second, each path for -time; tells the share that arrives")
	f.DurationVar(&o.Time, "time", 5*time.Second, "`time` of each path with -rooms")
	f.StringVar(&o.SinkCPUs, "sink-cpus", "", "`list` of CPUs for the process that reads, as taskset takes it")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	for s := range strings.SplitSeq(*members, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			fmt.Fprintf(stderr, "broadcast: -members: no number %q\n", s)
			return o, strconv.ErrSyntax
		}
		o.Members = append(o.Members, n)
	}
	if o.Rounds < 1 || o.Rooms < 0 || o.Hz < 1 || o.Bytes < headSize {
		fmt.Fprintf(stderr, "broadcast: -rounds and -hz must be positive, -bytes at least %d\n", headSize)
		return o, strconv.ErrRange
	}
	return o, nil
}

func (o options) step() time.Duration { return time.Second / time.Duration(o.Hz) }
