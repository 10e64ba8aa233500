package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/lobby/queue"
	"tickwire/sio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests.
const patience = time.Minute

type server struct {
	url     string
	io      *sio.Server
	lobbies *lobby.Directory
	gateway *gateway.Gateway
	queue   *queue.Service

	stopQueue func()
}

// serve runs the protocol on a real port until the test ends.
func serve(t *testing.T, o lobby.Options) *server {
	t.Helper()
	return serveAs(t, o, nil)
}

// serveAs has identify tell who the clients are.
func serveAs(t *testing.T, o lobby.Options, identify func(*sio.Socket) gateway.Identity) *server {
	t.Helper()
	if o.Games == nil {
		o.Games = games()
	}
	lobbies, err := lobby.New(o)
	if err != nil {
		t.Fatal(err)
	}
	q, err := queue.New(queue.Options{Lobbies: lobbies, Every: 20 * time.Millisecond, Hold: 2 * time.Second, Status: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	matching, stop := context.WithCancel(context.Background())
	var ran sync.WaitGroup
	ran.Go(func() { q.Run(matching) })
	io := sio.New(sio.Options{})
	s := &server{io: io, lobbies: lobbies, queue: q, stopQueue: func() { stop(); ran.Wait() }}
	s.gateway = gateway.Attach(io, gateway.Options{Lobbies: lobbies, Queue: q, BotToken: "open sesame", Identify: identify})
	web := httptest.NewServer(http.Handler(io))
	s.url = web.URL
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		s.stopQueue()
		lobbies.Drain(ctx)
		io.Close(ctx)
		web.Close()
	})
	return s
}

// player is a client whose pushes arrive on channels.
type player struct {
	*client.Game
	t      *testing.T
	ctx    context.Context
	lobby  chan client.Lobby
	start  chan client.Start
	frame  chan frame
	events chan string
	chat   chan client.Chat
	end    chan string
	closed chan client.Closed
	drain  chan time.Duration
}

// frame is a state frame with what the replica then has: the counts by seat and
// the epoch of its tables.
type frame struct {
	client.Frame
	counts map[int]int
	epoch  uint32
}

func (s *server) connect(t *testing.T, o client.Options) *player {
	t.Helper()
	return s.connectWith(t, o, func(*client.Conn) {})
}

// connectWith registers further handlers before it connects.
func (s *server) connectWith(t *testing.T, o client.Options, more func(*client.Conn)) *player {
	t.Helper()
	return s.connectGame(t, o, func(g *client.Game) { more(g.Conn()) })
}

func (s *server) connectGame(t *testing.T, o client.Options, more func(*client.Game)) *player {
	t.Helper()
	o.URL = s.url
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	p := &player{
		Game: client.NewGame(client.New(o)), t: t, ctx: ctx,
		lobby: make(chan client.Lobby, 1000), start: make(chan client.Start, 10), frame: make(chan frame, 10_000),
		events: make(chan string, 1000), chat: make(chan client.Chat, 100), end: make(chan string, 10),
		closed: make(chan client.Closed, 10), drain: make(chan time.Duration, 10),
	}
	p.OnLobby = func(l *client.Lobby) { p.lobby <- *l }
	p.OnStart = func(s *client.Start) { p.start <- *s }
	p.OnFrame = func(f *client.Frame) { p.frame <- frame{*f, counts(f.Replica), f.Replica.Epoch()} }
	p.OnEvent = func(name string, _ socketio.Raw) { p.events <- name }
	p.OnChat = func(c client.Chat) { p.chat <- c }
	p.OnEnd = func(reason string, result socketio.Raw) { p.end <- reason }
	p.OnClosed = func(c client.Closed) { p.closed <- c }
	p.OnDrain = func(d time.Duration) { p.drain <- d }
	more(p.Game)
	if err := p.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Conn().Close()
		<-p.Conn().Done()
	})
	return p
}

func counts(r *state.Replica) map[int]int {
	found := map[int]int{}
	for _, row := range r.Entities("Unit") {
		found[int(row.Number(0))] = int(row.Number(1))
	}
	return found
}

// wait returns the first value of a channel that a condition holds for.
func wait[T any](p *player, ch chan T, what string, ok func(T) bool) T {
	p.t.Helper()
	for {
		select {
		case v := <-ch:
			if ok == nil || ok(v) {
				return v
			}
		case <-p.ctx.Done():
			p.t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (p *player) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// code returns the code of a refusal.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return "ok"
	}
	refusal, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Fatalf("not a refusal: %v", err)
	}
	if refusal.Message == "" {
		t.Errorf("%s without a sentence", refusal.Code)
	}
	return refusal.Code
}
