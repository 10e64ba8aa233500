package ops_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/ops"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	return lobby.Game{Name: "steps", MaxPlayers: 4, Hz: 60, DropIn: true, New: func(m *lobby.Match) lobby.Rules {
		return &steps{state.Register[mark](m.World(), "Mark"), map[*lobby.Player]state.ID{}}
	}}
}

func (s *steps) Join(p *lobby.Player)                 { s.ids[p] = s.table.Spawn(mark{Seat: uint8(p.Seat())}) }
func (s *steps) Leave(p *lobby.Player)                { s.table.Despawn(s.ids[p]) }
func (s *steps) Input(p *lobby.Player, _ lobby.Input) { s.table.Edit(s.ids[p]).Moves++ }
func (s *steps) Step(uint32)                          {}

func newDirectory(t *testing.T) *lobby.Directory {
	t.Helper()
	d, err := lobby.New(lobby.Options{Games: []lobby.Game{stepsGame()}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newServer(t *testing.T, o ops.Options) *ops.Server {
	t.Helper()
	if o.Lobbies == nil {
		o.Lobbies = newDirectory(t)
	}
	s, err := ops.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// request is one as a program of this machine sends it.
func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, "http://localhost:3001"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:50000"
	return r
}

func do(h http.Handler, r *http.Request) (status int, body string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	b, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(b)
}

func get(h http.Handler, path string) (status int, body string) {
	return do(h, request(http.MethodGet, path, ""))
}

// code returns the code of a refusal.
func code(t *testing.T, body string) string {
	t.Helper()
	var p struct{ Code, Message string }
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Message == "" {
		t.Errorf("no {code, message}: %s", body)
	}
	return p.Code
}
