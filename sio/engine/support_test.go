package engine_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"go.uber.org/goleak"

	"tickwire/codec/engineio"
	"tickwire/sio/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of a test; it is never waited for in a good run.
const patience = 10 * time.Second

// message is what a handler got.
type message struct {
	data   string
	binary bool
}

// end is how a session ended.
type end struct {
	reason engine.Reason
	err    error
}

// peer is the server's side of one session: a handler that records.
type peer struct {
	*engine.Session
	messages chan message
	ended    chan end
	onMsg    func(p *peer, data []byte, binary bool) // instead of recording
}

func (p *peer) Message(data []byte, binary bool) {
	if p.onMsg != nil {
		p.onMsg(p, data, binary)
		return
	}
	p.messages <- message{string(data), binary}
}

func (p *peer) Closed(reason engine.Reason, err error) { p.ended <- end{reason, err} }

// echo sends every message back.
func echo(p *peer, data []byte, binary bool) {
	if binary {
		_ = p.Send(engine.NewBinary(data))
	} else {
		_ = p.Send(engine.NewText(data))
	}
}

// server is an engine behind a real HTTP server.
type server struct {
	*engine.Server
	t     *testing.T
	http  *httptest.Server
	peers chan *peer
}

// serve starts a server. onMsg, if not nil, is what its handlers do.
func serve(t *testing.T, o engine.Options, onMsg func(*peer, []byte, bool)) *server {
	t.Helper()
	srv := newServer(t, o, onMsg)
	srv.http = httptest.NewUnstartedServer(srv)
	srv.http.Listener = srv.Listener(srv.http.Listener, srv.http.Config)
	srv.http.Start()
	t.Cleanup(srv.stop)
	return srv
}

func newServer(t *testing.T, o engine.Options, onMsg func(*peer, []byte, bool)) *server {
	srv := &server{t: t, peers: make(chan *peer, 1024)}
	if o.Accept == nil {
		o.Accept = func(s *engine.Session) engine.Handler {
			p := &peer{s, make(chan message, 1<<13), make(chan end, 1), onMsg}
			srv.peers <- p
			return p
		}
	}
	srv.Server = engine.New(o)
	return srv
}

func (srv *server) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := srv.Close(ctx); err != nil {
		srv.t.Errorf("close: %v", err)
	}
	srv.http.CloseClientConnections()
	srv.http.Close()
}

// peer returns the server's side of the next session.
func (srv *server) peer() *peer { srv.t.Helper(); return wait(srv.t, srv.peers, "a session") }

// wait takes from a channel, but not for ever.
func wait[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatalf("waited too long for %s", what)
		panic("unreachable")
	}
}

// wantEnd checks how a session ended; a nil err stands for any.
func (p *peer) wantEnd(t *testing.T, reason engine.Reason, err error) {
	t.Helper()
	got := wait(t, p.ended, "the end of the session")
	if got.reason != reason || err != nil && !errors.Is(got.err, err) {
		t.Errorf("ended by %q (%v), want %q (%v)", got.reason, got.err, reason, err)
	}
}

func (p *peer) wantMessage(t *testing.T, want string) {
	t.Helper()
	if got := wait(t, p.messages, "a message"); got.data != want {
		t.Errorf("server got %q, want %q", got.data, want)
	}
}

// response is what a request brought back.
type response struct {
	status int
	body   string
	header http.Header
}

// do makes a request on a connection of its own.
func (srv *server) do(req *http.Request) (response, error) {
	tr := &http.Transport{DisableCompression: true}
	defer tr.CloseIdleConnections()
	res, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		return response{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return response{res.StatusCode, string(body), res.Header}, err
}

func (srv *server) request(method, query, body string) response {
	srv.t.Helper()
	req, err := http.NewRequest(method, srv.url("http", query), strings.NewReader(body))
	if err != nil {
		srv.t.Fatal(err)
	}
	res, err := srv.do(req)
	if err != nil {
		srv.t.Fatalf("%s %s: %v", method, query, err)
	}
	return res
}

func (srv *server) url(scheme, query string) string {
	return scheme + strings.TrimPrefix(srv.http.URL, "http") + "/engine.io/?" + query
}

func (srv *server) get(query string) response { srv.t.Helper(); return srv.request("GET", query, "") }
func (srv *server) post(query, body string) response {
	srv.t.Helper()
	return srv.request("POST", query, body)
}

// getAsync makes a GET in the background.
func (srv *server) getAsync(query string) <-chan response {
	ch := make(chan response, 1)
	go func() {
		req, _ := http.NewRequest("GET", srv.url("http", query), nil)
		res, err := srv.do(req)
		if err != nil {
			res.body = "error: " + err.Error()
		}
		ch <- res
	}()
	return ch
}

// parkPoll makes a GET and returns when the server has parked it.
func (srv *server) parkPoll(p *peer, query string) <-chan response {
	srv.t.Helper()
	ch := srv.getAsync(query)
	p.untilParked(srv.t)
	return ch
}

// untilParked waits until a poll of the session is parked.
func (p *peer) untilParked(t *testing.T) {
	t.Helper()
	until(t, "a parked poll", func() bool { return engine.Parked(p.Session) })
}

// until polls a condition that no channel tells of.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for %s", what)
		}
		<-tick.C
	}
}

