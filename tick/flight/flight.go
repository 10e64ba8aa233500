// Package flight keeps an execution trace of the last seconds in memory and
// writes it to a file when something was too slow, so that what a step of a
// match waited for can be looked at afterwards, with go tool trace.
//
// A Recorder's methods may be called by any goroutine. There can be one that
// runs in a process; the runtime's tracing costs 1 to 2 % of a processor.
package flight

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/trace"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// Options of a Recorder. All but Dir may be left empty.
type Options struct {
	Dir      string        // of the files; made if need be, this process's own
	Age      time.Duration // of what is kept in memory; default 2 s
	MaxBytes int64         // of one file, about, and of memory; default 8 MiB
	Keep     int           // files; older ones are deleted; default 16
	Every    time.Duration // the shortest time between two files; default 10 s

	// Log hears of files that cannot be written, once until one can. Default:
	// nobody does.
	Log zerolog.Logger
}

// Recorder writes traces. Make it with New.
type Recorder struct {
	opt  Options
	root *os.Root // no name leads out of it
	asks chan string

	written, missed atomic.Uint64
	failed          atomic.Pointer[error]
}

// New checks the folder. It starts nothing.
func New(o Options) (*Recorder, error) {
	o.Age, o.MaxBytes = cmp.Or(o.Age, 2*time.Second), cmp.Or(o.MaxBytes, 8<<20)
	o.Keep, o.Every = cmp.Or(o.Keep, 16), cmp.Or(o.Every, 10*time.Second)
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("flight recorder: %w", err)
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("flight recorder: %w", err)
	}
	return &Recorder{opt: o, root: root, asks: make(chan string, 1)}, nil
}

// Run records until ctx ends. The error, if not that of ctx, is that another
// trace is being taken.
func (r *Recorder) Run(ctx context.Context) error {
	f := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: r.opt.Age, MaxBytes: uint64(r.opt.MaxBytes)})
	if err := f.Start(); err != nil {
		return fmt.Errorf("flight recorder: %w", err)
	}
	defer f.Stop()
	var last time.Time
	failing := false
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case why := <-r.asks:
			now := time.Now()
			if !last.IsZero() && now.Sub(last) < r.opt.Every {
				r.missed.Add(1)
				continue
			}
			last = now
			err := r.write(f, why, now)
			if err != nil && !failing {
				r.opt.Log.Warn().Err(err).Msg("a trace cannot be written")
			}
			if failing = err != nil; failing {
				r.failed.Store(&err)
				r.missed.Add(1)
				continue
			}
			r.written.Add(1)
		}
	}
}

// Dump asks for a file of what has just happened, whose name tells why in
// letters, digits and dashes. It never waits; asks that come too soon after
// another are counted.
func (r *Recorder) Dump(why string) {
	select {
	case r.asks <- why:
	default:
		r.missed.Add(1)
	}
}

// Counts tells how many files were written, and how many asks came to nothing:
// too soon, or with the error that the last one met.
func (r *Recorder) Counts() (written, missed uint64, err error) {
	if p := r.failed.Load(); p != nil {
		err = *p
	}
	return r.written.Load(), r.missed.Load(), err
}

const ext = ".trace"

// write never leaves a part of a file under its name.
func (r *Recorder) write(f io.WriterTo, why string, now time.Time) error {
	name := now.UTC().Format("20060102-150405.000") + "-" + fileName(why) + ext
	file, err := r.root.Create(name + ".part")
	if err != nil {
		return err
	}
	_, err = f.WriteTo(file)
	if err = cmp.Or(err, file.Close()); err != nil {
		_ = r.root.Remove(name + ".part")
		return err
	}
	if err := r.root.Rename(name+".part", name); err != nil {
		return err
	}
	return r.evict()
}

// evict deletes the oldest files: their names begin with their time.
func (r *Recorder) evict() error {
	names, err := filepath.Glob(filepath.Join(r.opt.Dir, "*"+ext))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names[:max(0, len(names)-r.opt.Keep)] {
		if err := r.root.Remove(filepath.Base(name)); err != nil {
			return err
		}
	}
	return nil
}

func fileName(why string) string {
	why = strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, why)
	return why[:min(len(why), 64)]
}
