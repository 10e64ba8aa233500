// Command report makes the dated record of the benchmarks:
//
//	make bench-results
//
// It runs the commands of this folder one after the other on an otherwise quiet
// machine (some 12 minutes), writes what they found as bench/results/DATE.json and
// draws all records as one page, bench/results/index.html. With -draw it only draws.
// Exit status 1: a target was missed, which is no error; 2: a step could not run, the others are recorded.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type options struct {
	dir   string
	only  string
	short bool
	draw  bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	f := flag.NewFlagSet("report", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.dir, "dir", "bench/results", "`folder` of the records and the page")
	f.StringVar(&o.only, "only", "", "run the steps whose names begin with one of these, separated by commas; nothing is recorded")
	f.BoolVar(&o.short, "short", false, "small and quick, to see that everything runs; nothing is recorded")
	f.BoolVar(&o.draw, "draw", false, "only draw the page from the records that are there")
	if err := f.Parse(args); err != nil {
		return 2
	}
	missed := 0
	var failed []string
	if !o.draw {
		rec, err := measure(ctx, o, stderr)
		if err != nil {
			fmt.Fprintln(stderr, "report:", err)
			return 2
		}
		missed, failed = rec.print(stdout), rec.failed()
		if o.only == "" && !o.short {
			if err := rec.write(o.dir); err != nil {
				fmt.Fprintln(stderr, "report:", err)
				return 2
			}
		}
	}
	if o.draw || o.only == "" && !o.short {
		if err := drawAll(o.dir); err != nil {
			fmt.Fprintln(stderr, "report:", err)
			return 2
		}
	}
	switch {
	case len(failed) > 0:
		fmt.Fprintln(stderr, "report: could not run:", strings.Join(failed, ", "))
		return 2
	case missed > 0:
		return 1
	}
	return 0
}

// record is one run on one machine.
type record struct {
	Date    string   `json:"date"` // UTC, RFC 3339
	Commit  string   `json:"commit"`
	Machine machine  `json:"machine"`
	Figures []figure `json:"figures"`
	Steps   []*step  `json:"steps"`
}

// figure is one measured value and what it is to be.
type figure struct {
	Group  string   `json:"group"`
	Name   string   `json:"name"`
	Value  float64  `json:"value"`
	Unit   string   `json:"unit,omitempty"`
	Target *float64 `json:"target,omitempty"` // nil: told, not judged
	Least  bool     `json:"least,omitempty"`  // the target is the least, else the most
}

func (f *figure) met() bool {
	return f.Target == nil || f.Least && f.Value >= *f.Target || !f.Least && f.Value <= *f.Target
}

func measure(ctx context.Context, o options, progress io.Writer) (*record, error) {
	bin, err := os.MkdirTemp("", "report")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(bin)
	fmt.Fprintln(progress, "building")
	if err := build(ctx, bin); err != nil {
		return nil, err
	}
	rec := &record{Date: time.Now().UTC().Format(time.RFC3339), Commit: commit(ctx), Machine: look(ctx)}
	steps := slices.DeleteFunc(plan(o.short), func(s *step) bool { return !wanted(s.Name, o.only) })
	for i, s := range steps {
		fmt.Fprintf(progress, "%s  step %d of %d: %s\n", time.Now().Format(time.TimeOnly), i+1, len(steps), s.Name)
		rec.Steps = append(rec.Steps, s)
		figures, err := s.figures(ctx, bin, progress)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil { // the others are worth having
			s.Error = err.Error()
			fmt.Fprintln(progress, "FAILED:", s.Error)
		}
		rec.Figures = append(rec.Figures, figures...)
	}
	return rec, nil
}

// figures runs a step and reads what it printed.
func (s *step) figures(ctx context.Context, bin string, progress io.Writer) ([]figure, error) {
	if err := s.run(ctx, bin, progress); err != nil {
		return nil, err
	}
	list, err := s.read(s.Output)
	if err != nil {
		return nil, fmt.Errorf("what it printed: %w", err)
	}
	return list, nil
}

// failed returns the names of the steps that could not run.
func (r *record) failed() (names []string) {
	for _, s := range r.Steps {
		if s.Error != "" {
			names = append(names, s.Name)
		}
	}
	return names
}

// wanted reports whether a step is among those asked for.
func wanted(name, only string) bool {
	return slices.ContainsFunc(strings.Split(only, ","), func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// print tells the figures and returns how many targets were missed.
func (r *record) print(w io.Writer) (missed int) {
	group := ""
	for _, f := range r.Figures {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(w, "\n%s\n", group)
		}
		verdict := ""
		if f.Target != nil {
			verdict = "target " + f.target()
			if !f.met() {
				verdict += "   MISSED"
				missed++
			}
		}
		fmt.Fprintf(w, "  %-58s %12s %-8s %s\n", f.Name, number(f.Value), f.Unit, verdict)
	}
	return missed
}

func (f *figure) target() string {
	if f.Least {
		return "≥ " + number(*f.Target)
	}
	return "≤ " + number(*f.Target)
}

// number writes a value with three or four digits that count.
func number(v float64) string {
	switch {
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 100:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

// write keeps the record under its date.
func (r *record) write(dir string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	name := strings.ReplaceAll(r.Date, ":", "") + ".json"
	return os.WriteFile(filepath.Join(dir, name), append(text, '\n'), 0o644)
}
