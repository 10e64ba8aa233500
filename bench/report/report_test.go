package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func values(texts ...string) (list []json.RawMessage) {
	for _, t := range texts {
		list = append(list, json.RawMessage(t))
	}
	return list
}

func find(t *testing.T, list []figure, name string) figure {
	t.Helper()
	for _, f := range list {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no figure %q in %+v", name, list)
	panic("unreachable")
}

func TestFiguresAreJudged(t *testing.T) {
	list, err := readBroadcast(values(`{"members":100,"paths":[
		{"path":"A net.Conn","cpu_us_per_message":8},
		{"path":"B write(2)","cpu_us_per_message":7,"p99_ms":2},
		{"path":"stamped","ratio_a":0.9,"ratio_b":1.04,"p99_ms":2.4}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, met := range map[string]bool{"stamped: CPU ÷ floor B": true, "stamped: p99 ÷ floor B's": false, "stamped: allocations per tick": true} {
		if f := find(t, list, name); f.met() != met {
			t.Errorf("%+v: met is %v", f, !met)
		}
	}
	if f := find(t, list, "stamped: p99 ÷ floor B's"); f.Value != 1.2 {
		t.Errorf("%+v", f)
	}
}

func TestWideRoomIsJudged(t *testing.T) {
	list, err := readRooms(values(`{"rooms":1,"members":1000,"hz":30,"shares":[
		{"path":"B write(2)","p50_ms":4,"p99_ms":10,"last_ms":8},
		{"path":"stamped","p50_ms":4,"p99_ms":10.5,"last_ms":8},
		{"path":"fan","p50_ms":4.2,"p99_ms":8,"last_ms":6,"reader_us":7}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"fan: p99 ÷ floor B's": 0.8, "fan: p50 ÷ floor B's": 1.05, "fan: the last frame of a tick ÷ floor B's": 0.75} {
		if f := find(t, list, name); f.Value != want || f.met() != (want < 1) {
			t.Errorf("%+v, want %v", f, want)
		}
	}
}

func TestReadGrowth(t *testing.T) {
	text, _ := json.Marshal("BenchmarkGrowth/moving=100-2  \t 500\t 9000 ns/op\t 60.0 ns/field\t 0 B/op\n" +
		"BenchmarkGrowth/moving=1000-2  \t 50\t 90000 ns/op\t 66.0 ns/field\nBenchmarkFew/entities=10000/changed=10-2 \t 9\t 2500 ns/op\n" +
		"BenchmarkRadius/views=100-2 9 9 ns/op 20 B/frame 700 ns/view\nPASS\n")
	list, err := readGrowth(values(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"moving=1000: ÷ the first": 1.1, "10 changed of 10,000": 2.5, "one of 100 radius views": 0.7} {
		if f := find(t, list, name); f.Value != want {
			t.Errorf("%+v, want %v", f, want)
		}
	}
}

func TestStepsThatPrintNonsense(t *testing.T) {
	for _, s := range plan(false) {
		if _, err := s.read(values(`[[1]]`)); err == nil {
			t.Errorf("%s takes anything", s.Name)
		}
		if _, err := s.read(nil); err == nil {
			t.Errorf("%s takes nothing", s.Name)
		}
	}
}

// The page shows the last record, and each figure over all of them.
func TestPage(t *testing.T) {
	dir := t.TempDir()
	for i, date := range []string{"2026-11-27T10:00:00Z", "2026-11-28T10:00:00Z"} {
		rec := record{Date: date, Figures: []figure{most("Group <1>", "a", float64(i)+0.5, "µs", 1), told("Group <1>", "b", 3, "")}}
		if err := rec.write(dir); err != nil {
			t.Fatal(err)
		}
	}
	var out, progress bytes.Buffer
	if status := run(t.Context(), []string{"-draw", "-dir", dir}, &out, &progress); status != 0 {
		t.Fatalf("status %d: %s", status, progress.String())
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"2026-11-28T10:00:00Z", "0 of 1 targets met", "Group &lt;1&gt;", `class="missed"`, "≤ 1", "class=\"spark\"", "all 2 records"} {
		if !strings.Contains(string(page), part) {
			t.Errorf("the page has no %q", part)
		}
	}
	if status := run(t.Context(), []string{"-draw", "-dir", t.TempDir()}, &out, &progress); status != 2 {
		t.Errorf("drawing nothing: status %d", status)
	}
}
