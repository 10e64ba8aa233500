package engine_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// Source: Engine.IO v4, "Handshake".
func TestHandshakePolling(t *testing.T) {
	srv := serve(t, engine.Options{PingInterval: 300 * time.Millisecond, PingTimeout: 200 * time.Millisecond}, echo)
	res := srv.get(polling)
	h := parseOpen(t, res.body)
	if res.status != 200 || len(h.SID) < 16 || len(h.Upgrades) != 1 || h.Upgrades[0] != "websocket" ||
		h.PingInterval != 300*time.Millisecond || h.PingTimeout != 200*time.Millisecond || h.MaxPayload != 1_000_000 {
		t.Errorf("%d %+v", res.status, h)
	}
	if got := res.header.Get("Content-Type"); got != "text/plain; charset=UTF-8" {
		t.Errorf("content type %q", got)
	}
	if got := res.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("cache control %q", got)
	}
	if got := res.header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("CORS header %q without being asked for", got)
	}
}

func TestHandshakeWebSocket(t *testing.T) {
	srv := serve(t, engine.Options{}, echo)
	c, h := srv.openWS()
	if h.Upgrades == nil || len(h.Upgrades) != 0 {
		t.Errorf("upgrades %v, want an empty list", h.Upgrades)
	}
	p := srv.peer()
	if p.ID() != h.SID || p.Transport() != engine.WebSocket || srv.Sessions() != 1 {
		t.Errorf("session %s on %s, %d sessions", p.ID(), p.Transport(), srv.Sessions())
	}
	c.send("4hello")
	c.wantText("4hello")
}

func TestRefusals(t *testing.T) {
	var errs []engine.ConnectionError
	srv := serve(t, engine.Options{
		OnConnectionError: func(e engine.ConnectionError) { errs = append(errs, e) },
		AllowRequest: func(r *http.Request) error {
			if r.Header.Get("X-Deny") != "" {
				return errors.New("denied by allowRequest")
			}
			return nil
		},
	}, nil)
	for _, c := range []struct {
		method, query string
		status        int
		code          engine.Code
	}{
		{"GET", "transport=polling", 400, engine.UnsupportedProtocol},
		{"GET", "EIO=abc&transport=polling", 400, engine.UnsupportedProtocol},
		{"GET", "EIO=3&transport=polling", 400, engine.UnsupportedProtocol},
		{"GET", "EIO=4", 400, engine.UnknownTransport},
		{"GET", "EIO=4&transport=abc", 400, engine.UnknownTransport},
		{"GET", "EIO=4&transport=constructor", 400, engine.UnknownTransport},
		{"GET", "EIO=4&transport=__proto__", 400, engine.UnknownTransport},
		{"GET", "EIO=4&transport=websocket", 400, engine.BadRequest},
		{"POST", polling, 400, engine.BadHandshakeMethod},
		{"PUT", polling, 400, engine.BadHandshakeMethod},
		{"OPTIONS", polling, 400, engine.BadHandshakeMethod},
		{"GET", polling + "&sid=guess", 400, engine.UnknownSession},
		{"GET", polling + "&sid=__proto__", 400, engine.UnknownSession},
		{"POST", polling + "&sid=" + strings.Repeat("x", 4096), 400, engine.UnknownSession},
	} {
		errs = nil
		srv.request(c.method, c.query, "").wantCode(t, c.status, c.code)
		if len(errs) != 1 || errs[0].Code != c.code || errs[0].Request == nil || errs[0].Error() == "" {
			t.Errorf("%s %s reported as %v", c.method, c.query, errs)
		}
	}

	req, _ := http.NewRequest("GET", srv.url("http", polling), nil)
	req.Header.Set("X-Deny", "1")
	res, err := srv.do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.want(t, 403, `{"code":4,"message":"denied by allowRequest"}`)

	for _, query := range []string{"transport=websocket", "EIO=abc&transport=websocket", "EIO=4&transport=abc", "EIO=4", websocket + "&sid=guess", polling} {
		if c, err := srv.tryDial(query); err == nil {
			t.Errorf("websocket with %q was accepted", query)
			c.conn.Close()
		}
	}
	if got := srv.Stats().Refused[engine.UnknownSession]; got != 4 {
		t.Errorf("%d unknown sessions counted, want 4", got)
	}
	if srv.Sessions() != 0 {
		t.Errorf("%d sessions are open", srv.Sessions())
	}
}

