package main

import (
	"testing"
	"time"
)

// TestMeasure is one round of each kind; what it finds belongs to the machine.
func TestMeasure(t *testing.T) {
	res, err := measure(t.Context(), options{rate: 50, duration: time.Second, arenas: 1, players: 3, watchers: 10}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if res.calm.TotalCount() < 20 || res.busy.TotalCount() < 20 || res.rate < 10 || res.diffs == 0 {
		t.Errorf("%d frames alone, %d with %.0f lobbies per second and %d diffs", res.calm.TotalCount(), res.busy.TotalCount(), res.rate, res.diffs)
	}
}
