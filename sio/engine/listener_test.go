package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tickwire/sio/engine"
)

// upgradeRequest is a browser's, as raw bytes: lines replace those of the same name
// or come behind; a line without a value takes its header out.
func upgradeRequest(query string, lines ...string) string {
	head := []string{"Host: game.example:80", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}
	for _, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		at := len(head)
		for i, h := range head {
			if strings.HasPrefix(h, name+":") {
				at = i
			}
		}
		head = append(head[:at], append([]string{line}, head[min(at+1, len(head)):]...)...)
	}
	return "GET /engine.io/?" + query + " HTTP/1.1\r\n" + strings.Join(head, "\r\n") + "\r\n\r\n"
}

// exchange sends raw bytes on a connection of its own and reads the answer's head
// and, unless it is an upgrade, its body.
func exchange(t *testing.T, addr net.Addr, parts ...string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	for _, part := range parts {
		if _, err := conn.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%v after %q", err, parts)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// seen is what a hook saw of a request.
type seen struct {
	Method, URI, Path, Query, Host, Proto, Remote string
	Header                                        http.Header
	Close, Local, Server, Ended, NoBody           bool
	Length                                        int64
}

// With and without Listener, hooks see the same and clients get the same.
func TestListenerChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		request string
		plain   bool // Listener takes it
	}{
		"a plain one":            {upgradeRequest(websocket), true},
		"of a browser":           {upgradeRequest(websocket, "User-Agent: Mozilla/5.0 (X11; Linux)", "Origin: https://game.example", "Cookie: a=b; c=d", "Pragma: no-cache", "Cache-Control: no-cache", "Accept-Language: de,en;q=0.5"), true},
		"of Firefox":             {upgradeRequest(websocket, "Connection: keep-alive, Upgrade"), true},
		"lower case":             {strings.ToLower(upgradeRequest("EIO=4&transport=websocket")[4:]), false},
		"names in lower case":    {upgradeRequest(websocket, "x-my-header:  with\tspaces  ", "x_odd: 1", "empty:"), true},
		"other origin":           {upgradeRequest(websocket, "Origin: https://evil.example"), true},
		"escapes in the query":   {upgradeRequest(websocket + "&x=%20%zz&y=a+b&z=//?"), true},
		"refused by the hook":    {upgradeRequest(websocket + "&refuse=1"), true},
		"unknown transport":      {upgradeRequest("EIO=4&transport=pigeon"), true},
		"unknown session":        {upgradeRequest(websocket + "&sid=abc"), true},
		"protocol 3":             {upgradeRequest("EIO=3&transport=websocket"), true},
		"polling":                {upgradeRequest(polling), true},
		"no key":                 {upgradeRequest(websocket, "Sec-WebSocket-Key: abc"), true},
		"version 8":              {upgradeRequest(websocket, "Sec-WebSocket-Version: 8"), true},
		"compression":            {upgradeRequest(websocket, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"), true},
		"another upgrade":        {upgradeRequest(websocket, "Upgrade: h2c"), false},
		"Pragma alone":           {upgradeRequest(websocket, "Pragma: no-cache"), false},
		"other path":             {strings.Replace(upgradeRequest(websocket), "/engine.io/", "/other/", 1), false},
		"absolute target":        {strings.Replace(upgradeRequest(websocket), "/engine.io/", "http://game.example/engine.io/", 1), false},
		"HTTP 1.0":               {strings.Replace(upgradeRequest(websocket), "HTTP/1.1", "HTTP/1.0", 1), false},
		"POST":                   {strings.Replace(upgradeRequest(websocket), "GET", "POST", 1), false},
		"with a length":          {upgradeRequest(websocket, "Content-Length: 0"), false},
		"to be closed":           {upgradeRequest(websocket, "Connection: close, Upgrade"), false},
		"no host":                {strings.Replace(upgradeRequest(websocket), "Host:", "X:", 1), false},
		"bad host":               {upgradeRequest(websocket, "Host: a#b"), false},
		"two hosts":              {strings.Replace(upgradeRequest(websocket), "Upgrade: ", "Host: b\r\nUpgrade: ", 1), false},
		"a header twice":         {strings.Replace(upgradeRequest(websocket), "Upgrade: ", "A: b\r\na: c\r\nUpgrade: ", 1), false},
		"a folded line":          {strings.Replace(upgradeRequest(websocket), "Upgrade: ", "A: b\r\n c\r\nUpgrade: ", 1), false},
		"a space before a colon": {strings.Replace(upgradeRequest(websocket), "Upgrade: ", "A : b\r\nUpgrade: ", 1), false},
		"no colon":               {strings.Replace(upgradeRequest(websocket), "Upgrade: ", "A\r\nUpgrade: ", 1), false},
		"bare line feeds":        {strings.ReplaceAll(upgradeRequest(websocket), "\r\n", "\n"), false},
		"a zero byte":            {upgradeRequest(websocket, "A: b\x00c"), false},
		"bytes of Latin 1":       {upgradeRequest(websocket, "A: b\xe4c"), false},
		"a space in the target":  {upgradeRequest(websocket + "&a b"), false},
		"large":                  {upgradeRequest(websocket, "A: "+strings.Repeat("a", 5000)), false},
		"too large":              {upgradeRequest(websocket, "A: "+strings.Repeat("a", 17<<10)), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := engine.ParseUpgrade([]byte(c.request), "/engine.io/?") != nil; got != c.plain {
				t.Errorf("taken: %v, want %v", got, c.plain)
			}
			want, got := observe(t, false, c.request), observe(t, true, c.request)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error("net/http (-) and Listener (+) differ:\n" + diff)
			}
			if inPieces := observe(t, true, c.request[:20], c.request[20:]); cmp.Diff(want, inPieces) != "" {
				t.Error("in two pieces it is something else:\n" + cmp.Diff(want, inPieces))
			}
		})
	}
}