func TestForeignPath(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	for path, want := range map[string]int{"/": 404, "/engine.io": 404, "/engine.io/x": 404, "/engine.io/": 200} {
		res, err := http.Get(srv.http.URL + path + "?" + polling)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s answered %d, want %d", path, res.StatusCode, want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

// An upgrade request for a foreign path is answered, not left hanging.
func TestForeignUpgrade(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	d := ws.Dialer{}
	conn, _, _, err := d.Dial(t.Context(), "ws"+strings.TrimPrefix(srv.http.URL, "http")+"/chat?"+websocket)
	if status, ok := errors.AsType[ws.StatusError](err); !ok || status != 404 {
		t.Errorf("answered %v", err)
	}
	if conn != nil {
		conn.Close()
	}
}

func TestPathWithoutSlash(t *testing.T) {
	srv := serve(t, engine.Options{Path: "/rt"}, nil)
	for path, want := range map[string]int{"/rt": 200, "/rt/": 200, "/rtx": 404} {
		res, err := http.Get(srv.http.URL + path + "?" + polling)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s answered %d, want %d", path, res.StatusCode, want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestTransportsOption(t *testing.T) {
	srv := serve(t, engine.Options{Transports: []engine.Transport{engine.WebSocket}}, nil)
	srv.get(polling).wantCode(t, 400, engine.UnknownTransport)
	srv.openWS()

	srv = serve(t, engine.Options{Transports: []engine.Transport{engine.Polling}}, nil)
	if h := parseOpen(t, srv.get(polling).body); len(h.Upgrades) != 0 {
		t.Errorf("offers upgrades to %v", h.Upgrades)
	}
	if _, err := srv.tryDial(websocket); err == nil {
		t.Error("websocket was accepted")
	}
}

func TestDisableUpgrades(t *testing.T) {
	srv := serve(t, engine.Options{DisableUpgrades: true}, echo)
	h := parseOpen(t, srv.get(polling).body)
	if len(h.Upgrades) != 0 {
		t.Errorf("offers upgrades to %v", h.Upgrades)
	}
	srv.dial(websocket + "&sid=" + h.SID).wantClosed(ws.StatusPolicyViolation)
	srv.post(polling+"&sid="+h.SID, "4still here").want(t, 200, "ok")
}

func TestMaxSessions(t *testing.T) {
	srv := serve(t, engine.Options{MaxSessions: 2}, echo)
	first := srv.openPolling()
	bystander, _ := srv.openWS()
	srv.get(polling).wantCode(t, 503, engine.Forbidden)
	if _, err := srv.tryDial(websocket); err == nil {
		t.Error("a third session was accepted")
	}
	bystander.send("4hello")
	bystander.wantText("4hello")
	srv.post(first, "1").want(t, 200, "ok")
	srv.openPolling()
}

func TestHeadersAndCookie(t *testing.T) {
	srv := serve(t, engine.Options{
		Cookie:         &http.Cookie{HttpOnly: true},
		InitialHeaders: func(h http.Header, _ *http.Request) { h.Set("X-Gs-Initial", "1") },
		Headers:        func(h http.Header, _ *http.Request) { h.Set("X-Gs", "1") },
	}, echo)
	res := srv.get(polling)
	sid := parseOpen(t, res.body).SID
	if got, want := res.header.Get("Set-Cookie"), "io="+sid+"; Path=/; HttpOnly; SameSite=Lax"; got != want {
		t.Errorf("cookie %q, want %q", got, want)
	}
	if res.header.Get("X-Gs-Initial") != "1" || res.header.Get("X-Gs") != "1" {
		t.Errorf("first answer has headers %v", res.header)
	}
	res = srv.post(polling+"&sid="+sid, "4x")
	if res.header.Get("X-Gs-Initial") != "" || res.header.Get("X-Gs") != "1" || res.header.Get("Set-Cookie") != "" {
		t.Errorf("second answer has headers %v", res.header)
	}

	res = srv.rawUpgrade(websocket, nil)
	if res.status != 101 || res.header.Get("X-Gs-Initial") != "1" || res.header.Get("X-Gs") != "1" ||
		!strings.HasPrefix(res.header.Get("Set-Cookie"), "io=") {
		t.Errorf("101 has status %d, headers %v", res.status, res.header)
	}
}

// rawUpgrade makes a websocket handshake and returns its answer.
func (srv *server) rawUpgrade(query string, header http.Header) response {
	srv.t.Helper()
	req, _ := http.NewRequest("GET", srv.url("http", query), nil)
	req.Header = http.Header{
		"Upgrade": {"websocket"}, "Connection": {"Upgrade"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}
	for k, v := range header {
		req.Header[k] = v
	}
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	res, err := tr.RoundTrip(req)
	if err != nil {
		srv.t.Fatal(err)
	}
	res.Body.Close()
	return response{res.StatusCode, "", res.Header}
}

func TestBadUpgradeRequests(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	for name, h := range map[string]http.Header{
		"no connection": {"Connection": {"close"}},
		"short key":     {"Sec-Websocket-Key": {"short"}},
		"no key":        {"Sec-Websocket-Key": {}},
		"version":       {"Sec-Websocket-Version": {"12"}},
		"no version":    {"Sec-Websocket-Version": {}},
	} {
		if res := srv.rawUpgrade(websocket, h); res.status < 400 {
			t.Errorf("%s: answered %d", name, res.status)
		}
	}
	until(t, "the slots to be free", func() bool { return srv.Sessions() == 0 })
}

func TestHandshakeFacts(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	req, _ := http.NewRequest("GET", srv.url("http", polling+"&a=1&b=%20x"), nil)
	req.Header = http.Header{"Origin": {"http://game.example"}, "X-Many": {"1", "2"}}
	if _, err := srv.do(req); err != nil {
		t.Fatal(err)
	}
	h := srv.peer().Handshake()
	if !h.XDomain || h.Secure || h.Address == "" || time.Since(h.Time) > time.Minute {
		t.Errorf("facts %+v", h)
	}
	if q := h.Query(); q.Get("a") != "1" || q.Get("b") != " x" || !strings.HasPrefix(h.URL, "/engine.io/?") {
		t.Errorf("url %q, query %v", h.URL, q)
	}
	if h.Header("origin") != "http://game.example" || h.Header("host") == "" || h.Header("X-None") != "" {
		t.Errorf("headers %v", h.Headers())
	}
	if got := h.Headers()["X-Many"]; len(got) != 2 || got[0] != "1" || got[1] != "2" {
		t.Errorf("repeated header came as %v", got)
	}
}

func TestTooManyHeaders(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	req, _ := http.NewRequest("GET", srv.url("http", polling), nil)
	for i := range 3000 {
		req.Header.Add("X-"+strings.Repeat("h", i%50+1), "v")
	}
	res, err := srv.do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.wantCode(t, 431, engine.BadRequest)
	if srv.Sessions() != 0 {
		t.Error("a session was opened")
	}
}
