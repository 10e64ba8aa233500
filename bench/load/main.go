// Command load connects many clients to a running server, plays, and prints
// how late state frames and the effects of inputs arrive.
//
//	go run ./bench/load -url http://localhost:3000 -clients 100 -duration 10s
//
// Latency is measured from the time at which a tick was due, not from when it
// was sent: a server that stalls cannot hide it. How the due time is found is
// told at type schedule; the method as a whole in bench/README.md.
//
// Exit status: 0, or 1 when a bar was missed, 2 when nothing could be
// measured.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

type options struct {
	URL       string
	Clients   int
	LobbySize int
	Game      string
	Hz        int
	Input     string
	Duration  time.Duration
	Warmup    time.Duration
	Parser    string
	Form      string
	JSON      bool

	MaxP99, MaxInputP99 time.Duration
	MaxDisconnects      int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(load(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func load(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	progress := func(line string) { fmt.Fprintln(stderr, line) }
	r, err := newRun(o)
	var res *result
	if err == nil {
		res, err = r.measure(ctx, progress)
	}
	if err != nil {
		fmt.Fprintln(stderr, "load:", err)
		return 2
	}
	if o.JSON {
		res.json(stdout)
	} else {
		res.table(stdout)
	}
	missed := res.missed(o)
	for _, m := range missed {
		fmt.Fprintln(stderr, "load: missed:", m)
	}
	if len(missed) > 0 {
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.URL, "url", "http://localhost:3000", "`address` of the server")
	f.IntVar(&o.Clients, "clients", 100, "`number` of clients")
	f.IntVar(&o.LobbySize, "lobby-size", 0, "players in each lobby, which is opened for them; 0: quick join decides")
	f.StringVar(&o.Game, "game", "", "`name` of the game; default the first drop-in game")
	f.IntVar(&o.Hz, "hz", 30, "inputs per second of each client; 0: none, only acknowledgements")
	f.StringVar(&o.Input, "input", "", "input payload as `JSON`; default changing inputs of the arena")
	f.DurationVar(&o.Duration, "duration", 10*time.Second, "`time` to measure")
	f.DurationVar(&o.Warmup, "warmup", 2*time.Second, "`time` to play before measuring")
	f.StringVar(&o.Parser, "parser", "msgpack", "Socket.IO parser: msgpack or json")
	f.StringVar(&o.Form, "form", "", "wire form of the state: M or B; default the server's")
	f.BoolVar(&o.JSON, "json", false, "print one JSON object instead of the table")
	f.DurationVar(&o.MaxP99, "max-p99", 0, "bar: exit status 1 when the p99 of tick to client is above this `time`")
	f.DurationVar(&o.MaxInputP99, "max-input-p99", 0, "bar: the same for input to effect")
	f.IntVar(&o.MaxDisconnects, "max-disconnects", 0, "bar: exit status 1 when more clients were disconnected; -1: no bar")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", f.Arg(0))
	case o.Clients < 1 || o.LobbySize < 0 || o.Hz < 0 || o.Duration <= 0:
		err = errors.New("-clients and -duration must be positive, -lobby-size and -hz not negative")
	}
	if err != nil {
		fmt.Fprintln(stderr, "load:", err)
	}
	return o, err
}
