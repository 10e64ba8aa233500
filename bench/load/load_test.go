package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"

	"tickwire"
	"tickwire/games/arena"
	"tickwire/lobby"
)

func serve(t *testing.T) (url string) {
	t.Helper()
	s, err := tickwire.New(tickwire.Options{Games: []lobby.Game{arena.Game()}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(t.Context(), listener) }() // the context ends before Cleanup
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

func TestJSONHasTheAgreedKeys(t *testing.T) {
	url := serve(t)
	for _, way := range []string{"-parser=msgpack", "-parser=json", "-lean"} {
		if way == "-lean" && runtime.GOOS != "linux" {
			continue
		}
		var out, progress bytes.Buffer
		status := load(t.Context(), []string{
			"-url", url, "-clients", "6", "-lobby-size", "3", "-duration", "1100ms", "-warmup", "200ms", way, "-json",
		}, &out, &progress)
		var got map[string]float64
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || status != 0 {
			t.Fatalf("status %d, %v: %s\n%s", status, err, out.String(), progress.String())
		}
		want := []string{"bytes_per_s", "disconnects", "input_p99_ms", "max_ms", "p50_ms", "p90_ms", "p999_ms", "p99_ms", "skipped"}
		if keys := slices.Sorted(maps.Keys(got)); !slices.Equal(keys, want) {
			t.Errorf("keys %q, want %q", keys, want)
		}
		if got["bytes_per_s"] < 100 || got["max_ms"] <= 0 || got["input_p99_ms"] <= 0 || got["p99_ms"] > got["max_ms"] {
			t.Errorf("got %v", got)
		}
		if !strings.Contains(progress.String(), "6 clients play \"arena\" in 2 matches") || !strings.Contains(progress.String(), "frames/s") {
			t.Errorf("progress: %s", progress.String())
		}
	}
}

func TestBarsAndExitStatus(t *testing.T) {
	url := serve(t)
	short := []string{"-url", url, "-clients", "2", "-duration", "500ms", "-warmup", "100ms"}
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"-max-p99", "1us"}, 1},
		{[]string{"-max-input-p99", "1us"}, 1},
		{[]string{"-max-p99", "1m"}, 0},
		{[]string{"-game", "chess"}, 2},
		{[]string{"-parser", "xml"}, 2},
		{[]string{"-parser", "json", "-lean"}, 2},
		{[]string{"-input", "{"}, 2},
		{[]string{"-url", "http://127.0.0.1:1"}, 2},
		{[]string{"-clients", "0"}, 2},
		{[]string{"-nonsense"}, 2},
		{[]string{"-help"}, 0},
	} {
		var out, progress bytes.Buffer
		if got := load(t.Context(), append(slices.Clone(short), test.args...), &out, &progress); got != test.want {
			t.Errorf("%q: exit status %d, want %d\n%s", test.args, got, test.want, progress.String())
		}
	}
}
