package edge_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"tickwire/edge"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRates(t *testing.T) {
	r := edge.NewRates(100, 2, 3)
	now := time.Unix(1000, 0)
	count := func(address string) (n int) {
		for r.Allow(address, now) == edge.Allowed {
			n++
		}
		return n
	}
	if got := count("192.0.2.1:1"); got != 6 {
		t.Errorf("%d at once, want 6", got)
	}
	if got := r.Allow("192.0.2.1:2", now); got != edge.AddressBusy {
		t.Errorf("from another port: %v", got)
	}
	if got := count("192.0.2.2:1"); got != 6 {
		t.Errorf("another address: %d", got)
	}
	if now = now.Add(time.Second); count("192.0.2.1:1") != 2 {
		t.Error("not two more after a second")
	}
	// This machine has no bound of its own, but counts for all: 300 at once,
	// less 14, and 100 more in the second that went by.
	if got := count("127.0.0.1:1"); got < 280 || got > 298 || r.Allow("127.0.0.1:1", now) != edge.Busy {
		t.Errorf("all in all %d", got)
	}
	if got := edge.NewRates(0, 0, 3).Allow("192.0.2.1:1", now); got != edge.Allowed {
		t.Errorf("without bounds: %v", got)
	}
}

func TestRatesHandler(t *testing.T) {
	served := 0
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served++ })
	for want, r := range map[int]*edge.Rates{200: edge.NewRates(0, 0, 1), 429: edge.NewRates(0, 1, 1), 503: edge.NewRates(1, 0, 1)} {
		for i := range 2 {
			req, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
			req.RemoteAddr = "192.0.2.1:1"
			r.Handler(next).ServeHTTP(w, req)
			if later := w.Header().Get("Retry-After") != ""; i == 0 && w.Code != 200 || i == 1 && w.Code != want || later != (w.Code != 200) {
				t.Errorf("number %d: %d, Retry-After: %t", i, w.Code, later)
			}
		}
	}
	if served != 4 {
		t.Errorf("%d were served", served)
	}
}

// TestRatesForget: more addresses than are remembered take no more memory; the
// oldest are forgotten, not the last.
func TestRatesForget(t *testing.T) {
	r := edge.NewRates(0, 1, 1)
	now := time.Unix(1000, 0)
	for i := range 70_000 {
		if r.Allow(fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff), now) != edge.Allowed {
			t.Fatalf("address %d was refused", i)
		}
	}
	if r.Allow("2001:db8:1:1000::1", now) != edge.AddressBusy {
		t.Error("one of the last addresses was forgotten")
	}
}

// fakeConn is a connection from an address.
type fakeConn struct {
	net.Conn
	from   net.Addr
	closed bool
}

func (c *fakeConn) RemoteAddr() net.Addr { return c.from }
func (c *fakeConn) Close() error         { c.closed = true; return nil }

func TestConns(t *testing.T) {
	c := edge.NewConns(2, edge.Proxies{Trusted: prefixes("10.0.0.0/8", "2001:db8::5/128")})
	dial := func(ip string) *fakeConn {
		conn := &fakeConn{from: &net.TCPAddr{IP: net.ParseIP(ip), Port: 1}}
		c.State(conn, http.StateNew)
		return conn
	}
	a, b, third := dial("192.0.2.1"), dial("192.0.2.1"), dial("192.0.2.1")
	if a.closed || b.closed || !third.closed || c.Refused() != 1 {
		t.Errorf("closed: %v %v %v", a.closed, b.closed, third.closed)
	}
	c.State(third, http.StateClosed)
	if dial("192.0.2.2").closed {
		t.Error("another address was refused")
	}
	for range 5 {
		if dial("127.0.0.1").closed {
			t.Error("this machine was refused")
		}
	}
	for _, proxy := range []string{"10.0.0.7", "2001:db8::5"} { // stands for all players behind it
		for range 5 {
			if dial(proxy).closed {
				t.Errorf("the proxy %s was refused", proxy)
			}
		}
	}
	if _, _, third := dial("2001:db8::6"), dial("2001:db8::6"), dial("2001:db8::6"); !third.closed {
		t.Error("who is near a proxy has no bound")
	}
	c.State(a, http.StateHijacked) // is a websocket now
	if dial("192.0.2.1").closed {
		t.Error("no place after a connection became a websocket")
	}
	if !dial("192.0.2.1").closed {
		t.Error("three connections")
	}
	var none *edge.Conns = edge.NewConns(0, edge.Proxies{})
	none.State(a, http.StateNew)
	if none.Refused() != 0 {
		t.Error("no bound refuses")
	}
}

// pipes is a listener for connections in memory, whose time can be a bubble's.
type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	conn, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}
func (p pipes) Close() error   { close(p.conns); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// TestDeadlines: a body that does not come and an answer that is not read end at
// the limit; a stream that asks for more gets it.
func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		took := make(chan time.Duration, 1)
		done := func() { took <- time.Since(began) }
		mux := http.NewServeMux()
		mux.HandleFunc("/body", func(_ http.ResponseWriter, r *http.Request) { io.ReadAll(r.Body); done() })
		mux.HandleFunc("/answer", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1<<20)); done() })
		mux.HandleFunc("/stream", func(w http.ResponseWriter, _ *http.Request) {
			http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour))
			w.Write(make([]byte, 1<<20))
			done()
		})
		listener := pipes{make(chan net.Conn)}
		web := &http.Server{Handler: edge.Deadlines(mux, 30*time.Second)}
		served := make(chan error, 1)
		go func() { served <- web.Serve(listener) }()
		for _, test := range []struct {
			request string
			want    time.Duration
		}{
			{"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", 30 * time.Second},
			{"GET /answer HTTP/1.1\r\nHost: x\r\n\r\n", 30 * time.Second},
			{"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", time.Hour},
		} {
			began = time.Now()
			ours, theirs := net.Pipe()
			listener.conns <- theirs
			io.Copy(ours, strings.NewReader(test.request))
			if got := <-took; got != test.want {
				t.Errorf("%.15s took %v, want %v", test.request, got, test.want)
			}
			ours.Close()
		}
		web.Shutdown(context.Background())
		<-served
	})
}

// TestBodies: an answer to a request whose body nobody wants, and which does not
// come, waits for the limit and no longer.
func TestBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := pipes{make(chan net.Conn)}
		web := &http.Server{Handler: edge.Bodies(http.NotFoundHandler(), 30*time.Second)}
		served := make(chan error, 1)
		go func() { served <- web.Serve(listener) }()
		began := time.Now()
		ours, theirs := net.Pipe()
		listener.conns <- theirs
		io.Copy(ours, strings.NewReader("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"))
		answer, err := io.ReadAll(ours)
		if took := time.Since(began); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 404") || took != 30*time.Second {
			t.Errorf("%v, %q after %v", err, answer, took)
		}
		web.Shutdown(context.Background())
		<-served
	})
}
