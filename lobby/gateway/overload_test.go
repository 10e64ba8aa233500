package gateway_test

import (
	"testing"
	"time"

	"tickwire/clients/go"
	"tickwire/lobby"
)

// stuckGame is a game whose first step tells that it began and waits until
// release is closed.
func stuckGame(entered, release chan struct{}) lobby.Game {
	return lobby.Game{
		Name: "stuck", MaxPlayers: 2, Hz: 60, DropIn: true, Spectators: true, MaxSpectators: 5000,
		New: func(m *lobby.Match) lobby.Rules { return &stuckRules{newTally(m), entered, release} },
	}
}

type stuckRules struct {
	lobby.Rules
	entered, release chan struct{}
}

func (s *stuckRules) Step(tick uint32) {
	if tick == 1 {
		close(s.entered)
	}
	<-s.release
}

// nobody is a connection that leads nowhere.
type nobody struct{}

func (nobody) Event(*lobby.Event) error         { return nil }
func (nobody) State(*lobby.Frame, uint32) error { return nil }
func (nobody) Flush() error                     { return nil }
func (nobody) Backlog() int                     { return 0 }

func TestAFullInboxIsBusy(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := serve(t, lobby.Options{Games: []lobby.Game{stuckGame(entered, release)}, StepLimit: -1})
	defer close(release) // before the drain
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{})
	seat, err := ann.Quick(ann.ctx, client.Request{Game: "stuck"})
	ann.must(err)
	<-entered
	full := false
	for range 4000 {
		s.lobbies.Join(lobby.JoinRequest{Joiner: lobby.Joiner{Conn: nobody{}}, ID: seat.Lobby.ID, Spectate: true}, func(_ lobby.Joined, err error) {
			full = full || err != nil && lobby.AsError(err).Code == lobby.Busy
		})
		if full {
			break
		}
	}
	_, err = bob.Join(bob.ctx, client.Request{ID: seat.Lobby.ID})
	if got := code(t, err); got != "BUSY" {
		t.Errorf("join: %s", got)
	}
	if got := code(t, ann.Say(ann.ctx, "anybody?")); got != "BUSY" {
		t.Errorf("chat: %s", got)
	}
}

func TestTooManyQueriesAreBusy(t *testing.T) {
	s := serve(t, lobby.Options{})
	answered := make(chan error, 1000)
	for n := range 128 {
		query, err := lobby.ParseQuery(map[string]any{"where": map[string]any{"players": n}})
		if err != nil {
			t.Fatal(err)
		}
		w := s.lobbies.Watch("", query, func(*lobby.Event) {}, func(_ lobby.List, err error) { answered <- err })
		defer w.Stop()
	}
	for range 128 {
		if err := <-answered; err != nil {
			t.Fatal(err)
		}
	}
	w := s.watcher(t, client.Options{})
	if got := w.watch(nil); got != "BUSY" {
		t.Errorf("one query more: %s", got)
	}
	if got := w.watch(map[string]any{"where": map[string]any{"players": 7}}); got != "ok" {
		t.Errorf("a query that others watch: %s", got)
	}
}

func TestAStuckMatchReleasesItsPlayers(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, lobby.Options{Games: append(games(), stuckGame(make(chan struct{}), release)), StepLimit: 50 * time.Millisecond})
	defer close(release)
	ann := s.connect(t, client.Options{})
	_, err := ann.Quick(ann.ctx, client.Request{Game: "stuck"})
	ann.must(err)
	if reason := wait(ann, ann.end, "the end", nil); reason != "stuck" {
		t.Errorf("ended: %s", reason)
	}
	if why := wait(ann, ann.closed, "being released", nil); why.Code != "INTERNAL" || why.Message == "" {
		t.Errorf("closed: %+v", why)
	}
	_, err = ann.Quick(ann.ctx, client.Request{Game: "tally"})
	ann.must(err)
	wait(ann, ann.frame, "another match", nil)
}

// TestAPayloadWithoutWireForm: what the rules emit and nobody can encode is
// dropped, not the match.
func TestAPayloadWithoutWireForm(t *testing.T) {
	game := lobby.Game{Name: "odd", Hz: 60, DropIn: true, New: func(m *lobby.Match) lobby.Rules {
		m.Emit("odd", make(chan int))
		return newTally(m)
	}}
	s := serve(t, lobby.Options{Games: []lobby.Game{game}})
	ann := s.connect(t, client.Options{})
	_, err := ann.Quick(ann.ctx, client.Request{Game: "odd"})
	ann.must(err)
	if name := wait(ann, ann.events, "an event", nil); name != "joined" {
		t.Errorf("heard of %q", name)
	}
	wait(ann, ann.frame, "a frame", nil)
}
