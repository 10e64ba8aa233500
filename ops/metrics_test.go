package ops_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/lobby/matchmaker"
	"tickwire/lobby/queue"
	"tickwire/ops"
	"tickwire/sio"
)

const patience = 20 * time.Second

// game is a whole game server with an operator's side.
type game struct {
	*ops.Server
	t       *testing.T
	lobbies *lobby.Directory
	io      *sio.Server
	url     string
}

func newGame(t *testing.T, o ops.Options) *game {
	t.Helper()
	g := &game{t: t, lobbies: newDirectory(t), io: sio.New(sio.Options{})}
	o.Lobbies, o.IO = g.lobbies, g.io
	o.Gateway = gateway.Attach(g.io, gateway.Options{Lobbies: g.lobbies})
	g.Server = newServer(t, o)
	web := httptest.NewServer(g.io)
	g.url = web.URL
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		g.lobbies.Drain(ctx)
		g.io.Close(ctx)
		web.Close()
	})
	return g
}

// player is a client that plays.
type player struct {
	*client.Game
	seat client.Seat
	acks chan uint32 // of each frame, unless one waits already
	gate sync.Mutex  // while it is locked nothing is read
}

func (g *game) play(o client.Options) *player {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), patience)
	defer cancel()
	o.URL = g.url
	p := &player{Game: client.NewGame(client.New(o)), acks: make(chan uint32, 1)}
	p.OnFrame = func(f *client.Frame) {
		p.gate.Lock()
		defer p.gate.Unlock()
		select {
		case p.acks <- f.Ack:
		default:
		}
	}
	if err := p.Conn().Connect(ctx); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { p.Conn().Close(); <-p.Conn().Done() })
	var err error
	if p.seat, err = p.Quick(ctx, client.Request{Game: "steps", Player: "ann"}); err != nil {
		g.t.Fatal(err)
	}
	p.next(g.t)
	return p
}

// next waits for a frame and returns the last input that it contains.
func (p *player) next(t *testing.T) (ack uint32) {
	t.Helper()
	select {
	case ack = <-p.acks:
		return ack
	case <-time.After(patience):
		t.Fatal("no state comes")
		return 0
	}
}

