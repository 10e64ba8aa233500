package engine_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"tickwire/sio/engine"
)

func TestBlock(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":                "192.0.2.7/32",
		"192.0.2.7:80":             "192.0.2.7/32",
		"[::ffff:192.0.2.7]:80":    "192.0.2.7/32",
		"2001:db8:1:2:3:4:5:6":     "2001:db8:1:2::/64",
		"[2001:db8:1:2:9::1]:80":   "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":        "fe80::/64",
		"127.0.0.1:80":             "",
		"127.9.9.9":                "",
		"[::1]:80":                 "",
		"[::ffff:127.0.0.1]:80":    "",
		"":                         "",
		"@":                        "",
		"pipe":                     "",
		"somewhere.example:80":     "",
		"192.0.2.7:80:80":          "",
		"[2001:db8::1":             "",
		"2001:db8:1:2:3:4:5:6:7:8": "",
	} {
		block, ok := engine.Block(address)
		got := ""
		if ok {
			got = block.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func FuzzBlock(f *testing.F) {
	f.Add("192.0.2.7:80")
	f.Add("[fe80::1%eth0]:80")
	f.Fuzz(func(t *testing.T, address string) {
		block, ok := engine.Block(address)
		if !ok {
			return
		}
		again, ok := engine.Block(block.Addr().String()) // all of a block are one
		if !ok || again != block || block.Bits() != 32 && block.Bits() != 64 {
			t.Errorf("%q is %v, and that is %v", address, block, again)
		}
	})
}

// serveFrom is serve for requests that say in X-From where they come from.
func serveFrom(t *testing.T, o engine.Options) *server {
	t.Helper()
	srv := newServer(t, o, echo)
	srv.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from := r.Header.Get("X-From"); from != "" {
			r.RemoteAddr = from
		}
		srv.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.stop)
	return srv
}

// getFrom opens a session on polling as if from an address.
func (srv *server) getFrom(address string) response {
	srv.t.Helper()
	req, err := http.NewRequest("GET", srv.url("http", polling), nil)
	if err != nil {
		srv.t.Fatal(err)
	}
	req.Header.Set("X-From", address)
	res, err := srv.do(req)
	if err != nil {
		srv.t.Fatal(err)
	}
	return res
}

func (r response) wantOpen(t *testing.T) {
	t.Helper()
	if r.status != 200 {
		t.Errorf("answered %d %q, want a session", r.status, r.body)
	}
}

// TestMaxSessionsPerAddress: others, and this machine, are not concerned; the
// place of a session that has ended is free again.
func TestMaxSessionsPerAddress(t *testing.T) {
	srv := serveFrom(t, engine.Options{MaxSessionsPerAddress: 2})
	sid := parseOpen(t, srv.getFrom("[2001:db8::1]:1").body).SID
	srv.getFrom("[2001:db8::2]:1").wantOpen(t)
	srv.getFrom("[2001:db8::3]:1").wantCode(t, 429, engine.Forbidden)
	srv.getFrom("[2001:db8:0:1::3]:1").wantOpen(t)
	srv.getFrom("192.0.2.1:1").wantOpen(t)
	for range 5 {
		srv.get(polling).wantOpen(t)
	}
	first := srv.peer()
	srv.post(polling+"&sid="+sid, "1").want(t, 200, "ok")
	first.wantEnd(t, engine.TransportClose, nil)
	srv.getFrom("[2001:db8::3]:1").wantOpen(t)
	srv.getFrom("[2001:db8::3]:1").wantCode(t, 429, engine.Forbidden)
	if st := srv.Stats(); st.Crowded != 2 || st.Full != 0 || st.Foreign != 0 {
		t.Errorf("counted: %d crowded, %d full, %d foreign", st.Crowded, st.Full, st.Foreign)
	}
}

// TestFailedHandshakesGiveTheirPlaceBack: a websocket handshake that breaks off
// after its place was taken must not count for ever.
func TestFailedHandshakesGiveTheirPlaceBack(t *testing.T) {
	srv := serveFrom(t, engine.Options{MaxSessionsPerAddress: 1})
	for range 3 {
		req, _ := http.NewRequest("GET", srv.url("http", websocket), nil)
		req.Header.Set("X-From", "192.0.2.1:1")
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "websocket")
		// The client may know of the failure before the place is free.
		until(t, "the place of a failed handshake is free", func() bool {
			res, err := srv.do(req)
			return err != nil || res.status != 429
		})
	}
	until(t, "a place", func() bool { return srv.getFrom("192.0.2.1:1").status == 200 })
}

func TestRefusalHasAStatus(t *testing.T) {
	srv := serve(t, engine.Options{AllowRequest: func(*http.Request) error {
		return &engine.Refusal{Status: http.StatusTooManyRequests, Message: "slowly"}
	}}, echo)
	srv.get(polling).wantCode(t, 429, engine.Forbidden)
}