const polling = "EIO=4&transport=polling"

// openPolling opens a session on polling and returns its query.
func (srv *server) openPolling() string {
	srv.t.Helper()
	res := srv.get(polling)
	if res.status != 200 {
		srv.t.Fatalf("handshake: %d %s", res.status, res.body)
	}
	return polling + "&sid=" + parseOpen(srv.t, res.body).SID
}

func parseOpen(t *testing.T, packet string) engineio.Handshake {
	t.Helper()
	if !strings.HasPrefix(packet, "0") {
		t.Fatalf("not an open packet: %q", packet)
	}
	h, err := engineio.ParseOpen([]byte(packet[1:]))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (r response) wantCode(t *testing.T, status int, code engine.Code) {
	t.Helper()
	var body struct {
		Code    *engine.Code
		Message string
	}
	if err := json.Unmarshal([]byte(r.body), &body); err != nil || body.Code == nil {
		t.Errorf("%d %q is not an error of the protocol", r.status, r.body)
		return
	}
	if r.status != status || *body.Code != code || body.Message == "" {
		t.Errorf("answered %d %s, want %d with code %d", r.status, r.body, status, code)
	}
	if later, want := r.header.Get("Retry-After") != "", status == 429 || status == 503; later != want {
		t.Errorf("answered %d, Retry-After: %t", r.status, later)
	}
}

func (r response) want(t *testing.T, status int, body string) {
	t.Helper()
	if r.status != status || r.body != body {
		t.Errorf("answered %d %q, want %d %q", r.status, r.body, status, body)
	}
}

// client is a websocket client that speaks in frames.
type client struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

// dial opens a websocket; the engine's first packet is not read.
func (srv *server) dial(query string) *client {
	srv.t.Helper()
	c, err := srv.tryDial(query)
	if err != nil {
		srv.t.Fatal(err)
	}
	return c
}

func (srv *server) tryDial(query string) (*client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, br, _, err := ws.Dial(ctx, srv.url("ws", query))
	if err != nil {
		return nil, err
	}
	srv.t.Cleanup(func() { conn.Close() })
	return newClient(srv.t, conn, br), nil
}

func newClient(t *testing.T, conn net.Conn, br *bufio.Reader) *client {
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &client{t, conn, cmp.Or(br, bufio.NewReader(conn))}
}

const websocket = "EIO=4&transport=websocket"

// openWS opens a session on websocket.
func (srv *server) openWS() (*client, engineio.Handshake) {
	srv.t.Helper()
	c := srv.dial(websocket)
	return c, parseOpen(srv.t, c.text())
}

// frame writes one masked frame.
func (c *client) frame(f ws.Frame) {
	c.t.Helper()
	if err := ws.WriteFrame(c.conn, ws.MaskFrame(f)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) send(text string) { c.t.Helper(); c.frame(ws.NewTextFrame([]byte(text))) }
func (c *client) sendBin(b []byte) { c.t.Helper(); c.frame(ws.NewBinaryFrame(bytes.Clone(b))) }

// read reads a frame.
func (c *client) read() (ws.Frame, error) {
	h, err := ws.ReadHeader(c.r)
	if err != nil {
		return ws.Frame{}, err
	}
	f := ws.Frame{Header: h, Payload: make([]byte, h.Length)}
	_, err = io.ReadFull(c.r, f.Payload)
	return f, err
}

// text reads a text frame.
func (c *client) text() string {
	c.t.Helper()
	return string(c.want(ws.OpText))
}

// want reads a frame of a kind.
func (c *client) want(op ws.OpCode) []byte {
	c.t.Helper()
	f, err := c.read()
	if err != nil {
		c.t.Fatalf("reading a frame: %v", err)
	}
	if f.Header.OpCode != op || !f.Header.Fin || f.Header.Masked {
		c.t.Fatalf("got frame %+v %q, want opcode %x", f.Header, f.Payload, op)
	}
	return f.Payload
}

func (c *client) wantText(want string) {
	c.t.Helper()
	if got := c.text(); got != want {
		c.t.Errorf("client got %q, want %q", got, want)
	}
}

// wantClosed reads until the close frame, checks its code (0: none needed) and
// that the connection ends.
func (c *client) wantClosed(code ws.StatusCode) {
	c.t.Helper()
	for {
		f, err := c.read()
		if err != nil {
			if code != 0 {
				c.t.Errorf("connection ended (%v), want close frame %d", err, code)
			}
			return
		}
		if f.Header.OpCode != ws.OpClose {
			continue
		}
		if got, _ := ws.ParseCloseFrameData(f.Payload); code != 0 && got != code {
			c.t.Errorf("close code %d, want %d", got, code)
		}
		_ = ws.WriteFrame(c.conn, ws.MaskFrame(ws.NewCloseFrame(f.Payload)))
		break
	}
	if _, err := io.Copy(io.Discard, c.r); err != nil && errors.Is(err, context.DeadlineExceeded) {
		c.t.Error("the connection stayed open after the close frame")
	}
}
