package tickwire_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"tickwire"
	"tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/sio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

// steps is a game in which every player counts its inputs.
type steps struct {
	table *state.Table[mark]
	ids   map[*lobby.Player]state.ID
}

type mark struct {
	Seat  uint8  `sync:"bits=7"`
	Moves uint16 `sync:"bits=16"`
}

func stepsGame() lobby.Game {
	return lobby.Game{
		Name: "steps", MaxPlayers: 8, Hz: 60, DropIn: true,
		New: func(m *lobby.Match) lobby.Rules {
			return &steps{state.Register[mark](m.World(), "Mark"), map[*lobby.Player]state.ID{}}
		},
		Bot: func(v *lobby.BotView) any { return v.Rand.IntN(100) },
	}
}

func (s *steps) Join(p *lobby.Player)                 { s.ids[p] = s.table.Spawn(mark{Seat: uint8(p.Seat())}) }
func (s *steps) Leave(p *lobby.Player)                { s.table.Despawn(s.ids[p]) }
func (s *steps) Input(p *lobby.Player, _ lobby.Input) { s.table.Edit(s.ids[p]).Moves++ }
func (s *steps) Step(uint32)                          {}

// serve runs a server on a real port; stop drains it and returns its error.
func serve(t *testing.T, o tickwire.Options) (url string, stop func() error) {
	t.Helper()
	return serveOn(t, o, func(l net.Listener) net.Listener { return l })
}

// serveOn is serve with something around the listener.
func serveOn(t *testing.T, o tickwire.Options, around func(net.Listener) net.Listener) (url string, stop func() error) {
	t.Helper()
	o.Games = []lobby.Game{stepsGame()}
	s, err := tickwire.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, around(listener)) }()
	stopped := false
	stop = func() error {
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() {
		if !stopped {
			stop()
		}
	})
	return "http://" + listener.Addr().String(), stop
}

func get(t *testing.T, url string) (status int, mime, body string) {
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
	http.DefaultClient.CloseIdleConnections()
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(b)
}

