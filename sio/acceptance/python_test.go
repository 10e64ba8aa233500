package main

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestPython plays the server with python-socketio, a client that shares no
// line with the official one. Where its packages are missing, make test
// installs them; PYTHON names another interpreter.
func TestPython(t *testing.T) {
	python := cmp.Or(os.Getenv("PYTHON"), "/usr/bin/python3")
	if err := exec.Command(python, "-c", "import socketio, msgpack, websocket, requests").Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("python-socketio is not installed: %v", err)
		}
		t.Logf("python-socketio is not installed (run make test once): %v", err)
		return
	}
	for _, parser := range []string{"default", "msgpack"} {
		for _, transport := range []string{"websocket", "polling", "upgrade"} {
			t.Run("parser="+parser+"/transport="+transport, func(t *testing.T) {
				t.Parallel()
				url := startServer(t)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				out, err := exec.CommandContext(ctx, python, "testdata/client.py", url, parser, transport).CombinedOutput()
				if err != nil || !bytes.Equal(bytes.TrimSpace(out), []byte("ok")) {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// startServer runs the server in this process with the defaults of its flags.
func startServer(t *testing.T) (url string) {
	mux := http.NewServeMux()
	srv := newService(&options{
		mode: "socketio", parser: "auto", path: "/socket.io/", slash: true,
		pingInterval: 25000, pingTimeout: 20000, upgradeTimeout: 10000, connectTimeout: 45000,
		maxBuffer: 1_000_000, transports: "polling,websocket", allowUpgrades: true, compression: true,
	}, mux)
	web := httptest.NewServer(mux)
	t.Cleanup(func() {
		web.Close()
		if err := srv.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return web.URL
}