// observed is all that hooks, clients and counters learn of one request.
type observed struct {
	Seen     []seen
	Status   int
	Header   http.Header
	Body     string
	Sessions int
	Errors   []engine.Code
}

var sidPattern = regexp.MustCompile(`[A-Za-z0-9_-]{20}`)

func observe(t *testing.T, listener bool, parts ...string) (o observed) {
	hooks, peers := make(chan seen, 4), make(chan engine.ConnectionError, 4)
	var request *http.Request
	srv := newServer(t, engine.Options{
		CORS: &engine.CORS{Origins: []string{"https://game.example"}, RefuseOthers: true, Credentials: true}, PerMessageDeflate: true,
		Cookie:            &http.Cookie{Name: "io"},
		Headers:           func(h http.Header, _ *http.Request) { h.Set("X-Every", "1") },
		InitialHeaders:    func(h http.Header, _ *http.Request) { h.Set("X-First", "1") },
		OnConnectionError: func(e engine.ConnectionError) { peers <- e },
		AllowRequest: func(r *http.Request) error {
			request = r
			hooks <- look(r)
			if r.FormValue("refuse") != "" {
				return &engine.Refusal{Status: http.StatusTeapot, Message: "no"}
			}
			return nil
		},
	}, nil)
	srv.http = httptest.NewUnstartedServer(srv)
	srv.http.Config.MaxHeaderBytes = 8 << 10
	addr := srv.http.Listener.Addr()
	if listener {
		srv.http.Listener = srv.Listener(srv.http.Listener, srv.http.Config)
	}
	srv.http.Start()
	defer srv.stop()
	res, body := exchange(t, addr, parts...)
	o.Status, o.Header = res.StatusCode, res.Header
	o.Body = sidPattern.ReplaceAllString(body, "SID")
	if c := o.Header.Get("Set-Cookie"); c != "" {
		o.Header.Set("Set-Cookie", sidPattern.ReplaceAllString(c, "SID"))
	}
	if res.StatusCode != http.StatusSwitchingProtocols && res.StatusCode != http.StatusUpgradeRequired {
		o.Header.Del("Connection") // what Listener took is closed
	}
	maps.DeleteFunc(o.Header, func(name string, _ []string) bool { return name == "Date" })
	until(t, "the end", func() bool { return engine.Conns(srv.Server) == 0 && srv.Sessions() == 0 })
	close(hooks)
	for s := range hooks {
		until(t, "the request's context", func() bool { return request.Context().Err() != nil })
		o.Seen = append(o.Seen, s)
	}
	close(peers)
	for e := range peers {
		o.Errors = append(o.Errors, e.Code)
	}
	o.Sessions = int(srv.Stats().Opened)
	return o
}

