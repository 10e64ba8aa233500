// Command trace replays a recorded game through the state encoder and decoder,
// compares them at every tick and prints what the frames cost. See
// docs/state-format.md, "Traces", for the file format.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"tickwire/codec/state"
)

var forms = map[string]state.Form{"B": state.BForm, "M": state.MForm}

// options of a run.
type options struct {
	form   string
	skip   int
	viewer string
	learn  int
	runs   int
	json   bool
	costs  bool
	record string
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "trace:", err)
		os.Exit(1)
	}
}

var errMismatch = errors.New("decoded state differs from the world")

func run(args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("trace", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: trace FILE [flags]\n\nFILE is a trace as JSON lines, gzipped if its name ends in .gz.")
		flags.PrintDefaults()
	}
	flags.StringVar(&o.form, "form", "B", "wire form: B, M, or to compare json (full state), patch (JSON merge patch), msgpack (map of what changed)")
	flags.IntVar(&o.skip, "skip", 0, "ticks that the client misses between two frames")
	flags.StringVar(&o.viewer, "viewer", "", "viewer of the trace, or all; default all if the trace has viewers, else everybody")
	flags.IntVar(&o.learn, "learn", 40, "ticks from which the tables of the B-form are learned; 0: default tables")
	flags.IntVar(&o.runs, "runs", 25, "replays from which the cost of each tick is taken; 0: no timing")
	flags.BoolVar(&o.costs, "profile", false, "also print what the frames are made of, by type and field")
	flags.StringVar(&o.record, "record", "", "also write the frames of a client to this `file`, for decode.mjs")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	file, err := parseArgs(flags, args)
	if err != nil {
		return err
	}
	t, err := load(file)
	if err != nil {
		return err
	}
	res, err := measure(t, o)
	if err != nil {
		return err
	}
	res.print(out, o.json)
	if res.Mismatches > 0 {
		return fmt.Errorf("%w: %d of %d frames", errMismatch, res.Mismatches, res.Frames)
	}
	return nil
}

// parseArgs takes the file before or after the flags.
func parseArgs(flags *flag.FlagSet, args []string) (file string, err error) {
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		file, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	if file == "" && flags.NArg() > 0 {
		file = flags.Arg(0)
	}
	if file == "" {
		flags.Usage()
		return "", errors.New("no trace given")
	}
	return file, nil
}

func measure(t *trace, o options) (*result, error) {
	res := &result{Scenario: t.scenario, Form: o.form}
	if p, ok := peers[o.form]; ok {
		return res, comparePeer(t, p, o, res)
	}
	form, ok := forms[o.form]
	if !ok {
		return nil, fmt.Errorf("unknown form %q", o.form)
	}
	if err := sizes(t, form, o, res); err != nil {
		return nil, err
	}
	cost(t, form, o, res)
	if o.record != "" {
		return res, record(t, form, o, o.record)
	}
	return res, nil
}

// viewers of a run; "" is everybody.
func (o options) viewers(t *trace) []string {
	names := t.viewerNames()
	switch {
	case o.viewer != "" && o.viewer != "all":
		return []string{o.viewer}
	case len(names) == 0:
		return []string{""}
	}
	return names
}

func (r *result) print(out io.Writer, asJSON bool) {
	if asJSON {
		b, _ := json.Marshal(r) // only numbers and strings: cannot fail
		fmt.Fprintf(out, "%s\n", b)
		return
	}
	fmt.Fprintf(out, "%s, form %s\n", r.Scenario, r.Form)
	for _, row := range []struct {
		name  string
		value float64
		unit  string
	}{
		{"keyframe", r.KeyframeBytes, "B"},
		{"mean per changing tick", r.MeanBytes, "B"},
		{"p99", r.P99Bytes, "B"},
		{"coalesced over 3 ticks", r.Coalesced3, "B"},
		{"coalesced over 8 ticks", r.Coalesced8, "B"},
		{"coalesced over 20 ticks", r.Coalesced20, "B"},
		{"learned tables, once", float64(r.TableBytes), "B"},
		{"CPU per changed field", r.NsPerField, "ns"},
		{"allocations per tick", r.AllocsPerTick, ""},
		{"frames decoded", float64(r.Frames), ""},
		{"mismatches", float64(r.Mismatches), ""},
	} {
		fmt.Fprintf(out, "  %-24s %10.2f %s\n", row.name, row.value, row.unit)
	}
	for _, c := range r.costs {
		fmt.Fprintf(out, "  %-24s %10.2f B per tick, %4.1f %%, %d values\n", partName(c), c.Bytes/float64(r.ticks), 100*c.Share, c.Count)
	}
}

func partName(c state.Cost) string {
	if c.Field == "" {
		return c.Type + " (which)"
	}
	return c.Type + "." + c.Field
}
