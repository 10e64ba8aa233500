package queue_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
	"tickwire/lobby/queue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// idle is a game in which nothing happens, but that "won" ranks its sender
// before all others and ends the match.
type idle struct{ match *lobby.Match }

func newIdle(m *lobby.Match) lobby.Rules { return &idle{m} }

func (*idle) Join(*lobby.Player)  {}
func (*idle) Leave(*lobby.Player) {}
func (*idle) Step(uint32)         {}

func (i *idle) Input(p *lobby.Player, in lobby.Input) {
	var what string
	if in.Decode(&what) != nil || what != "won" {
		return
	}
	best, rest := lobby.Standing{Rank: 1, Players: []*lobby.Player{p}}, lobby.Standing{Rank: 2}
	for other := range i.match.Players() {
		if other != p {
			rest.Players = append(rest.Players, other)
		}
	}
	i.match.Rank(best, rest)
	i.match.End("won")
}

var (
	duel = lobby.Game{
		Name: "duel", MinPlayers: 2, MaxPlayers: 2, Hz: 10, New: newIdle,
		Queue: &matchmaker.Rules{Skill: matchmaker.Window{Start: 100, PerSecond: 10}},
	}
	teams = lobby.Game{
		Name: "teams", MinPlayers: 4, MaxPlayers: 4, Teams: 2, Hz: 10, New: newIdle,
		Queue: &matchmaker.Rules{Teams: 2, TeamSize: 2},
	}
	melee = lobby.Game{
		Name: "melee", MinPlayers: 2, MaxPlayers: 6, DropIn: true, Hz: 10, New: newIdle,
		Queue: &matchmaker.Rules{Teams: 4, MinTeams: 2, TeamSize: 1, FullFor: -1},
	}
	plain = lobby.Game{Name: "plain", Hz: 10, New: newIdle}
)

// house is a directory with its queues.
type house struct {
	t       *testing.T
	lobbies *lobby.Directory
	queue   *queue.Service
	end     func() // ends the service
}

func open(t *testing.T, o queue.Options, games ...lobby.Game) *house {
	t.Helper()
	if len(games) == 0 {
		games = []lobby.Game{duel, teams, melee, plain}
	}
	return openWith(t, lobby.Options{Games: games, Grace: 10 * time.Second}, o)
}

func openWith(t *testing.T, lo lobby.Options, o queue.Options) *house {
	t.Helper()
	d, err := lobby.New(lo)
	if err != nil {
		t.Fatal(err)
	}
	o.Lobbies = d
	s, err := queue.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.Run(ctx)
	}()
	h := &house{t: t, lobbies: d, queue: s, end: func() { cancel(); <-over }}
	t.Cleanup(func() {
		h.end()
		now, cancel := context.WithCancel(context.Background())
		cancel()
		if err := d.Drain(now); err != nil || d.Lobbies() != 0 {
			t.Errorf("%v, %d lobbies are left", err, d.Lobbies())
		}
	})
	return h
}

// gamer is a connection that waits in queues and sits in lobbies.
type gamer struct {
	h             *house
	name, account string
	auto          bool // takes each seat at once

	mu     sync.Mutex
	events []*lobby.Event
	joined lobby.Joined
}

func (h *house) gamer(name string) *gamer { return &gamer{h: h, name: name} }

func (g *gamer) Event(ev *lobby.Event) error {
	g.mu.Lock()
	g.events = append(g.events, ev)
	g.mu.Unlock()
	return nil
}
func (*gamer) State(*lobby.Frame, uint32) error { return nil }
func (*gamer) Flush() error                     { return nil }
func (*gamer) Backlog() int                     { return 0 }

func (g *gamer) push(ev *lobby.Event) {
	_ = g.Event(ev)
	if m, ok := ev.Args[0].(queue.Matched); ok && g.auto {
		g.h.lobbies.Join(g.join(m.Ticket))
	}
}

func (g *gamer) join(ticket string) (lobby.JoinRequest, func(lobby.Joined, error)) {
	req := lobby.JoinRequest{Ticket: ticket, Joiner: lobby.Joiner{Conn: g, Name: g.name, Account: g.account, Rated: g.name}}
	return req, func(j lobby.Joined, err error) {
		if err != nil {
			g.h.t.Errorf("%s takes the seat: %v", g.name, err)
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.joined = j
	}
}

func (g *gamer) player() queue.Player {
	return queue.Player{Push: g.push, Account: g.account, Rated: g.name}
}

// got returns the pushes of one type.
func got[T any](g *gamer) (all []T) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, ev := range g.events {
		if v, ok := ev.Args[0].(T); ok {
			all = append(all, v)
		}
	}
	return all
}

func (g *gamer) member() *lobby.Member {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.joined.Member
}

// wait has a ticket of these players wait.
func (h *house) wait(req queue.Request, players ...*gamer) (queue.Status, error) {
	h.t.Helper()
	if req.ID == "" {
		req.ID = players[0].name
	}
	req.Owner = players[0].name
	for _, p := range players {
		req.Players = append(req.Players, p.player())
	}
	type answer struct {
		status queue.Status
		err    error
	}
	answers := make(chan answer, 2)
	h.queue.Join(req, func(s queue.Status, err error) { answers <- answer{s, err} })
	a := <-answers
	return a.status, a.err
}

// queued is wait for those that must be let in.
func (h *house) queued(game string, players ...*gamer) queue.Status {
	h.t.Helper()
	s, err := h.wait(queue.Request{Game: game}, players...)
	if err != nil {
		h.t.Fatalf("%s waits: %v", players[0].name, err)
	}
	return s
}

func (h *house) leave(g *gamer) error {
	answer := make(chan error, 2)
	h.queue.Leave(g.name, g.name, func(err error) { answer <- err })
	return <-answer
}

func (h *house) status(g *gamer) (queue.Status, error) {
	type answer struct {
		status queue.Status
		err    error
	}
	answers := make(chan answer, 2)
	h.queue.Status(g.name, func(s queue.Status, err error) { answers <- answer{s, err} })
	a := <-answers
	return a.status, a.err
}

// waiting tells how long a gamer has waited; -1: does not wait.
func (h *house) waiting(g *gamer) time.Duration {
	s, err := h.status(g)
	if err != nil || s.Matched {
		return -1
	}
	return time.Duration(s.WaitedMs) * time.Millisecond
}

func wantCode(t *testing.T, err error, code lobby.Code) {
	t.Helper()
	if e := lobby.AsError(err); e == nil || e.Code != code || e.Message == "" {
		t.Errorf("got %v, want %s", err, code)
	}
}

func (g *gamer) wantClosed(code lobby.Code) {
	g.h.t.Helper()
	if c := got[queue.Closed](g); len(c) != 1 || c[0].Code != code || c[0].Message == "" {
		g.h.t.Errorf("%s is told %+v, want %s", g.name, c, code)
	}
}

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// take takes the seat of the last match.
func (g *gamer) take() {
	g.h.t.Helper()
	found := got[queue.Matched](g)
	if len(found) == 0 {
		g.h.t.Fatalf("%s has no match", g.name)
	}
	g.h.lobbies.Join(g.join(found[len(found)-1].Ticket))
	synctest.Wait()
}

func (h *house) gamers(names ...string) []*gamer {
	var all []*gamer
	for _, name := range names {
		all = append(all, h.gamer(name))
	}
	return all
}

func (h *house) many(n int) []*gamer {
	var all []*gamer
	for i := range n {
		all = append(all, h.gamer(fmt.Sprint("p", i)))
	}
	return all
}
