// Command soak lets hundreds of matches run for a while with players who do
// what players do: join, leave, vanish, come back, wait in queues, go together,
// stay away; in games whose code panics and hangs, beside strangers who send noise,
// bombs and floods, or play and never read. Everything is real but the network,
// which is the loopback interface.
//
//	go run ./bench/soak                 # ten minutes, 200 matches
//	go run ./bench/soak -duration 1m -matches 50
//
// While it runs it looks at every lobby: none has a player too many, a seat that
// is held for longer than its time, or nobody in it. At the end everybody is gone,
// and so must be every lobby, party, ticket, seat, connection and goroutine; what
// was begun must have ended, every panic and hang must be accounted for, and the
// memory must not have grown. Then some come once more, and the server goes down
// with them inside.
//
// Exit status: 0 when all of that holds, 1 when it does not, 2 for wrong options.
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

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// options of a run.
type options struct {
	duration time.Duration
	matches  int // that should run at a time
	players  int
	seed     uint64
	calm     int // inputs for each panic

	grace     time.Duration // for broken connections
	hold      time.Duration // for the seats of a match that was found
	stepLimit time.Duration
}

func command(args []string, stdout, stderr io.Writer) int {
	o := options{grace: 10 * time.Second, hold: 10 * time.Second, stepLimit: 2 * time.Second, calm: 3000}
	f := flag.NewFlagSet("soak", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.DurationVar(&o.duration, "duration", 10*time.Minute, "how long players come")
	f.IntVar(&o.matches, "matches", 200, "matches that should run at a time")
	f.IntVar(&o.players, "players", 0, "players (default four for each match)")
	f.Uint64Var(&o.seed, "seed", 1, "of what players do")
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if o.players == 0 {
		o.players = 4 * o.matches
	}
	if f.NArg() > 0 || o.duration < time.Second || o.matches < 1 || o.players < 4 {
		fmt.Fprintln(stderr, "soak: want a duration of at least 1s, 1 match and 4 players")
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	rep, err := run(ctx, o, stdout)
	if err != nil {
		fmt.Fprintln(stderr, "soak:", err)
		return 2
	}
	rep.print(stdout)
	if len(rep.wrong) > 0 {
		return 1
	}
	return 0
}