func TestLayoutOfTheServer(t *testing.T) {
	url, _ := serve(t, tickwire.Options{
		Page: fstest.MapFS{"index.html": {Data: []byte("<title>home")}},
		Setup: func(s *tickwire.Server) {
			s.Handle("/extra/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "extra") }))
		},
	})
	for _, test := range []struct {
		path   string
		status int
		mime   string
		body   string
	}{
		{"/", 200, "text/html; charset=utf-8", "<title>home"},
		{"/healthz", 200, "text/plain; charset=utf-8", "ok"},
		{"/sdk/index.js", 200, "text/javascript; charset=utf-8", "export"},
		{"/sdk/embed.go", 404, "text/plain; charset=utf-8", ""},
		{"/socket.io/socket.io.js", 200, "javascript", "io"},
		{"/socket.io/?EIO=4&transport=polling", 200, "text/plain; charset=UTF-8", `"sid"`},
		{"/extra/thing", 200, "text/plain; charset=utf-8", "extra"},
		{"/nothing", 404, "text/plain; charset=utf-8", ""},
	} {
		status, mime, body := get(t, url+test.path)
		if status != test.status || !strings.Contains(strings.ToLower(mime), strings.ToLower(test.mime)) || !strings.Contains(body, test.body) {
			t.Errorf("%s: %d %q %.60q", test.path, status, mime, body)
		}
	}
}

func TestBotsPlayAndTheDrainIsPolite(t *testing.T) {
	url, stop := serve(t, tickwire.Options{Bots: 3})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()

	game := client.NewGame(client.New(client.Options{URL: url}))
	var told []string
	playing := make(chan struct{})
	game.OnFrame = func(f *client.Frame) {
		active := 0
		for _, row := range f.Replica.Entities("Mark") {
			if row.Number(1) > 0 {
				active++
			}
		}
		if active == 3 && playing != nil { // all bots have moved
			close(playing)
			playing = nil
		}
	}
	seen := playing
	game.OnDrain = func(time.Duration) { told = append(told, "server:drain") }
	game.OnEnd = func(reason string, _ client.Raw) { told = append(told, "match:end "+reason) }
	game.OnClosed = func(c client.Closed) { told = append(told, "lobby:closed "+c.Code) }
	if err := game.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	seat, err := game.Quick(ctx, client.Request{Game: "steps"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range seat.Lobby.Players {
		if p.Bot == (p.ID == seat.You.ID) {
			t.Errorf("%+v: bot?", p)
		}
	}
	select {
	case <-seen:
	case <-ctx.Done():
		t.Fatal("the bots do not play")
	}
	began := time.Now()
	if err := stop(); err != nil {
		t.Errorf("drain: %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the drain took %v", took)
	}
	<-game.Conn().Done()
	if got := strings.Join(told, ", "); got != "server:drain, match:end drain, lobby:closed DRAINING" {
		t.Errorf("the player was told: %s", got)
	}
}

// TestDrainSpreadsTheEnd drains by the call of an operator: who sits in no lobby
// is told, too, connections close one after the other, and new ones are refused.
func TestDrainSpreadsTheEnd(t *testing.T) {
	const clients, spread = 20, 10 * time.Second
	var server *tickwire.Server
	url, stop := serve(t, tickwire.Options{DrainSpread: spread, Setup: func(s *tickwire.Server) { server = s }})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	told, ended := make(chan int64, clients), make(chan time.Time, clients)
	for range clients {
		c := client.New(client.Options{URL: url})
		c.On("server:drain", func(args socketio.Args) {
			var notice lobby.Drain
			if err := args.Decode(&notice); err != nil {
				t.Error(err)
			}
			told <- notice.ReconnectMs
		})
		if err := c.Connect(ctx); err != nil {
			t.Fatal(err)
		}
		go func() { <-c.Done(); ended <- time.Now() }()
	}
	server.Drain()
	server.Drain()
	var ends []time.Time
	for range clients {
		if ms := <-told; ms != spread.Milliseconds() {
			t.Errorf("told to come back within %d ms", ms)
		}
		ends = append(ends, <-ended)
		if len(ends) == clients/2 {
			if status, _, _ := get(t, url+"/socket.io/?EIO=4&transport=polling"); status != 503 {
				t.Errorf("a new session: %d, want 503", status)
			}
		}
	}
	// 10 ms between two of them, of which a busy machine may swallow some.
	if took := ends[clients-1].Sub(ends[0]); took < 10*time.Millisecond*clients/2 || took > spread/2 {
		t.Errorf("all were closed within %v", took)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestBotsComeBack(t *testing.T) {
	connected := make(chan *sio.Socket, 100)
	serve(t, tickwire.Options{Bots: 2, Setup: func(s *tickwire.Server) {
		s.IO().Of("/").OnConnect(func(s *sio.Socket) { connected <- s })
	}})
	for range 6 { // both, each twice again
		select {
		case s := <-connected:
			s.Disconnect(true)
		case <-time.After(patience):
			t.Fatal("no bot comes back")
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, games := range map[string][]lobby.Game{
		"no game":     nil,
		"no rules":    {{Name: "x"}},
		"same name":   {stepsGame(), stepsGame()},
		"broken name": {{Name: "X Y", New: stepsGame().New}},
	} {
		if _, err := tickwire.New(tickwire.Options{Games: games}); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestPageThatIsNotThereIsTold(t *testing.T) {
	var log bytes.Buffer
	games := []lobby.Game{stepsGame()}
	for _, page := range []fs.FS{nil, fstest.MapFS{"index.html": {}}, os.DirFS(t.TempDir())} {
		if _, err := tickwire.New(tickwire.Options{Games: games, Page: page, Log: zerolog.New(&log)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(log.String(), "no index.html"); n != 1 {
		t.Errorf("told %d times: %s", n, log.String())
	}
}

func TestAddressInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	s, err := tickwire.New(tickwire.Options{Games: []lobby.Game{stepsGame()}, Addr: listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err == nil {
		t.Error("two servers on one port")
	}
}

// TestOwnListener: a program that serves Handler by itself has no alarm that
// Serve would run; matches tick all the same.
func TestOwnListener(t *testing.T) {
	s, err := tickwire.New(tickwire.Options{Games: []lobby.Game{stepsGame()}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	game := client.NewGame(client.New(client.Options{URL: web.URL}))
	ticks := make(chan uint32, 1000)
	game.OnFrame = func(f *client.Frame) { ticks <- f.Tick }
	if err := game.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := game.Quick(ctx, client.Request{Game: "steps"}); err != nil {
		t.Fatal(err)
	}
	for last := uint32(0); last < 5; {
		select {
		case last = <-ticks:
		case <-ctx.Done():
			t.Fatal("the match does not tick")
		}
	}
	game.Conn().Close()
	<-game.Conn().Done()
	s.Lobbies().Drain(ctx)
	s.IO().Close(ctx)
}
