package ops_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tickwire/clients/go"
	"tickwire/ops"
)

// caller calls the control API as a program of this machine does, and compares
// each answer with the document.
type caller struct {
	*document
	h http.Handler
}

// call sends a body, if there is one, and decodes the answer into out, if that
// is not nil. A status that is not wanted fails the test.
func (c *caller) call(method, path, body string, want int, out any) http.Header {
	c.t.Helper()
	return c.callWith(nil, method, path, body, want, out)
}

func (c *caller) callWith(header http.Header, method, path, body string, want int, out any) http.Header {
	c.t.Helper()
	r := request(method, "/api/v1"+path, body)
	r.Header.Set("X-Requested-By", "test")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for key, values := range header {
		r.Header[key] = values
	}
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	c.check(method, "/api/v1"+path, w.Code, w.Body.String())
	if w.Code != want {
		c.t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, want)
	}
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			c.t.Fatal(err)
		}
	}
	return w.Result().Header
}

// refused calls and returns the code of the refusal.
func (c *caller) refused(method, path, body string, want int) string {
	c.t.Helper()
	var p struct{ Code string }
	c.call(method, path, body, want, &p)
	return p.Code
}

func (g *game) caller() *caller { return &caller{document: readDocument(g.t, g.Server), h: g.Server} }

// operated is a game with a level of the log and a drain to be told.
func operated(t *testing.T, log *bytes.Buffer) (g *game, drains *int) {
	level := zerolog.InfoLevel
	drains = new(int)
	return newGame(t, ops.Options{
		Log: zerolog.New(zerolog.SyncWriter(log)), Version: "v1 (test)", Drain: func() { *drains++ },
		LogLevel: func() zerolog.Level { return level }, SetLogLevel: func(l zerolog.Level) { level = l },
	}), drains
}

