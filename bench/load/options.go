package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"tickwire/clients/go"
)

type options struct {
	Profile   string
	URL       string
	Clients   int
	LobbySize int
	Game      string
	Hz        int
	TickHz    int
	Input     string
	Duration  time.Duration
	Warmup    time.Duration
	Parser    string
	Form      string
	JSON      bool
	Lean      bool

	CPUProfile string
	ServerCPUs string

	MaxP99, MaxInputP99 time.Duration
	MaxDisconnects      int
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.Profile, "profile", "", "measure a server of our own: "+strings.Join(slices.Sorted(maps.Keys(profiles)), ", "))
	f.StringVar(&o.URL, "url", "http://localhost:3000", "`address` of the server")
	f.IntVar(&o.Clients, "clients", 100, "`number` of clients")
	f.IntVar(&o.LobbySize, "lobby-size", 0, "players in each lobby, which is opened for them; 0: quick join decides")
	f.StringVar(&o.Game, "game", "", "`name` of the game; default the first drop-in game")
	f.IntVar(&o.Hz, "hz", 30, "inputs per second of each client; 0: none, only acknowledgements")
	f.IntVar(&o.TickHz, "tick-hz", 30, "ticks per second of a profile's server")
	f.StringVar(&o.Input, "input", "", "input payload as `JSON`; default changing inputs of the arena")
	f.DurationVar(&o.Duration, "duration", 10*time.Second, "`time` to measure")
	f.DurationVar(&o.Warmup, "warmup", 2*time.Second, "`time` to play before measuring")
	f.StringVar(&o.Parser, "parser", "msgpack", "Socket.IO parser: msgpack or json")
	f.StringVar(&o.Form, "form", "", "wire form of the state: M or B; default the server's")
	f.BoolVar(&o.Lean, "lean", false, "play for all clients on one thread that looks only at what is measured, so that the server is what limits the figures")
	f.BoolVar(&o.JSON, "json", false, "print one JSON object instead of the table")
	f.DurationVar(&o.MaxP99, "max-p99", 0, "bar: exit status 1 when the p99 of tick to client is above this `time`")
	f.DurationVar(&o.MaxInputP99, "max-input-p99", 0, "bar: the same for input to effect")
	f.IntVar(&o.MaxDisconnects, "max-disconnects", 0, "bar: exit status 1 when more clients were disconnected; -1: no bar")
	f.StringVar(&o.ServerCPUs, "server-cpus", "", "`list` of CPUs for a profile's server, as taskset takes it")
	f.StringVar(&o.CPUProfile, "cpuprofile", "", "`file` for a CPU profile of a profile's server, from its start to its end")
	f.Usage = func() { printHelp(f) }
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if err = o.check(f); err != nil {
		fmt.Fprintln(stderr, "load:", err)
	}
	return o, err
}

func printHelp(f *flag.FlagSet) {
	fmt.Fprintln(f.Output(), "load measures a game server. Exit status 1: a bar was missed; 2: nothing could be measured.")
	f.PrintDefaults()
	fmt.Fprintln(f.Output(), "Profiles set other defaults for -clients, -lobby-size, -game, -hz, -tick-hz and -duration:")
	for _, name := range slices.Sorted(maps.Keys(profiles)) {
		fmt.Fprintf(f.Output(), "  %-10s %s\n", name, profiles[name].about)
	}
}

func (o *options) check(f *flag.FlagSet) error {
	if f.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if o.Profile != "" {
		p, ok := profiles[o.Profile]
		if !ok {
			return fmt.Errorf("no profile %q: see -help", o.Profile)
		}
		o.adopt(p.defaults, f)
	}
	if o.Lean && o.Parser != client.MsgPack {
		return errors.New("-lean reads the msgpack parser alone")
	}
	if o.Clients < 1 || o.LobbySize < 0 || o.Hz < 0 || o.TickHz < 1 || o.TickHz > 128 || o.Duration <= 0 || o.Warmup < 0 {
		return errors.New("-clients, -tick-hz (to 128) and -duration must be positive, -lobby-size, -hz and -warmup not negative")
	}
	return nil
}

// adopt takes the defaults of a profile where no flag was given.
func (o *options) adopt(d options, f *flag.FlagSet) {
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	adoptOne(given["clients"], &o.Clients, d.Clients)
	adoptOne(given["lobby-size"], &o.LobbySize, d.LobbySize)
	adoptOne(given["game"], &o.Game, d.Game)
	adoptOne(given["hz"], &o.Hz, d.Hz)
	adoptOne(given["tick-hz"], &o.TickHz, d.TickHz)
	adoptOne(given["duration"], &o.Duration, d.Duration)
}

func adoptOne[T any](given bool, to *T, from T) {
	if !given {
		*to = from
	}
}
