// Command load connects many clients to a running server, plays, and prints
// how late state frames and the effects of inputs arrive.
//
//	go run ./bench/load -url http://localhost:3000 -clients 100 -duration 10s
//
// Latency is measured from the time at which a tick was due, not from when it
// was sent: a server that stalls cannot hide it. How the due time is found is
// told at type schedule; the method as a whole in bench/README.md.
//
// With -profile it starts a server of its own in a second process and reports
// that one's CPU and memory, too.
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
)

func main() {
	if hz := os.Getenv(serverVariable); hz != "" {
		if err := runServer(hz, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "load: server:", err)
			os.Exit(1)
		}
		return
	}
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
	res, more, err := o.run(ctx, func(line string) { fmt.Fprintln(stderr, line) })
	if err != nil {
		fmt.Fprintln(stderr, "load:", err)
		return 2
	}
	if o.JSON {
		res.json(stdout, more)
	} else {
		res.table(stdout, more)
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

func (o options) run(ctx context.Context, progress func(string)) (*result, []field, error) {
	if o.Profile != "" {
		return runProfile(ctx, o, progress)
	}
	r, err := newRun(o, progress)
	if err != nil {
		return nil, nil, err
	}
	defer r.close()
	res, err := r.plain(ctx)
	return res, nil, err
}
