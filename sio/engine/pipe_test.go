package engine_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// pipeListener hands net.Pipe connections to an http.Server, so that a whole
// server runs on the fake clock of a synctest bubble. Its connections have no
// descriptor: the engine's portable path carries them.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// pipeServer is an engine behind an http.Server on pipes. Call it in a bubble.
type pipeServer struct {
	*server
	ln *pipeListener
	h  *http.Server
}

func servePipes(t *testing.T, o engine.Options, onMsg func(*peer, []byte, bool)) *pipeServer {
	srv := &pipeServer{newServer(t, o, onMsg), &pipeListener{make(chan net.Conn), make(chan struct{})}, nil}
	srv.h = &http.Server{Handler: srv.server}
	go srv.h.Serve(srv.ln)
	return srv
}

// stop ends the server. What is left of it then fails the bubble.
func (srv *pipeServer) stop() {
	ctx, cancel := context.WithTimeout(srv.t.Context(), patience)
	defer cancel()
	if err := srv.Close(ctx); err != nil {
		srv.t.Errorf("close: %v", err)
	}
	srv.h.Close()
	synctest.Wait()
}

// connect opens a connection and writes the head of a request.
func (srv *pipeServer) connect(head string) *client {
	near, far := net.Pipe()
	srv.ln.conns <- far
	if _, err := io.WriteString(near, head+"\r\nHost: x\r\n\r\n"); err != nil {
		srv.t.Fatal(err)
	}
	c := newClient(srv.t, near, nil)
	_ = near.SetDeadline(noDeadline)
	return c
}

// poll makes a GET in the background; the answer comes on the channel.
func (srv *pipeServer) poll(query string) (<-chan response, *client) {
	c := srv.connect("GET /engine.io/?" + query + " HTTP/1.1")
	ch := make(chan response, 1)
	go func() { ch <- c.response() }()
	return ch, c
}

// response reads an HTTP response.
func (c *client) response() response {
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return response{body: "error: " + err.Error()}
	}
	defer c.conn.Close()
	body, _ := io.ReadAll(res.Body)
	return response{res.StatusCode, string(body), res.Header}
}

func (srv *pipeServer) get(query string) response {
	ch, _ := srv.poll(query)
	return <-ch
}

func (srv *pipeServer) post(query, body string) response {
	c := srv.connect(fmt.Sprintf("POST /engine.io/?%s HTTP/1.1\r\nContent-Length: %d", query, len(body)))
	if _, err := io.WriteString(c.conn, body); err != nil {
		srv.t.Fatal(err)
	}
	return c.response()
}

func (srv *pipeServer) openPolling() string {
	return polling + "&sid=" + parseOpen(srv.t, srv.get(polling).body).SID
}

// dial makes a websocket handshake.
func (srv *pipeServer) dial(query string) *client {
	c := srv.connect("GET /engine.io/?" + query + " HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
	res, err := http.ReadResponse(c.r, nil)
	if err != nil || res.StatusCode != 101 {
		srv.t.Fatalf("websocket handshake: %v, %v", res, err)
	}
	return c
}

func (srv *pipeServer) openWS() *client {
	c := srv.dial(websocket)
	parseOpen(srv.t, c.text())
	return c
}

// bubble runs f with a server on pipes, in a bubble of fake time.
func bubble(t *testing.T, o engine.Options, f func(*pipeServer)) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, o, nil)
		defer srv.stop()
		f(srv)
	})
}

func TestPortablePath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, echo)
		defer srv.stop()
		c := srv.openWS()
		p := <-srv.peers
		c.send("4hello")
		c.wantText("4hello")
		big := strings.Repeat("x", 200_000)
		go c.send("4" + big)
		c.wantText("4" + big)

		// Nobody reads: no caller waits, and the order is kept.
		var st engine.Stamped
		st.ResetBinary([]byte("...."), 0, 4)
		_ = p.Hold(engine.NewText([]byte("held")))
		_ = p.SendStamped(&st, []byte("0001"))
		_ = p.SendStamped(&st, []byte("0002"))
		_ = p.Send(engine.NewText([]byte("sent")))
		synctest.Wait()
		if p.Backlog() == 0 {
			t.Error("nothing is queued though nobody reads")
		}
		if err := p.SendVolatile(engine.NewText([]byte("v"))); err != engine.ErrDropped {
			t.Errorf("volatile behind a backlog: %v", err)
		}
		c.wantText("4held")
		if a, b := c.want(ws.OpBinary), c.want(ws.OpBinary); string(a)+string(b) != "00010002" {
			t.Errorf("stamped %q %q", a, b)
		}
		c.wantText("4sent")
		synctest.Wait()
		if p.Backlog() != 0 {
			t.Errorf("backlog %d", p.Backlog())
		}
		go c.wantClosed(ws.StatusGoingAway)
	})
}

// What a new client hears first comes in one write: the answer to its handshake,
// the open packet and what Accept sent.
func TestOpeningIsOneWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		accept := func(s *engine.Session) engine.Handler {
			_ = s.Hold(engine.NewText([]byte("welcome")))
			return &peer{ended: make(chan end, 1)}
		}
		srv := servePipes(t, engine.Options{Accept: accept}, nil)
		defer srv.stop()
		c := srv.connect("GET /engine.io/?" + websocket + " HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
		defer c.conn.Close()
		buf := make([]byte, 4<<10)
		n, err := c.conn.Read(buf) // a pipe never joins writes
		if got := string(buf[:n]); err != nil || !strings.HasPrefix(got, "HTTP/1.1 101 ") ||
			!strings.Contains(got, `0{"sid":"`) || !strings.HasSuffix(got, "4welcome") {
			t.Errorf("first write: %q, %v", got, err)
		}
	})
}
