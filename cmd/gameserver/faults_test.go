//go:build linux

package main_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tickwire/clients/go"
)

// visitor plays in the arena and counts what reaches it.
type visitor struct {
	*client.Game
	frames atomic.Int64
}

func visit(t *testing.T, p *process) *visitor {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	v := &visitor{Game: client.NewGame(client.New(client.Options{URL: p.url, TLS: anyCertificate}))}
	v.OnFrame = func(*client.Frame) { v.frames.Add(1) }
	if err := v.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Quick(ctx, client.Request{Game: "arena"}); err != nil {
		t.Fatal(err)
	}
	v.playsOn(t)
	return v
}

func (v *visitor) playsOn(t *testing.T) {
	t.Helper()
	seen := v.frames.Load()
	until(t, "frames", func() bool { return v.frames.Load() > seen+10 })
}

func (p *process) limit(t *testing.T, resource int, value uint64) {
	t.Helper()
	if err := unix.Prlimit(p.cmd.Process.Pid, resource, &unix.Rlimit{Cur: value, Max: value}, nil); err != nil {
		t.Fatal(err)
	}
}

// saying counts the lines of the log with a text.
func (p *process) saying(text string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.logs {
		if strings.Contains(l.Message+l.Error, text) {
			n++
		}
	}
	return n
}

// TestNoMoreDescriptors: those inside play on, the log says what is wrong, and
// newcomers get in as soon as others have left.
func TestNoMoreDescriptors(t *testing.T) {
	p := start(t, "--bots=0", "--ops-addr=off")
	inside := visit(t, p)
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	p.limit(t, unix.RLIMIT_NOFILE, uint64(len(open)+2))
	var crowd []net.Conn
	for range 10 {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		crowd = append(crowd, c)
	}
	until(t, "a line in the log", func() bool { return p.saying("too many open files") > 0 })
	inside.playsOn(t)
	for _, c := range crowd {
		c.Close()
	}
	visit(t, p).Conn().Close()
	inside.playsOn(t)
	inside.Conn().Close()
}

// TestDiskFull: a match whose log cannot be written goes on.
func TestDiskFull(t *testing.T) {
	p := start(t, "--bots=0", "--ops-addr=off", "--replay-dir="+t.TempDir())
	p.limit(t, unix.RLIMIT_FSIZE, 16)
	inside := visit(t, p)
	for seq := range 200 {
		if _, err := inside.SendInput([]int{seq % 100, 0, seq, 0}); err != nil {
			t.Fatal(err)
		}
	}
	inside.playsOn(t)
	inside.Conn().Close() // ends the match, and its log
	until(t, "a line in the log", func() bool { return p.saying("file too large") > 0 })
	again := visit(t, p)
	again.Conn().Close()
	if n := p.saying("file too large"); n > 3 {
		t.Errorf("said %d times", n)
	}
}

// TestPortTaken says which, and what to do.
func TestPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	began := time.Now()
	status, logs := run(t, "--bots=0", "--addr="+taken.Addr().String())
	if status != 1 || !strings.Contains(logs, taken.Addr().String()) || !strings.Contains(logs, "in use") || !strings.Contains(logs, "--addr") {
		t.Errorf("exit status %d: %s", status, logs)
	}
	if took := time.Since(began); took > patience/2 {
		t.Errorf("it took %v", took)
	}
}

// TestCertificateExpires: it is told, those inside play on, and a new one is
// taken without a restart.
func TestCertificateExpires(t *testing.T) {
	f := configFolder{t, t.TempDir()}
	f.certificate("old.example", 2*time.Second)
	p := start(t, "--bots=0", "--ops-addr=off", "--tls-cert-file="+f.path("cert.pem"), "--tls-key-file="+f.path("key.pem"))
	p.url = strings.Replace(p.url, "http:", "https:", 1)
	inside := visit(t, p)
	until(t, "a line in the log", func() bool {
		return certificateOf(t, p.url) == "old.example" && p.saying("the certificate has expired") == 1
	})
	inside.playsOn(t)
	f.certificate("new.example", time.Hour)
	p.hangUp(t)
	p.await(t, "reloaded", 1)
	if got := certificateOf(t, p.url); got != "new.example" {
		t.Errorf("the certificate is of %s", got)
	}
	visit(t, p).Conn().Close()
	inside.playsOn(t)
	inside.Conn().Close()
}
