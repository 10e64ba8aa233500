package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// step is one command and how its figures are read.
type step struct {
	Name    string            `json:"name"`
	Command []string          `json:"command"`
	Seconds float64           `json:"seconds"`
	Output  []json.RawMessage `json:"output"` // the JSON values that it printed
	Error   string            `json:"error,omitempty"`

	read func([]json.RawMessage) ([]figure, error)
	pin  []string // what the command runs under
	text bool     // it prints no JSON but lines
}

// programs are the commands of this folder that steps call by their names.
var programs = []string{"broadcast", "load", "peers", "trace"}

// plan is what a record consists of; short only shows that all of it runs.
func plan(short bool) (steps []*step) {
	add := func(name string, read func([]json.RawMessage) ([]figure, error), command ...string) {
		steps = append(steps, &step{Name: name, Command: command, read: read})
	}
	rounds, seconds, peerRounds := "120", "8s", "2"
	if short {
		rounds, seconds, peerRounds = "5", "1s", "1"
	}
	for _, members := range []int{10, 100, 1000} {
		ticks := []string{"-rounds", rounds}
		if members < 1000 && !short { // where a tick tells little, it takes many for a p99
			ticks = []string{"-rounds", "800", "-hz", "120"}
		}
		for _, slow := range []int{0, members / 10} {
			add(fmt.Sprintf("broadcast %d members, %d slow", members, slow), readBroadcast, append([]string{
				"broadcast", "-json", "-members", strconv.Itoa(members), "-slow", strconv.Itoa(slow)}, ticks...)...)
		}
	}
	add("share of 200 rooms on one core", readShare,
		"broadcast", "-json", "-rooms", "200", "-members", "10", "-hz", "60", "-time", seconds)
	if last := steps[len(steps)-1]; hasTaskset() {
		last.pin, last.Command = []string{"taskset", "-c", "0"}, append(last.Command, "-sink-cpus", "1")
	}

	add("rooms 10 × 100", readRooms, "broadcast", "-json", "-rooms", "10", "-members", "100", "-hz", "60", "-time", seconds)
	wideTime := "20s" // a p99 is made of the worst ticks, of which there are few at 30 Hz
	if short {
		wideTime = seconds
	}
	add("one room of 1000", readRooms, "broadcast", "-json", "-rooms", "1", "-members", "1000", "-hz", "30", "-time", wideTime)

	load := func(name, group string, judge func(map[string]float64) []figure, args ...string) {
		args = append([]string{"load", "-json", "-max-disconnects", "-1"}, args...)
		if short {
			args = append(args, "-clients", "40", "-warmup", "200ms")
		}
		add(name, readLoad(group, judge), append(args, "-duration", seconds)...)
	}
	load("load broadcast", "10 rooms × 100 at 60 Hz", judgeRooms, "-profile", "broadcast")
	load("load matches 500 × 8", "500 arenas × 8 at 30 Hz", judgeMatches, "-profile", "matches", "-lean")
	load("load matches 200 × 10", "200 arenas × 10 at 20 Hz", judgeMatches, "-profile", "matches", "-lean", "-clients", "2000", "-lobby-size", "10", "-tick-hz", "20", "-hz", "20")
	load("load idle", "10,000 idle connections", judgeIdle, "-profile", "idle")
	load("load slow", "100 members, 10 of them slow", judgeSlow, "-profile", "slow")
	load("load overload", "40 rooms × 100 at 120 Hz on one core: twice what it can", judgeOverload, "-profile", "broadcast", "-lean", "-clients", "4000", "-tick-hz", "120")
	if last := steps[len(steps)-1]; hasTaskset() {
		last.pin, last.Command = []string{"taskset", "-c", "1"}, append(last.Command, "-server-cpus", "0")
	}

	for _, t := range []struct{ file, form string }{{"A", "B"}, {"A", "M"}, {"C", "B"}} {
		add("trace "+t.file+" "+t.form, readTrace(t.file), "trace", "bench/trace/testdata/"+t.file+".jsonl.gz", "-json", "-form", t.form,
			"-record", "{temp}/"+t.file+t.form+".json")
	}
	add("trace A B in JavaScript", readDecode, "node", "bench/trace/decode.mjs", "{temp}/AB.json")
	add("growth", readGrowth, "go", "test", "./codec/state", "-run=^$", "-bench=Growth|Few|Radius", "-benchtime="+seconds[:1]+"00ms")
	steps[len(steps)-1].text = true
	add("peers 10 × 100 at 20 Hz", readPeers, "peers", "-json", "-rounds", peerRounds, "-duration", "4s")
	if !short {
		add("peers highest rate", readRates, "peers", "-json", "-max-rate")
	}
	return steps
}

func build(ctx context.Context, dir string) error {
	for _, name := range programs {
		out, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, name), "./bench/"+name).CombinedOutput()
		if err != nil {
			return fmt.Errorf("run it in the root of the project: build %s: %w\n%s", name, err, out)
		}
	}
	return nil
}

// run executes the command, whose progress goes to ours.
func (s *step) run(ctx context.Context, bin string, progress io.Writer) error {
	words := slices.Concat(s.pin, s.Command)
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "{temp}", bin)
	}
	if at := len(s.pin); slices.Contains(programs, words[at]) {
		words[at] = filepath.Join(bin, words[at])
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, progress
	began := time.Now()
	err := cmd.Run()
	s.Seconds = time.Since(began).Seconds()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out.String())
	}
	if s.text {
		quoted, err := json.Marshal(out.String())
		s.Output = []json.RawMessage{quoted}
		return err
	}
	for d := json.NewDecoder(&out); d.More(); {
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return err
		}
		s.Output = append(s.Output, v)
	}
	return nil
}

func hasTaskset() bool {
	_, err := exec.LookPath("taskset")
	return err == nil
}
