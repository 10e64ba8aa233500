package main

import (
	"os"
	"testing"
	"time"
)

func TestGridCountsFromTheFirstDeadlineThatWaits(t *testing.T) {
	const ms = time.Millisecond
	g := grid{step: 50 * ms}
	for i, s := range []struct {
		tick     uint32
		now, due time.Duration
		first    bool
	}{
		{1, 1050 * ms, 1050 * ms, true},
		{2, 1100 * ms, 1100 * ms, true},
		{3, 1153 * ms, 1150 * ms, true},
		{4, 1200*ms - 10, 1200*ms - 10, true},  // the clock of the steps rounds
		{5, 1370 * ms, 1250*ms - 10, true},     // stood still,
		{6, 1370*ms + 9, 1250*ms - 10, false},  // caught up in the same turn
		{7, 1370*ms + 18, 1250*ms - 10, false}, // and dropped 1350
		{8, 1401 * ms, 1400*ms - 10, true},
	} {
		if due, first := g.begin(s.tick, s.now); due != s.due || first != s.first {
			t.Errorf("step %d: due at %v, %v; want %v, %v", i, due, first, s.due, s.first)
		}
	}
}

func TestDuesAreShared(t *testing.T) {
	d, file, err := newDues()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(file) })
	if d == nil {
		return // this system has none
	}
	other, err := openDues(file)
	if err != nil {
		t.Fatal(err)
	}
	d.of("m1z").set(7, time.Second)
	if due, ok := other.of("m1z").get(7); !ok || due != time.Second {
		t.Errorf("tick 7: %v, %v", due, ok)
	}
	for _, match := range []string{"m1y", "m20", "", "x", "mzzzzzz"} {
		if due, ok := other.of(match).get(7); ok {
			t.Errorf("match %q: %v", match, due)
		}
	}
}