// scrape returns what /metrics says.
func scrape(t *testing.T, s *ops.Server) map[string]*dto.MetricFamily {
	t.Helper()
	status, body := get(s, "/metrics")
	if status != 200 {
		t.Fatalf("/metrics: %d %s", status, body)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// value sums up the samples of a metric that have all these labels, name=value;
// of a histogram it is the count.
func value(families map[string]*dto.MetricFamily, name string, labels ...string) (sum float64) {
	for _, m := range families["tickwire_"+name].GetMetric() {
		if !hasLabels(m, labels) {
			continue
		}
		sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return sum
}

func hasLabels(m *dto.Metric, labels []string) bool {
	for _, want := range labels {
		found := false
		for _, l := range m.GetLabel() {
			found = found || l.GetName()+"="+l.GetValue() == want
		}
		if !found {
			return false
		}
	}
	return true
}

func TestMetricsAddUp(t *testing.T) {
	g := newGame(t, ops.Options{})
	p := g.play(client.Options{Parser: client.MsgPack})
	q := g.play(client.Options{Parser: client.JSON})
	for p.next(t) < 10 || q.next(t) < 10 {
		for _, c := range []*player{p, q} {
			if _, err := c.SendInput(1); err != nil {
				t.Fatal(err)
			}
		}
	}
	m := scrape(t, g.Server)
	want := func(name string, want float64, labels ...string) {
		t.Helper()
		if got := value(m, name, labels...); got != want {
			t.Errorf("%s %v = %v, want %v", name, labels, got, want)
		}
	}
	want("ready", 1)
	want("alive", 0) // nobody runs the watchdog
	want("sessions", 1, "transport=websocket", "parser=msgpack")
	want("sessions", 1, "transport=websocket", "parser=json")
	want("sessions", 2)
	want("sessions_opened_total", 2)
	want("players", 2, "game=steps")
	want("lobbies", 1, "game=steps", "phase=playing")
	want("lobbies", 1)
	want("matches", 1)
	want("inputs_dropped_total", 0, "reason=stale")
	atLeast := func(name string, least float64, labels ...string) {
		t.Helper()
		if got := value(m, name, labels...); got < least {
			t.Errorf("%s %v = %v, want %v or more", name, labels, got, least)
		}
	}
	atLeast("inputs_total", 20, "game=steps")
	atLeast("received_packets_total", 22)
	atLeast("received_bytes_total", 200)
	atLeast("state_bytes_total", 200, "form=M")
	atLeast("ticks_total", 10)
	atLeast("round_trip_seconds", 10)
	if sent, state := value(m, "sent_bytes_total"), value(m, "state_bytes_total"); sent <= state {
		t.Errorf("%v bytes sent, %v of them state", sent, state)
	}
	if n := value(m, "ticks_total"); value(m, "tick_duration_seconds") < n-1 || value(m, "state_encode_seconds") < n-5 {
		t.Errorf("%v ticks, %v timed, %v sends", n, value(m, "tick_duration_seconds"), value(m, "state_encode_seconds"))
	}
	p.Conn().Close()
	<-p.Conn().Done()
	later := scrape(t, g.Server)
	for until := time.Now().Add(patience); (value(later, "players") != 1 || value(later, "sessions") != 1 || value(later, "disconnects_total") != 1) && time.Now().Before(until); later = scrape(t, g.Server) {
	}
	m = later
	want("players", 1)
	want("sessions", 1)
	want("sessions_closed_total", 1)
	want("disconnects_total", 1)
	if _, ok := m["go_goroutines"]; !ok {
		t.Error("nothing of the Go runtime")
	}
}

// TestCountersNeverShrink scrapes while sessions come and go.
func TestCountersNeverShrink(t *testing.T) {
	g := newGame(t, ops.Options{})
	before := map[string]float64{}
	for range 8 {
		p := g.play(client.Options{})
		p.Conn().Close()
		for range 4 {
			m := scrape(t, g.Server)
			for _, name := range []string{"sent_bytes_total", "received_bytes_total", "received_packets_total", "state_frames_total", "ticks_total"} {
				if got := value(m, name); got < before[name] {
					t.Errorf("%s fell from %v to %v", name, before[name], got)
				} else {
					before[name] = got
				}
			}
		}
	}
}

// queueOf is the matchmaking of a game of two.
func queueOf(t *testing.T) *queue.Service {
	t.Helper()
	pair := stepsGame()
	pair.Name, pair.DropIn, pair.Queue = "pair", false, &matchmaker.Rules{}
	d, err := lobby.New(lobby.Options{Games: []lobby.Game{pair}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := queue.New(queue.Options{Lobbies: d})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestQueueIsTold: all that a queue counts is there from the first scrape on, so
// that a rate can be taken of it.
func TestQueueIsTold(t *testing.T) {
	m := scrape(t, newServer(t, ops.Options{Lobbies: newDirectory(t), Queue: queueOf(t)}))
	for _, name := range []string{"tickets", "players", "joined_total", "matches_total", "backfills_total", "no_shows_total", "returned_total", "wait_seconds", "pass_seconds"} {
		if of := m["tickwire_queue_"+name].GetMetric(); len(of) != 1 || !hasLabels(of[0], []string{"game=pair"}) {
			t.Errorf("queue_%s: %v", name, of)
		}
	}
	if of := m["tickwire_matches_rated_total"].GetMetric(); len(of) != 2 {
		t.Errorf("matches_rated_total: %v", of)
	}
}

func TestMetricNames(t *testing.T) {
	g := newGame(t, ops.Options{Queue: queueOf(t)})
	_, body := get(g.Server, "/metrics")
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}
