package main_test

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestOperatorsListener(t *testing.T) {
	p := start(t)
	for _, path := range []string{"/livez", "/readyz", "/debug/pprof/goroutine?debug=1"} {
		if status, body := fetch(t, p.ops+path); status != 200 {
			t.Errorf("%s: %d %s", path, status, body)
		}
		if status, _ := fetch(t, p.url+path); status != 404 {
			t.Errorf("players are served %s: %d", path, status)
		}
	}
}

func TestMetricsOfTheBinary(t *testing.T) {
	p := start(t, "--bots=3")
	waitFor(t, p.ops+"/metrics", `tickwire_players{game="arena"} 3`, `tickwire_matches{game="arena"} 1`)
}

// waitFor asks until the answer has all that is wanted.
func waitFor(t *testing.T, url string, wanted ...string) {
	t.Helper()
	for began := time.Now(); ; {
		status, body := fetch(t, url)
		if status != 200 {
			t.Fatalf("%d %s", status, body)
		}
		missing := slices.DeleteFunc(slices.Clone(wanted), func(want string) bool { return strings.Contains(body, want) })
		if len(missing) == 0 {
			return
		}
		if time.Since(began) > patience {
			t.Fatalf("%s does not come to say %s", url, missing)
		}
	}
}

func TestOperatorsPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	status, logs := run(t, "--addr=127.0.0.1:0", "--ops-addr="+taken.Addr().String())
	if status != 1 || !strings.Contains(logs, "operator's listener (--ops-addr") {
		t.Errorf("exit status %d, logs %s", status, logs)
	}
}

func TestOperatorsListenerOff(t *testing.T) {
	if p := start(t, "--ops-addr=off"); p.ops != "" {
		t.Errorf("it listens on %s", p.ops)
	}
}
