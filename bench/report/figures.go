package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What a step printed becomes figures here, with the targets of the project.

func told(group, name string, value float64, unit string) figure {
	return figure{Group: group, Name: name, Value: value, Unit: unit}
}

func most(group, name string, value float64, unit string, target float64) figure {
	return figure{Group: group, Name: name, Value: value, Unit: unit, Target: &target}
}

func least(group, name string, value float64, unit string, target float64) figure {
	return figure{Group: group, Name: name, Value: value, Unit: unit, Target: &target, Least: true}
}

// decode reads the one value that a command printed.
func decode[T any](out []json.RawMessage) (v T, err error) {
	if len(out) != 1 {
		return v, fmt.Errorf("%d values instead of one", len(out))
	}
	return v, json.Unmarshal(out[0], &v)
}

func readBroadcast(out []json.RawMessage) (list []figure, err error) {
	r, err := decode[struct {
		Members, Slow int
		Paths         []struct {
			Path    string
			Micros  float64 `json:"cpu_us_per_message"`
			RatioA  float64 `json:"ratio_a"`
			RatioB  float64 `json:"ratio_b"`
			Two     float64 `json:"ratio_two"`
			Allocs  float64 `json:"allocs_per_tick"`
			P99     float64 `json:"p99_ms"`
			Deliver float64 `json:"delivered"`
		}
	}](out)
	if err != nil {
		return nil, err
	}
	group := fmt.Sprintf("Broadcast, %d members", r.Members)
	if r.Slow > 0 {
		group += fmt.Sprintf(", %d of them slow", r.Slow)
	}
	floor := 0.0
	for _, p := range r.Paths {
		switch p.Path {
		case "B write(2)":
			floor = p.P99
			list = append(list, told(group, "floor B, write(2): CPU per message", p.Micros, "µs"))
		case "A net.Conn":
			list = append(list, told(group, "floor A, net.Conn.Write: CPU per message", p.Micros, "µs"))
		case "stamped", "room":
			list = append(list, most(group, p.Path+": CPU ÷ floor B", p.RatioB, "×", 1.05), most(group, p.Path+": CPU ÷ floor A", p.RatioA, "×", 1),
				most(group, p.Path+": p99 ÷ floor B's", p.P99/cmp.Or(floor, 1), "×", 1.1))
		case "json":
			list = append(list, most(group, "JSON event with attachment: CPU ÷ floor B", p.RatioB, "×", 1.1),
				told(group, "JSON event with attachment: CPU ÷ write(2) of its bytes", p.Two, "×"))
		}
		if p.Path == "stamped" || p.Path == "json" {
			list = append(list, most(group, p.Path+": allocations per tick", p.Allocs, "", 0))
		}
	}
	return list, nil
}

// readRooms judges the latency where several rooms tick within what the
// processor can do.
func readRooms(out []json.RawMessage) (list []figure, err error) {
	r, err := decode[struct {
		Rooms, Members, Hz int
		Shares             []struct {
			Path string
			P50  float64 `json:"p50_ms"`
			P99  float64 `json:"p99_ms"`
			Last float64 `json:"last_ms"`
			Read float64 `json:"reader_us"`
		}
	}](out)
	group := fmt.Sprintf("%d rooms × %d at %d Hz, without a match", r.Rooms, r.Members, r.Hz)
	middle, floor, last := 1.0, 1.0, 1.0
	for _, p := range r.Shares {
		list = append(list, told(group, p.Path+": p50", p.P50, "ms"), told(group, p.Path+": p99", p.P99, "ms"))
		switch p.Path {
		case "B write(2)":
			middle, floor, last = p.P50, p.P99, p.Last
		case "stamped":
			list = append(list, most(group, "stamped: p99 ÷ floor B's", p.P99/floor, "×", 1.1))
		case "fan": // the floor has one core, this all of them
			list = append(list, most(group, "fan: p99 ÷ floor B's", p.P99/floor, "×", 1), most(group, "fan: p50 ÷ floor B's", p.P50/middle, "×", 1),
				told(group, "fan: the last frame of a tick ÷ floor B's", p.Last/last, "×"), told(group, "fan: CPU of who reads, per frame", p.Read, "µs"))
		}
	}
	return list, err
}

