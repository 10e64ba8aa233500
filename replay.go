package tickwire

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"tickwire/codec/replay"
	"tickwire/lobby"
)

// replayCommand runs the match of a log again and says whether it went as it
// did: exit status 1 if not, or if the log cannot be run.
func replayCommand(in invocation) int {
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	frames := flags.String("frames", "", "`file` to write what a viewer plays into, instead of running the match")
	err := flags.Parse(in.args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(in.stdout, "Usage: %s replay [--frames=OUT] FILE\n\n"+
			"Runs the match of a log again, without clients, compares the state after every step\nand names the first tick and value that differ. Exit status: 0 = all the same, 1 = not.\n"+
			"With --frames it writes the recording as docs/replay.md says, for a viewer.\n", in.options.Name)
		return exitDone
	case err == nil && flags.NArg() != 1:
		err = fmt.Errorf("which log? see %s replay --help", in.options.Name)
	}
	if err != nil {
		return in.wrong(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log, err := os.Open(flags.Arg(0))
	if err != nil {
		return in.failed(err)
	}
	defer log.Close()
	if *frames != "" {
		err = writeFrames(*frames, log)
	} else {
		err = in.rerun(ctx, log)
	}
	if err != nil {
		return in.failed(err)
	}
	return exitDone
}

func writeFrames(name string, log io.Reader) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	return errors.Join(replay.Stream(w, bufio.NewReader(log)), w.Flush(), out.Close())
}

// rerun prints a report. The error of a match that goes another way is where.
func (in invocation) rerun(ctx context.Context, log io.ReadSeeker) error {
	game, err := in.gameOf(log)
	if err != nil {
		return err
	}
	all, err := replay.LastTick(log)
	if err != nil && !errors.Is(err, replay.ErrCut) {
		return err
	}
	if _, err := log.Seek(0, io.SeekStart); err != nil {
		return err
	}
	began := time.Now()
	report, err := lobby.Rerun(ctx, game, log, in.progress(all))
	if err != nil {
		return err
	}
	in.report(&report, time.Since(began))
	if report.Divergence != nil {
		return fmt.Errorf("the match went another way at %v", report.Divergence)
	}
	return nil
}

// gameOf finds the game of a log, which it leaves at its beginning.
func (in invocation) gameOf(log io.ReadSeeker) (lobby.Game, error) {
	var rec replay.Record
	if err := replay.NewReader(log).Next(&rec); err != nil {
		return lobby.Game{}, err
	}
	if _, err := log.Seek(0, io.SeekStart); err != nil {
		return lobby.Game{}, err
	}
	var names []string
	for _, g := range in.options.Games {
		if g.Name == rec.Header.Game {
			return g, nil
		}
		names = append(names, g.Name)
	}
	return lobby.Game{}, fmt.Errorf("the log is of game %q, this program has %q", rec.Header.Game, names)
}

// progress shows a person how far it is.
func (in invocation) progress(all uint32) func(uint32) {
	if !in.terminal() || all == 0 {
		return nil
	}
	shown := -1
	return func(tick uint32) {
		if percent := int(uint64(tick) * 100 / uint64(all)); percent != shown {
			shown = percent
			fmt.Fprintf(in.stderr, "\r%3d %% of %d ticks ", percent, all)
			if tick+uint32(1) > all {
				fmt.Fprintln(in.stderr)
			}
		}
	}
}

func (in invocation) report(r *lobby.RerunReport, took time.Duration) {
	h := &r.Header
	fmt.Fprintf(in.stdout, "game      %s, match %s, %s\n", h.Game, h.Match, time.UnixMilli(h.Started).UTC().Format(time.RFC3339))
	fmt.Fprintf(in.stdout, "build     %s\n", h.Build)
	fmt.Fprintf(in.stdout, "seed      %d\n", h.Seed)
	fmt.Fprintf(in.stdout, "match     %d players, %d inputs, %d ticks at %d Hz = %v\n", r.Players, r.Inputs, r.Ticks, h.Hz,
		(time.Duration(r.Ticks) * time.Second / time.Duration(h.Hz)).Round(100*time.Millisecond))
	end := r.Reason
	switch {
	case r.Divergence != nil:
		end = "not reached"
	case end == "":
		end = "the log is cut off"
	}
	fmt.Fprintf(in.stdout, "end       %s\n", end)
	if r.Divergence == nil {
		fmt.Fprintf(in.stdout, "result    every tick is as it was; took %v\n", took.Round(time.Millisecond))
	}
	if r.Fault != nil {
		fmt.Fprintf(in.stdout, "\nthe rules panicked, as they did: %v\n\n%s\n", r.Fault, r.Stack)
	}
}
