package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
)

// bytes replays each recorded trace in each recorded form.
func (t *table) bytes(b bars, update bool) error {
	for _, file := range slices.Sorted(maps.Keys(b.Bytes)) {
		for _, form := range slices.Sorted(maps.Keys(b.Bytes[file])) {
			var got map[string]any
			if err := command(&got, "./bench/trace", "bench/trace/testdata/"+file, "-json", "-form", form); err != nil {
				return err
			}
			recorded := b.Bytes[file][form]
			for _, key := range slices.Sorted(maps.Keys(recorded)) {
				v, ok := got[key].(float64)
				if !ok {
					return fmt.Errorf("bench/trace prints no %q", key)
				}
				if update {
					recorded[key] = v
				}
				t.line(file+" "+form+" "+key, v, recorded[key]*slack)
			}
			t.line(file+" "+form+" allocations per tick", got["allocs_per_tick"].(float64), 0.05) // the caches of a world grow at its start
		}
	}
	return nil
}

// report is what bench/broadcast -json prints for one size of room.
type report struct {
	Members int `json:"members"`
	Paths   []struct {
		Name   string  `json:"path"`
		RatioB float64 `json:"ratio_b"`
		Allocs float64 `json:"allocs_per_tick"`
	} `json:"paths"`
}

// hz is twice what bench/broadcast has by itself: the ratios are at most 0.03 above
// those at 30, and nothing may run beside the guard while it waits for its ticks.
const hz = "60"

// broadcast measures every size several times, in turn.
func (t *table) broadcast(b bars, runs int) error {
	ratios, allocs := map[string][]float64{}, map[string][]float64{}
	for range runs {
		for _, members := range slices.Sorted(maps.Keys(b.MaxRatio)) {
			var r report
			if err := command(&r, "./bench/broadcast", "-json", "-members", members, "-rounds", rounds(members), "-hz", hz); err != nil {
				return err
			}
			for _, p := range r.Paths {
				key := members + " " + p.Name
				ratios[key], allocs[key] = append(ratios[key], p.RatioB), append(allocs[key], p.Allocs)
			}
		}
	}
	for _, members := range slices.Sorted(maps.Keys(b.MaxRatio)) {
		bar := b.MaxRatio[members]
		for _, path := range slices.Sorted(maps.Keys(bar)) {
			key := members + " " + path
			if len(ratios[key]) != runs {
				return fmt.Errorf("bench/broadcast knows no path %q", path)
			}
			t.line(key+" ÷ write(2)", median(ratios[key]), bar[path])
			if path != "room" { // which encodes the event anew each tick, for all members at once
				t.line(key+" allocations per tick", median(allocs[key]), 0)
			}
		}
	}
	return nil
}

// rounds keeps a run at some seconds: a round of a big room averages more.
func rounds(members string) string {
	if n, err := strconv.Atoi(members); err == nil && n >= 500 {
		return "40"
	}
	return "80"
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// command runs one of our commands and decodes what it prints.
func command(into any, pkg string, args ...string) error {
	cmd := exec.Command("go", append([]string{"run", pkg}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", pkg, err)
	}
	return json.Unmarshal(out, into)
}
