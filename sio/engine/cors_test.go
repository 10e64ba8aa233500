package engine_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tickwire/sio/engine"
)

func TestCORS(t *testing.T) {
	const page, other = "https://game.example", "https://evil.example"
	list := &engine.CORS{Origins: []string{page}, Credentials: true, MaxAge: time.Minute, ExposedHeaders: []string{"X-A"}}
	for _, c := range []struct {
		name   string
		cors   *engine.CORS
		method string
		origin string
		status int
		want   map[string]string
	}{
		{"any", &engine.CORS{Origins: []string{"*"}}, "GET", page, 200, map[string]string{
			"Access-Control-Allow-Origin": "*", "Vary": "", "Access-Control-Allow-Credentials": ""}},
		{"listed", list, "GET", page, 200, map[string]string{
			"Access-Control-Allow-Origin": page, "Vary": "Origin", "Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": "X-A"}},
		{"not listed", list, "GET", other, 200, map[string]string{"Access-Control-Allow-Origin": "", "Vary": "Origin"}},
		{"no origin", list, "GET", "", 200, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"preflight", list, "OPTIONS", page, 204, map[string]string{
			"Access-Control-Allow-Origin": page, "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
			"Access-Control-Allow-Headers": "x-token", "Access-Control-Max-Age": "60"}},
		{"preflight with lists", &engine.CORS{Origins: []string{"*"}, Methods: []string{"GET", "POST"}, AllowedHeaders: []string{"A", "B"}}, "OPTIONS", page, 204,
			map[string]string{"Access-Control-Allow-Methods": "GET,POST", "Access-Control-Allow-Headers": "A,B"}},
		{"function", &engine.CORS{AllowOrigin: func(o string) bool { return o == other }}, "GET", other, 200, map[string]string{"Access-Control-Allow-Origin": other}},
		{"error answers too", list, "POST", page, 400, map[string]string{"Access-Control-Allow-Origin": page}},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := serve(t, engine.Options{CORS: c.cors}, nil)
			req, _ := http.NewRequest(c.method, srv.url("http", polling), nil)
			if c.origin != "" {
				req.Header.Set("Origin", c.origin)
			}
			req.Header.Set("Access-Control-Request-Headers", "x-token")
			res, err := srv.do(req)
			if err != nil {
				t.Fatal(err)
			}
			if res.status != c.status {
				t.Errorf("status %d, want %d", res.status, c.status)
			}
			for k, v := range c.want {
				if got := res.header.Get(k); got != v {
					t.Errorf("%s: %q, want %q", k, got, v)
				}
			}
		})
	}
}

// CORS headers are on the 101 response as well.
func TestCORSOnWebSocket(t *testing.T) {
	srv := serve(t, engine.Options{CORS: &engine.CORS{Origins: []string{"*"}}}, nil)
	if got := srv.rawUpgrade(websocket, nil).header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("101 has Access-Control-Allow-Origin %q", got)
	}
}

// Browsers ask nobody before they open a websocket to a foreign server; with
// RefuseOthers the server says no itself.
func TestRefuseOthers(t *testing.T) {
	srv := serve(t, engine.Options{CORS: &engine.CORS{Origins: []string{"https://game.example"}, RefuseOthers: true}}, nil)
	for origin, want := range map[string]int{
		"https://game.example": 101,
		"https://evil.example": 403,
		"null":                 403,
		srv.http.URL:           101,
	} {
		if res := srv.rawUpgrade(websocket, http.Header{"Origin": {origin}}); res.status != want {
			t.Errorf("origin %s: %d, want %d", origin, res.status, want)
		}
	}
	told := ""
	srv = serve(t, engine.Options{CORS: &engine.CORS{RefuseOthers: true, Refused: func(r *http.Request) string {
		told = r.Header.Get("Origin")
		return "ask ann"
	}}}, nil)
	req, _ := http.NewRequest("GET", srv.url("http", polling), nil)
	req.Header.Set("Origin", "https://evil.example")
	res, err := srv.do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.wantCode(t, 403, engine.Forbidden); told != "https://evil.example" || !strings.Contains(res.body, "ask ann") {
		t.Errorf("the hook was told %q, the client %s", told, res.body)
	}
	srv.openWS() // no browser: no origin
}