func readShare(out []json.RawMessage) (list []figure, err error) {
	r, err := decode[struct {
		CPUs   int
		Shares []struct {
			Path      string
			Delivered float64
		}
	}](out)
	group := fmt.Sprintf("200 rooms × 10 at 60 Hz on %d core", r.CPUs)
	for _, p := range r.Shares {
		if p.Path == "stamped" {
			list = append(list, least(group, "delivered, stamped", p.Delivered, "", 0.97))
		} else {
			list = append(list, told(group, "delivered, floor "+p.Path, p.Delivered, ""))
		}
	}
	return list, err
}

// readLoad reads bench/load; judge picks what counts.
func readLoad(group string, judge func(map[string]float64) []figure) func([]json.RawMessage) ([]figure, error) {
	return func(out []json.RawMessage) ([]figure, error) {
		keys, err := decode[map[string]float64](out)
		list := judge(keys)
		for i := range list {
			list[i].Group = group
		}
		return list, err
	}
}

func judgeRooms(k map[string]float64) []figure {
	return []figure{
		told("", "tick to client p50", k["p50_ms"], "ms"), told("", "tick to client p99", k["p99_ms"], "ms"),
		told("", "server CPU per frame", k["cpu_us_per_frame"], "µs"), told("", "server CPU", k["server_cpu_pct"], "%"),
		told("", "frames sent ÷ due", k["sent_ratio"], ""), told("", "steps dropped", k["dropped"], ""),
	}
}

func judgeMatches(k map[string]float64) []figure {
	return []figure{
		told("", "step lateness p99", k["step_late_p99_ms"], "ms"), told("", "steps overrun", k["overruns"], ""),
		told("", "steps dropped", k["dropped"], ""), told("", "tick to client p99", k["p99_ms"], "ms"),
		told("", "input to effect p99", k["input_p99_ms"], "ms"), told("", "inputs per second", k["inputs_per_s"], ""),
		told("", "server CPU", k["server_cpu_pct"], "%"), told("", "server memory", k["server_rss_mib"], "MiB"),
	}
}

func judgeIdle(k map[string]float64) []figure {
	return []figure{
		most("", "memory of a connection", k["kib_per_connection"], "KiB", 2.5),
		most("", "CPU of handshake and namespace", k["connect_cpu_us"], "µs", 110),
		told("", "CPU of all while idle", k["idle_cpu_pct"], "%"),
	}
}

func judgeSlow(k map[string]float64) []figure {
	return []figure{
		told("", "healthy p99 without the slow", k["p99_without_ms"], "ms"), told("", "healthy p99 with the slow", k["p99_ms"], "ms"),
		most("", "healthy p99 with ÷ without", k["p99_ratio"], "×", 1.1),
		told("", "frames per second of a slow one", k["slow_frames_per_s"], ""), told("", "slow p50", k["slow_p50_ms"], "ms"),
	}
}

func judgeOverload(k map[string]float64) []figure {
	return []figure{
		most("", "tick to client p99 of what is sent", k["p99_ms"], "ms", 50),
		told("", "frames sent ÷ due", k["sent_ratio"], ""), told("", "steps dropped", k["dropped"], ""),
		told("", "frames skipped for clients that are behind", k["skipped"], ""),
		told("", "server memory", k["server_rss_mib"], "MiB"), told("", "disconnects", k["disconnects"], ""),
	}
}

// traceTargets are those of the state format by trace and form.
var traceTargets = map[string]map[string]float64{
	"A B": {"mean_bytes": 160, "coalesced_3": 298, "coalesced_8": 432, "coalesced_20": 661, "ns_per_field": 60},
	"A M": {"mean_bytes": 638, "keyframe_bytes": 2844},
	"C B": {"mean_bytes": 13},
}