// TestEveryEndpoint calls each operation of the document with success, from
// outside as the studio's back office would.
func TestEveryEndpoint(t *testing.T) {
	var log bytes.Buffer
	g, drains := operated(t, &log)
	c := g.caller()
	ann, bob := g.play(client.Options{}), g.play(client.Options{})
	at := "/lobbies/" + ann.seat.Lobby.ID

	var server struct {
		Version                    string
		Sessions, Matches, Players int
		Ready, Alive               bool
	}
	c.call("GET", "/server", "", 200, &server)
	if server.Sessions != 2 || server.Matches != 1 || server.Players != 2 || !server.Ready || server.Alive || server.Version != "v1 (test)" {
		t.Errorf("server: %+v", server)
	}
	c.call("GET", "/games", "", 200, nil)

	var opened struct {
		ID, Code string
		Tickets  []string
	}
	c.call("POST", "/lobbies", `{"game":"steps","name":"final","visibility":"private","seats":[{"account":"x"},{}],"seatSeconds":60,"meta":{"map":"dust"}}`, 201, &opened)
	var reserved struct{ Tickets []string }
	c.call("POST", "/lobbies/"+opened.ID+"/reservations", `{"seats":[{}]}`, 201, &reserved)
	if len(opened.Tickets) != 2 || len(reserved.Tickets) != 1 {
		t.Errorf("tickets: %v and %v", opened.Tickets, reserved.Tickets)
	}
	var lobbies struct {
		Lobbies []struct{ ID, Name string }
		Total   int
	}
	c.call("GET", "/lobbies?limit=10", "", 200, &lobbies)
	if lobbies.Total != 2 || lobbies.Lobbies[0].ID != ann.seat.Lobby.ID || lobbies.Lobbies[1].Name != "final" {
		t.Errorf("lobbies: %+v", lobbies)
	}

	var detail struct {
		Players []struct{ ID, Name string }
		Match   struct{ Ticks uint64 }
	}
	c.call("GET", at, "", 200, &detail)
	if len(detail.Players) != 2 || detail.Match.Ticks == 0 {
		t.Errorf("lobby: %+v", detail)
	}
	var matches struct {
		Matches []struct {
			Lobby           string
			Ticks, BytesM   uint64
			TickP99Ms       float64
			Players, SendHz int
		}
		Total int
	}
	c.call("GET", "/matches", "", 200, &matches)
	if m := matches.Matches[0]; matches.Total != 1 || m.Lobby != ann.seat.Lobby.ID || m.Ticks == 0 || m.BytesM == 0 || m.TickP99Ms <= 0 || m.Players != 2 || m.SendHz != 60 {
		t.Errorf("matches: %+v", matches)
	}
	var clients struct {
		Clients []struct {
			ID, Lobby, Transport, Parser string
			SentBytes                    uint64
		}
		Total int
	}
	c.call("GET", "/clients?lobby="+ann.seat.Lobby.ID, "", 200, &clients)
	if clients.Total != 2 || clients.Clients[0].Transport != "websocket" || clients.Clients[0].Parser != "msgpack" || clients.Clients[0].SentBytes == 0 {
		t.Errorf("clients: %+v", clients)
	}
	c.call("GET", "/clients?slow=true&offset=5", "", 200, nil)

	c.call("POST", at+"/profile", `{"on":true}`, 200, nil)
	var profile struct {
		Frames int
		Costs  []struct{ Type, Field string }
	}
	for profile.Frames == 0 || len(profile.Costs) == 0 {
		if _, err := ann.SendInput(1); err != nil {
			t.Fatal(err)
		}
		ann.next(t)
		c.call("POST", at+"/profile", `{"on":true}`, 200, &profile)
	}
	if profile.Costs[0].Type != "Mark" {
		t.Errorf("profile: %+v", profile)
	}

	c.call("POST", at+"/announce", `{"text":"maintenance at noon"}`, 200, nil)
	c.call("POST", "/announce", `{"text":"hello all"}`, 200, nil)
	c.call("POST", at+"/mute", fmt.Sprintf(`{"player":%q,"seconds":60}`, bob.seat.You.ID), 204, nil)
	c.call("POST", at+"/ban", fmt.Sprintf(`{"player":%q,"seconds":60}`, bob.seat.You.ID), 204, nil)
	c.call("POST", at+"/unban", fmt.Sprintf(`{"player":%q}`, bob.seat.You.ID), 204, nil)
	cyd := g.play(client.Options{})
	c.call("POST", at+"/kick", fmt.Sprintf(`{"player":%q}`, cyd.seat.You.ID), 204, nil)
	var events struct {
		Events []struct{ What, By, Detail string }
	}
	c.call("GET", at+"/events", "", 200, &events)
	var story []string
	for _, e := range events.Events {
		if e.By == "server" {
			story = append(story, e.What)
		}
	}
	if got := strings.Join(story, " "); got != "announced announced muted banned unbanned kicked" {
		t.Errorf("the log of the lobby: %s", got)
	}

	c.call("GET", "/log-level", "", 200, nil)
	var level struct{ Level string }
	c.call("PUT", "/log-level", `{"level":"debug"}`, 200, &level)
	if c.call("GET", "/log-level", "", 200, &level); level.Level != "debug" {
		t.Errorf("level %q", level.Level)
	}
	c.call("DELETE", "/lobbies/"+opened.ID+"?reason=no+need", "", 204, nil)
	c.call("GET", "/clients", "", 200, &clients)
	c.call("DELETE", "/clients/"+clients.Clients[0].ID, "", 204, nil)
	c.call("POST", "/drain", "", 202, nil)
	if *drains != 1 {
		t.Errorf("drained %d times", *drains)
	}

	for path, op := range c.operations() {
		name := op["operationId"].(string)
		success := false
		for status := range c.seen[name] {
			success = success || status < 300
		}
		if !success {
			t.Errorf("%s (%s) was never called with success", path, name)
		}
	}
	for _, want := range []string{
		`"who":"local","operation":"kick","path":"/api/v1` + at + `/kick","status":204,"player":"` + cyd.seat.You.ID,
		`"operation":"setLogLevel"`, `"operation":"drain"`, `"text":"hello all"`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the audit log does not say %s", want)
		}
	}
	for _, secret := range append(opened.Tickets, reserved.Tickets...) {
		if strings.Contains(log.String(), secret) {
			t.Error("a ticket is in the log")
		}
	}
}