func look(r *http.Request) seen {
	_, server := r.Context().Value(http.ServerContextKey).(*http.Server)
	_, local := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return seen{
		Method: r.Method, URI: r.RequestURI, Path: r.URL.Path, Query: r.URL.RawQuery, Host: r.Host, Proto: r.Proto, Remote: host,
		Header: r.Header.Clone(), Close: r.Close, Local: local, Server: server, Ended: r.Context().Err() != nil,
		NoBody: r.Body == http.NoBody, Length: r.ContentLength,
	}
}

// What is taken is read as net/http reads it.
func FuzzParseUpgrade(f *testing.F) {
	f.Add([]byte(upgradeRequest(websocket)))
	f.Add([]byte(upgradeRequest(websocket, "Pragma: no-cache", "Cache-Control: x", "Connection: keep-alive, Upgrade", "empty:", "x:\t y ")))
	f.Add([]byte("GET"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := engine.ParseUpgrade(bytes.Clone(b), "/engine.io/?")
		if got == nil {
			return
		}
		rest := bufio.NewReader(bytes.NewReader(b))
		want, err := http.ReadRequest(rest)
		if err != nil {
			t.Fatalf("net/http does not take %q: %v", b, err)
		}
		if n, _ := io.Copy(io.Discard, rest); n > 0 {
			t.Errorf("net/http leaves %d bytes of %q", n, b)
		}
		if diff := cmp.Diff(look(want), look(got)); diff != "" || *want.URL != *got.URL {
			t.Errorf("%q: net/http (-) reads something else:\n%s", b, diff)
		}
	})
}

// net/http counts a connection as new and then as closed, and has no hand in it
// once the handler has it: the session outlives the http.Server.
func TestListenerHandsOver(t *testing.T) {
	srv := newServer(t, engine.Options{}, echo)
	srv.http = httptest.NewUnstartedServer(srv)
	states := make(chan http.ConnState, 8)
	srv.http.Config.ConnState = func(_ net.Conn, s http.ConnState) { states <- s }
	srv.http.Config.ReadHeaderTimeout = shortTimeout
	srv.http.Listener = srv.Listener(srv.http.Listener, srv.http.Config)
	srv.http.Start()
	defer srv.stop()
	c, _ := srv.openWS()
	for _, want := range []http.ConnState{http.StateNew, http.StateClosed} {
		if got := wait(t, states, "a state"); got != want {
			t.Errorf("state %v, want %v", got, want)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := srv.http.Config.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	<-afterTimeouts() // that of the head does not hold any more
	c.send("4still here")
	c.wantText("4still here")
}

// A silent connection is ended by the timeout of the http.Server, and a handler
// that panics ends its own.
func TestListenerEndsConnections(t *testing.T) {
	web := &http.Server{ReadHeaderTimeout: shortTimeout, ErrorLog: log.New(io.Discard, "", 0)}
	web.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a bug") })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	srv := newServer(t, engine.Options{}, nil)
	go func() { served <- web.Serve(srv.Listener(ln, web)) }()
	for _, first := range []string{"", upgradeRequest(websocket)} {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(patience))
		_, _ = conn.Write([]byte(first))
		if b, err := io.ReadAll(conn); len(b) > 0 || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %q: %q, %v", first, b, err)
		}
		conn.Close()
	}
	_ = web.Close()
	if err := wait(t, served, "the end"); !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}
