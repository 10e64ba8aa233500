package main_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tickwire/clients/go"
)

// TestSupervisors runs the binary as systemd and Agones do: it tells them that
// it is ready, alive, occupied, stopping and gone.
func TestSupervisors(t *testing.T) {
	said := make(chan string, 10_000)
	notify := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: notify, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	go func() {
		for buf := make([]byte, 4096); ; {
			n, err := socket.Read(buf)
			if err != nil {
				return // closed
			}
			said <- string(buf[:n])
		}
	}()
	sidecar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said <- "agones " + r.URL.Path
		w.Write([]byte("{}"))
	}))
	defer sidecar.Close()
	at, err := url.Parse(sidecar.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", notify)
	t.Setenv("WATCHDOG_USEC", "500000")
	t.Setenv("AGONES_SDK_HTTP_PORT", at.Port())
	want := func(what ...string) {
		t.Helper()
		missing := map[string]bool{}
		for _, w := range what {
			missing[w] = true
		}
		for timeout := time.After(patience); len(missing) > 0; {
			select {
			case s := <-said:
				for w := range missing {
					if strings.HasPrefix(s, w) {
						delete(missing, w)
					}
				}
			case <-timeout:
				t.Fatalf("never said: %v", missing)
			}
		}
	}

	p := start(t, "--bots=0", "--drain-timeout=5s")
	want("READY=1", "WATCHDOG=1", "agones /ready", "agones /health")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	game := client.NewGame(client.New(client.Options{URL: p.url}))
	if err := game.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := game.Quick(ctx, client.Request{Game: "arena"}); err != nil {
		t.Fatal(err)
	}
	want("agones /allocate", "agones /v1beta1/counters/rooms")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	want("STOPPING=1\nEXTEND_TIMEOUT_USEC=15000000", "agones /shutdown")
	<-p.read
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	<-game.Conn().Done()
}

// TestSecondSignalCuts does not wait for the delay of the drain.
func TestSecondSignalCuts(t *testing.T) {
	p := start(t, "--bots=0", "--drain-delay=10m")
	for range 2 {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		until(t, "the drain", func() bool { return p.logged("draining") })
	}
	<-p.read
	_ = p.cmd.Wait()
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
		t.Errorf("ended as %v, want by the signal", p.cmd.ProcessState)
	}
}

func (p *process) logged(message string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.logs {
		if l.Message == message {
			return true
		}
	}
	return false
}

// until polls a condition that nothing tells of.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	timeout := time.After(patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("waited too long for %s", what)
		}
	}
}