// TestRefusals: what is wrong is told by a documented status and a code.
func TestRefusals(t *testing.T) {
	var log bytes.Buffer
	g, _ := operated(t, &log)
	c := g.caller()
	ann := g.play(client.Options{})
	at := "/lobbies/" + ann.seat.Lobby.ID
	for _, test := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/lobbies", `{"game":"nothing"}`, 404, "UNKNOWN_GAME"},
		{"POST", "/lobbies", `{"game":"steps","max":99}`, 400, "BAD_REQUEST"},
		{"POST", "/lobbies", `{"game":"steps","gmae":"steps"}`, 400, "BAD_REQUEST"},
		{"POST", "/lobbies", `{"game":1}`, 400, "BAD_REQUEST"},
		{"POST", "/lobbies", `{"game":"steps"} {}`, 400, "BAD_REQUEST"},
		{"POST", "/lobbies", `{"game":"steps","keepSeconds":-1}`, 400, "BAD_REQUEST"},
		{"POST", "/lobbies", `{"game":"steps","keepSeconds":99999999999999}`, 400, "BAD_REQUEST"},
		{"POST", "/lobbies", `{"game":"steps","seats":[{},{},{},{},{}]}`, 409, "ROOM_FULL"},
		{"POST", "/lobbies", `{"game":"steps","name":"` + strings.Repeat("x", 70_000) + `"}`, 413, "TOO_LARGE"},
		{"GET", "/lobbies/nowhere", "", 404, "NOT_FOUND"},
		{"DELETE", "/lobbies/nowhere", "", 404, "NOT_FOUND"},
		{"POST", "/lobbies/nowhere/reservations", `{"seats":[{}]}`, 404, "NOT_FOUND"},
		{"POST", at + "/reservations", `{}`, 400, "BAD_REQUEST"},
		{"POST", at + "/reservations", `{"seats":[{},{},{},{}]}`, 409, "ROOM_FULL"},
		{"GET", "/lobbies?limit=0", "", 400, "BAD_REQUEST"},
		{"GET", "/lobbies?offset=x", "", 400, "BAD_REQUEST"},
		{"GET", "/matches?limit=1001", "", 400, "BAD_REQUEST"},
		{"GET", "/clients?slow=maybe", "", 400, "BAD_REQUEST"},
		{"POST", at + "/kick", `{}`, 400, "BAD_REQUEST"},
		{"POST", at + "/kick", `{"player":"nobody"}`, 404, "NOT_FOUND"},
		{"POST", at + "/ban", `{"player":"nobody","seconds":5}`, 404, "NOT_FOUND"},
		{"POST", at + "/ban", `{"player":"` + ann.seat.You.ID + `","seconds":0}`, 400, "BAD_REQUEST"},
		{"POST", at + "/unban", `{"player":"nobody"}`, 404, "NOT_FOUND"},
		{"POST", at + "/mute", `{"player":"nobody","seconds":5}`, 404, "NOT_FOUND"},
		{"POST", at + "/announce", `{"text":""}`, 400, "BAD_REQUEST"},
		{"POST", "/lobbies/nowhere/announce", `{"text":"x"}`, 404, "NOT_FOUND"},
		{"POST", "/announce", `{"text":"` + strings.Repeat("x", 501) + `"}`, 400, "BAD_REQUEST"},
		{"GET", "/lobbies/nowhere/events", "", 404, "NOT_FOUND"},
		{"POST", "/lobbies/nowhere/profile", `{"on":true}`, 404, "NOT_FOUND"},
		{"PUT", "/log-level", `{"level":"loud"}`, 400, "BAD_REQUEST"},
		{"PUT", "/log-level", `{"level":""}`, 400, "BAD_REQUEST"},
		{"DELETE", "/clients/nobody", "", 404, "NOT_FOUND"},
	} {
		if got := c.refused(test.method, test.path, test.body, test.status); got != test.code {
			t.Errorf("%s %s %.80s: %s, want %s", test.method, test.path, test.body, got, test.code)
		}
	}
	if n := g.lobbies.Lobbies(); n != 1 {
		t.Errorf("%d lobbies after refusals", n)
	}
}

func TestWrongPathsAndForgeries(t *testing.T) {
	s := newServer(t, ops.Options{})
	for _, test := range []struct {
		method, path, header, kind string
		status                     int
		code                       string
	}{
		{"GET", "/api/v1/nothing", "", "", 404, "NOT_FOUND"},
		{"GET", "/api/v2/lobbies", "", "", 404, "NOT_FOUND"},
		{"PUT", "/api/v1/lobbies", "test", "application/json", 405, "METHOD_NOT_ALLOWED"},
		{"POST", "/api/v1/lobbies", "", "application/json", 403, "FORBIDDEN"}, // a form of another site
		{"POST", "/api/v1/drain", "", "", 403, "FORBIDDEN"},
		{"POST", "/api/v1/drain", "test", "", 503, "UNAVAILABLE"}, // nobody to tell
		{"POST", "/api/v1/lobbies", "test", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"POST", "/api/v1/lobbies", "test", "", 415, "UNSUPPORTED_MEDIA_TYPE"},
		{"GET", "/api/v1/clients", "", "", 503, "UNAVAILABLE"},
	} {
		r := request(test.method, test.path, "")
		r.Header.Set("X-Requested-By", test.header)
		r.Header.Set("Content-Type", test.kind)
		status, body := do(s, r)
		if status != test.status || code(t, body) != test.code {
			t.Errorf("%+v: %d %s", test, status, body)
		}
	}
}

