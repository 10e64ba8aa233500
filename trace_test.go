package tickwire

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"tickwire/lobby"
)

// TestSlowStepsLeaveATrace through a whole server.
func TestSlowStepsLeaveATrace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "traces")
	game := walkGame(func(tick uint32) uint16 {
		for began := time.Now(); tick == 3 && time.Since(began) < 20*time.Millisecond; {
			// a loop that is too long
		}
		return 1
	})
	game.StepBudget = 10 * time.Millisecond
	reported := make(chan lobby.Overrun, 9)
	s, err := New(Options{Games: []lobby.Game{game}, TraceDir: dir, Lobby: lobby.Options{Overran: func(o lobby.Overrun) { reported <- o }}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	s.Lobbies().Quick(lobby.QuickRequest{Joiner: lobby.Joiner{Conn: mute{}}, Game: "walk"}, func(lobby.Joined, error) {})
	slow := <-reported
	if slow.Game != "walk" || slow.Took < game.StepBudget {
		t.Errorf("%+v", slow)
	}
	for deadline := time.After(20 * time.Second); ; {
		if files, _ := filepath.Glob(dir + "/*-walk-" + slow.Match + ".trace"); len(files) == 1 {
			break
		}
		select {
		case <-deadline:
			written, missed, err := s.traces.Counts()
			t.Fatalf("%d written, %d missed, %v", written, missed, err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := New(Options{Games: []lobby.Game{game}, TraceDir: filepath.Join(dir, "..", "traces", "\x00")}); err == nil {
		t.Error("took a folder that cannot be")
	}
}
