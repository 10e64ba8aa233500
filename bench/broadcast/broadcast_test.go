//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestMain lets the test binary be the sink, too.
func TestMain(m *testing.M) {
	if plan := os.Getenv(sinkVariable); plan != "" {
		runSink(plan, os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

// BenchmarkBroadcast runs a round of all paths per iteration. What counts are
// the ratios and the allocations; the command of this package tells more.
func BenchmarkBroadcast(b *testing.B) {
	for _, members := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			rep, err := measure(b.Context(), options{Rounds: max(5, b.N), Hz: 60, Bytes: 256}, members)
			if err != nil {
				b.Fatal(err)
			}
			for _, name := range []string{"stamped", "room", "json"} {
				b.ReportMetric(rep.path(name).Micros, name+"-µs/msg")
				b.ReportMetric(rep.path(name).RatioB, name+"-ratioB")
				b.ReportMetric(rep.path(name).Allocs, name+"-allocs/tick")
			}
			b.ReportMetric(0, "ns/op") // mostly waiting for the next tick
		})
	}
}

func TestEveryPathReachesEverybody(t *testing.T) {
	var out, progress bytes.Buffer
	status := run(t.Context(), []string{"-members=12", "-rounds=5", "-hz=100", "-json"}, &out, &progress)
	var rep report
	if err := json.Unmarshal(out.Bytes(), &rep); err != nil || status != 0 {
		t.Fatalf("status %d, %v: %s%s", status, err, out.String(), progress.String())
	}
	for _, p := range rep.Paths {
		if p.Delivered != 1 || p.Micros <= 0 || p.RatioB <= 0 || p.P50 <= 0 {
			t.Errorf("%+v", p)
		}
	}
}

func TestMissedBar(t *testing.T) {
	var out, progress bytes.Buffer
	args := []string{"-members=4", "-rounds=1", "-hz=100", "-max-ratio=0.001"}
	if status := run(t.Context(), args, &out, &progress); status != 1 {
		t.Errorf("status %d: %s", status, progress.String())
	}
}

func TestWrongFlags(t *testing.T) {
	for _, args := range [][]string{{"-members=x"}, {"-members=0"}, {"-rounds=0"}, {"-bytes=3"}, {"-nonsense"}} {
		var out, progress bytes.Buffer
		if status := run(t.Context(), args, &out, &progress); status != 2 {
			t.Errorf("%q: status %d", args, status)
		}
	}
}

func TestShareOfManyRooms(t *testing.T) {
	t.Parallel() // it waits
	var out, progress bytes.Buffer
	args := []string{"-rooms=3", "-members=4", "-hz=20", "-time=300ms", "-json"}
	var rep shareReport
	if status := run(t.Context(), args, &out, &progress); status != 0 || json.Unmarshal(out.Bytes(), &rep) != nil {
		t.Fatalf("status %d: %s%s", status, out.String(), progress.String())
	}
	if len(rep.Paths) != 3 {
		t.Fatalf("%+v", rep)
	}
	for _, p := range rep.Paths {
		if p.Delivered <= 0 || p.Delivered > 1 {
			t.Errorf("%+v", p)
		}
	}
}

func TestWideRoom(t *testing.T) {
	t.Parallel() // it waits
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	var out, progress bytes.Buffer
	args := []string{"-rooms=1", "-members=260", "-hz=10", "-time=800ms", "-json"}
	var rep shareReport
	if status := run(t.Context(), args, &out, &progress); status != 0 || json.Unmarshal(out.Bytes(), &rep) != nil {
		t.Fatalf("status %d: %s%s", status, out.String(), progress.String())
	}
	if len(rep.Paths) != 4 || rep.Paths[3].Name != "fan" {
		t.Fatalf("%+v", rep)
	}
	for _, p := range rep.Paths {
		if p.Delivered <= 0 || p.Delivered > 1 || p.Last <= 0 || p.Reader <= 0 {
			t.Errorf("%+v", p)
		}
	}
}

func TestTurns(t *testing.T) {
	ms := time.Millisecond
	s := newTurns(2)
	for _, f := range []struct {
		path      int
		due, late time.Duration
	}{{0, 10, 1 * ms}, {0, 10, 4 * ms}, {0, 10, 2 * ms}, {1, 20, 8 * ms}, {1, 30, 9 * ms}, {1, 40, 7 * ms}, {0, 50, 6 * ms}, {0, 60, 3 * ms}} {
		s.note(f.path, f.due, f.late)
	}
	list := make([]latency, 2)
	s.tell(list)
	for i, want := range []float64{4, 8} {
		if math.Abs(list[i].Last-want) > 0.01 {
			t.Errorf("path %d: %+v, want %v", i, list[i], want)
		}
	}
}