// TestCreationsWithAKeyHappenOnce: a client that does not know whether its
// request arrived sends it again.
func TestCreationsWithAKeyHappenOnce(t *testing.T) {
	var log bytes.Buffer
	g, _ := operated(t, &log)
	c := g.caller()
	key := http.Header{"Idempotency-Key": {"order 66"}}
	const body = `{"game":"steps","keepSeconds":60}`
	var first, again, other struct{ ID string }
	if h := c.callWith(key, "POST", "/lobbies", body, 201, &first); h.Get("Idempotency-Replayed") != "" {
		t.Error("the first answer says that it is not")
	}
	if h := c.callWith(key, "POST", "/lobbies", body, 201, &again); h.Get("Idempotency-Replayed") != "true" {
		t.Error("the second answer does not say so")
	}
	if first.ID != again.ID || g.lobbies.Lobbies() != 1 {
		t.Errorf("%s and %s, %d lobbies", first.ID, again.ID, g.lobbies.Lobbies())
	}
	c.callWith(key, "POST", "/lobbies", `{"game":"steps"}`, 422, nil)
	c.callWith(http.Header{"Idempotency-Key": {"order 67"}}, "POST", "/lobbies", body, 201, &other)
	if other.ID == first.ID {
		t.Error("another key got the same lobby")
	}
	c.callWith(http.Header{"Idempotency-Key": {strings.Repeat("x", 129)}}, "POST", "/lobbies", body, 400, nil)

	// A refusal is not remembered.
	retry := http.Header{"Idempotency-Key": {"retry"}}
	at := "/lobbies/" + first.ID + "/reservations"
	var full struct{ Tickets []string }
	c.call("POST", at, `{"seats":[{},{},{}]}`, 201, &full)
	c.callWith(retry, "POST", at, `{"seats":[{},{}]}`, 409, nil)
	c.call("DELETE", "/lobbies/"+other.ID, "", 204, nil)
	c.callWith(retry, "POST", at, `{"seats":[{},{}]}`, 409, nil)
	c.callWith(http.Header{"Idempotency-Key": {"one"}}, "POST", at, `{"seats":[{}]}`, 201, nil)
}

func TestManyKeysAtOnce(t *testing.T) {
	var log bytes.Buffer
	g, _ := operated(t, &log)
	const n = 16
	ids := make(chan string, n)
	for range n {
		go func() {
			r := request("POST", "/api/v1/lobbies", `{"game":"steps","keepSeconds":60}`)
			r.Header.Set("X-Requested-By", "test")
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "same")
			_, body := do(g.Server, r)
			var opened struct{ ID string }
			_ = json.Unmarshal([]byte(body), &opened)
			ids <- opened.ID
		}()
	}
	first := <-ids
	for range n - 1 {
		if id := <-ids; id != first || id == "" {
			t.Errorf("%q, another time %q", first, id)
		}
	}
	if got := g.lobbies.Lobbies(); got != 1 {
		t.Errorf("%d lobbies", got)
	}
}

func TestSlowClientsAreListed(t *testing.T) {
	var log bytes.Buffer
	g, _ := operated(t, &log)
	c := g.caller()
	ann := g.play(client.Options{})
	var clients struct {
		Clients []struct {
			Name          string
			Slow          bool
			FramesSkipped uint64
		}
		Total int
	}
	g.play(client.Options{}) // keeps up
	ann.gate.Lock()
	for until := time.Now().Add(patience); (clients.Total == 0 || clients.Clients[0].FramesSkipped < 40) && time.Now().Before(until); {
		c.call("GET", "/clients?slow=true", "", 200, &clients)
	}
	if clients.Total == 0 || !clients.Clients[0].Slow || clients.Clients[0].FramesSkipped < 40 {
		t.Errorf("slow clients: %+v", clients)
	}
	ann.gate.Unlock() // what has piled up comes in one burst
	for until := time.Now().Add(patience); clients.Total > 0 && time.Now().Before(until); {
		c.call("GET", "/clients?slow=true", "", 200, &clients)
	}
	if clients.Total > 0 {
		t.Errorf("ann never catches up: %+v", clients)
	}
}
