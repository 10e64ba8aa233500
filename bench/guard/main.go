// Command guard fails when the hot path got worse: make bench-guard.
//
// It compares what does not depend on the machine's speed: the bytes of two
// recorded games with those in bench/results/guard.json (1 % more is a
// failure), allocations in the steady path with none, and the CPU of a
// broadcast with a bare loop of write(2) in the same run. Exit status 1: a bar
// was missed; 2: a measurement could not be made.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"text/tabwriter"
)

const record = "bench/results/guard.json"

// bars is the record: what was measured, and what is allowed.
type bars struct {
	// Bytes by trace file, form, and key of bench/trace -json.
	Bytes map[string]map[string]map[string]float64 `json:"bytes"`
	// MaxRatio to floor B, by members of the room and path of bench/broadcast.
	MaxRatio map[string]map[string]float64 `json:"max_ratio"`
}

const slack = 1.01 // of the recorded bytes

// allocTests are the packages whose tests named *Alloc* hold the steady path to
// zero. They run without the race detector, which allocates by itself.
var allocTests = []string{
	"./codec/...", "./sio/...", "./lobby/...", "./tick/...", "./games/...", "./clients/go/...",
}

func main() {
	update := flag.Bool("update", false, "write the bytes of this run into "+record)
	runs := flag.Int("runs", 3, "`number` of interleaved runs of the broadcast; the median counts")
	flag.Parse()
	misses, err := guard(*update, *runs)
	if err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(2)
	}
	if misses > 0 {
		fmt.Fprintf(os.Stderr, "guard: %d bars missed\n", misses)
		os.Exit(1)
	}
}

func guard(update bool, runs int) (misses int, err error) {
	text, err := os.ReadFile(record)
	if err != nil {
		return 0, fmt.Errorf("run it in the root of the project: %w", err)
	}
	var b bars
	if err := json.Unmarshal(text, &b); err != nil {
		return 0, fmt.Errorf("%s: %w", record, err)
	}
	t := newTable()
	if err := t.bytes(b, update); err != nil {
		return 0, err
	}
	if update {
		text, err := json.MarshalIndent(b, "", "  ")
		if err != nil {
			return 0, err
		}
		return 0, os.WriteFile(record, append(text, '\n'), 0o644)
	}
	if err := t.broadcast(b, runs); err != nil {
		return 0, err
	}
	t.Flush()
	if out, err := exec.Command("go", append([]string{"test", "-count=1", "-vet=off", "-run=Alloc"}, allocTests...)...).CombinedOutput(); err != nil {
		fmt.Printf("%s\n", failures(string(out)))
		t.misses++
	}
	return t.misses, nil
}

// failures drops the lines of packages that passed.
func failures(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "ok ") && !strings.Contains(line, "[no test files]") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// table prints one line per bar.
type table struct {
	*tabwriter.Writer
	misses int
}

func newTable() *table {
	return &table{Writer: tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)}
}

func (t *table) line(what string, got, bar float64) {
	verdict := "ok"
	if got > bar {
		verdict = "MISSED"
		t.misses++
	}
	fmt.Fprintf(t, "%s\t%.4g\t≤ %.4g\t%s\n", what, got, bar, verdict)
}