func readTrace(file string) func([]json.RawMessage) ([]figure, error) {
	return func(out []json.RawMessage) (list []figure, err error) {
		all, err := decode[map[string]any](out)
		form, _ := all["form"].(string)
		group := "Trace " + file + ", " + form + "-form"
		targets := traceTargets[file+" "+form]
		for _, key := range []string{"keyframe_bytes", "mean_bytes", "p99_bytes", "coalesced_3", "coalesced_8", "coalesced_20", "ns_per_field", "allocs_per_tick", "mismatches"} {
			v, ok := all[key].(float64)
			if !ok {
				return nil, fmt.Errorf("no number %q", key)
			}
			unit := "B"
			switch key {
			case "ns_per_field":
				unit = "ns"
			case "allocs_per_tick", "mismatches":
				unit = ""
			}
			name := strings.NewReplacer("_bytes", "", "_", " ").Replace(key)
			switch target, ok := targets[key]; {
			case ok:
				list = append(list, most(group, name, v, unit, target))
			case key == "mismatches":
				list = append(list, most(group, name, v, unit, 0))
			case key == "allocs_per_tick":
				list = append(list, most(group, name, v, unit, 0.05)) // the caches of a world grow at its start
			default:
				list = append(list, told(group, name, v, unit))
			}
		}
		return list, err
	}
}

func readDecode(out []json.RawMessage) ([]figure, error) {
	k, err := decode[map[string]float64](out)
	const group = "Trace A, B-form, decoded in JavaScript"
	return []figure{
		most(group, "a frame, objects included", k["us_per_frame"], "µs", 10), told(group, "the same, median of all", k["median_us"], "µs"),
		told(group, "10,000 rounds of xorshift: how fast the machine is", k["calibration_us"], "µs"),
	}, err
}

// readGrowth reads the lines of go test -bench.
func readGrowth(out []json.RawMessage) (list []figure, err error) {
	text, err := decode[string](out)
	const group = "Cost of the codec"
	first := 0.0
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name := words[0][:max(strings.LastIndexByte(words[0], '-'), 0)]
		value := func(unit string) float64 {
			at := slices.Index(words, unit)
			v, _ := strconv.ParseFloat(words[max(at-1, 0)], 64)
			return v
		}
		switch {
		case strings.HasPrefix(name, "BenchmarkGrowth/"):
			v := value("ns/field")
			first = cmp.Or(first, v)
			list = append(list, told(group, strings.TrimPrefix(name, "BenchmarkGrowth/")+": per changed field", v, "ns"),
				most(group, strings.TrimPrefix(name, "BenchmarkGrowth/")+": ÷ the first", v/cmp.Or(first, 1), "×", 1.5))
		case strings.HasPrefix(name, "BenchmarkFew/entities=10000"):
			list = append(list, most(group, "10 changed of 10,000", value("ns/op")/1000, "µs", 3.6))
		case strings.HasPrefix(name, "BenchmarkRadius/views=100"):
			list = append(list, most(group, "one of 100 radius views", value("ns/view")/1000, "µs", 0.5))
		}
	}
	return list, err
}

func readPeers(out []json.RawMessage) (list []figure, err error) {
	rows, err := decode[[]struct {
		Server    string
		CPU       float64 `json:"cpu_us_per_message"`
		Delivered float64
		P99       float64 `json:"p99_ms"`
	}](out)
	const group = "Beside Socket.IO on Node: 10 rooms × 100, 256 B at 20 Hz"
	for _, r := range rows {
		list = append(list, told(group, r.Server+": CPU per message", r.CPU, "µs"), told(group, r.Server+": p99", r.P99, "ms"), told(group, r.Server+": delivered", r.Delivered, ""))
	}
	if len(rows) == 4 { // ours come first
		list = append(list, most(group, "CPU ÷ Node's, MessagePack", rows[0].CPU/rows[2].CPU, "×", 0.5),
			most(group, "CPU ÷ that of Node with its default parser", rows[0].CPU/rows[3].CPU, "×", 0.25))
	}
	return list, err
}

func readRates(out []json.RawMessage) (list []figure, err error) {
	rows, err := decode[[]struct {
		Server string
		MaxHz  float64 `json:"max_hz"`
	}](out)
	const group = "Highest rate with p99 < 50 ms, 10 rooms × 100"
	for _, r := range rows {
		list = append(list, told(group, r.Server, r.MaxHz, "Hz"))
	}
	if len(rows) == 4 {
		list = append(list, least(group, "rate ÷ Node's, MessagePack", rows[0].MaxHz/cmp.Or(rows[2].MaxHz, 1), "×", 2),
			least(group, "rate ÷ that of Node with its default parser", rows[0].MaxHz/cmp.Or(rows[3].MaxHz, 1), "×", 4))
	}
	return list, err
}
