package tickwire_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tickwire"
	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/ops"
)

// endless is a game whose matches end only when they are cut.
func endless() lobby.Game {
	g := stepsGame()
	g.Name, g.DropIn, g.LateJoin, g.Countdown = "endless", false, true, -1
	return g
}

// TestReadiness follows /readyz through the life of a server. The answer while
// it drains comes from a match that holds up the drain.
func TestReadiness(t *testing.T) {
	s, err := tickwire.New(tickwire.Options{Games: []lobby.Game{endless()}, DrainTimeout: patience, Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ready := func() string {
		if err := s.Ops().Ready(); err != nil {
			return err.Error()
		}
		return "ok"
	}
	if got := ready(); got != "starting" {
		t.Errorf("before Serve: %s", got)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()

	game := client.NewGame(client.New(client.Options{URL: "http://" + listener.Addr().String()}))
	drained := make(chan struct{})
	game.OnDrain = func(time.Duration) { close(drained) }
	playing := make(chan struct{})
	seen := sync.OnceFunc(func() { close(playing) })
	game.OnFrame = func(*client.Frame) { seen() }
	if err := game.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if got := ready(); got != "ok" {
		t.Errorf("while serving: %s", got)
	}
	if _, err := game.Create(ctx, client.Request{Game: "endless"}); err != nil {
		t.Fatal(err)
	}
	if err := game.Ready(ctx, true); err != nil {
		t.Fatal(err)
	}
	<-playing
	cancel()
	<-drained
	if got := ready(); got != "draining" {
		t.Errorf("while draining: %s", got)
	}
	game.Conn().Close() // the last player: the match is over
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestOperatorsAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s, err := tickwire.New(tickwire.Options{Games: []lobby.Game{stepsGame()}, Addr: "127.0.0.1:0", OpsAddr: taken.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "ops-addr") {
		t.Errorf("got %v", err)
	}
}

func TestKeysOfTheOperator(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := tickwire.Options{Games: []lobby.Game{stepsGame()}, OpsKeysFile: file,
		OpsKeys: []ops.Key{{Name: "env", Secret: "0123456789abcdef"}}}
	if _, err := tickwire.New(o); err == nil {
		t.Error("no file is fine")
	}
	write("ann:short\n")
	if _, err := tickwire.New(o); err == nil || !strings.Contains(err.Error(), file+": line 1") {
		t.Errorf("got %v", err)
	}
	write("# back office\nann:correct-horse-battery\n")
	s, err := tickwire.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]int{"": 401, "0123456789abcdef": 200, "correct-horse-battery": 200, "short": 401} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/games", nil)
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		w := httptest.NewRecorder()
		s.Ops().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("key %q: %d %s", key, w.Code, w.Body)
		}
	}
}
