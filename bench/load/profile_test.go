package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the test binary be the server of a profile, too.
func TestMain(m *testing.M) {
	if hz := os.Getenv(serverVariable); hz != "" {
		if err := runServer(hz, os.Stdin, os.Stdout); err != nil {
			panic(err)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func TestProfiles(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		keys []string
	}{
		"broadcast": {[]string{"-clients=20", "-lobby-size=10"}, []string{"server_cpu_pct", "server_rss_mib", "cpu_us_per_frame", "sent_ratio"}},
		"matches":   {[]string{"-clients=8", "-lobby-size=4"}, []string{"inputs_per_s", "server_cpu_pct"}},
		"idle":      {[]string{"-clients=50"}, []string{"connect_cpu_us", "server_rss_mib"}},
		"slow":      {[]string{"-clients=10"}, []string{"p99_without_ms", "p99_ratio", "slow_frames_per_s"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, progress bytes.Buffer
			args := append([]string{"-profile=" + name, "-duration=1s", "-warmup=200ms", "-json"}, test.args...)
			status := load(t.Context(), args, &out, &progress)
			var got map[string]float64
			if err := json.Unmarshal(out.Bytes(), &got); err != nil || status != 0 {
				t.Fatalf("status %d, %v: %s\n%s", status, err, out.String(), progress.String())
			}
			for _, key := range test.keys {
				if got[key] <= 0 {
					t.Errorf("%s is %v", key, got[key])
				}
			}
		})
	}
	var out, progress bytes.Buffer
	if status := load(t.Context(), []string{"-profile=nonsense"}, &out, &progress); status != 2 {
		t.Errorf("an unknown profile: status %d", status)
	}
}
