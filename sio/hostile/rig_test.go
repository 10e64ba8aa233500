// Package hostile_test attacks a Socket.IO server from outside, over real
// sockets, and looks at three things: the server lives, its memory stays
// within bounds, and somebody who plays on it is not disturbed.
package hostile_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// net/http waits half a second before it closes after some refusals.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// patience bounds every wait; it is never waited for in a good run.
const patience = 20 * time.Second

const (
	polling   = "EIO=4&transport=polling"
	websocket = "EIO=4&transport=websocket"
)

// target is a server that does what servers do: it echoes, relays, answers,
// joins rooms and makes namespaces whose names clients choose.
type target struct {
	t    *testing.T
	srv  *sio.Server
	addr string
}

func start(t *testing.T, o sio.Options) *target {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.CleanupEmptyChildNamespaces = true
	tg := &target{t: t, srv: sio.New(o), addr: ln.Addr().String()}
	tg.srv.Of("/").OnConnect(standard)
	tg.srv.OfPattern(regexp.MustCompile(`^/dyn-`)).OnConnect(standard)
	web := &http.Server{Handler: tg.srv, ReadHeaderTimeout: 10 * time.Second}
	var wg sync.WaitGroup
	wg.Go(func() { _ = web.Serve(ln) })
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := tg.srv.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		web.Close()
		wg.Wait()
	})
	return tg
}

func standard(s *sio.Socket) {
	s.On("echo", func(e *sio.Event) { e.Ack(e.Args().Spread()...) })
	s.On("back", func(e *sio.Event) { _ = s.Emit("back", e.Args().Spread()...) })
	s.On("say", func(e *sio.Event) { _ = s.To("players").Emit("say", e.Args().Spread()...) })
	s.On("join", func(e *sio.Event) {
		var rooms []string
		if e.Decode(&rooms) == nil {
			_ = s.Join(rooms...)
		}
		e.Ack(len(s.Rooms()))
	})
	s.On("decode", func(e *sio.Event) {
		var v any
		_ = e.Decode(&v)
	})
}

// attack runs fn while a bystander plays. What the server holds after it may
// have grown by bound MiB; attackers' connections are still open then.
func (tg *target) attack(bound int, fn func()) {
	tg.t.Helper()
	b := tg.bystander()
	defer b.stop() // if fn fails the test
	before := live()
	fn()
	grown := int(live()-before) >> 20
	peak := int(b.peak.Load()-before) >> 20
	slowest := b.stop()
	tg.t.Logf("heap +%d MiB, at the peak +%d MiB; slowest of the bystander's %d rounds %v", grown, peak, b.echoes, slowest)
	if grown > bound {
		tg.t.Errorf("heap grew by %d MiB, bound %d", grown, bound)
	}
	// Garbage that was not collected yet counts here.
	if peak > 4*bound+64 {
		tg.t.Errorf("heap grew by %d MiB at the peak, bound %d", peak, 4*bound+64)
	}
}

// live returns the bytes of the heap that are in use.
func live() int64 {
	runtime.GC()
	runtime.GC() // pools are empty after the second
	return heap()
}

func heap() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// bystander plays, 200 times a second: it sends an event and waits for the
// answer.
type bystander struct {
	done   chan struct{}
	once   sync.Once
	ended  chan struct{}
	t      *testing.T
	echoes int
	slow   time.Duration
	peak   atomic.Int64
}

func (tg *target) bystander() *bystander {
	tg.t.Helper()
	b := &bystander{done: make(chan struct{}), ended: make(chan struct{}), t: tg.t}
	c := tg.join("/")
	first := make(chan struct{})
	go func() {
		defer close(b.ended)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			from := time.Now()
			err := c.ask("echo", fmt.Sprint("tick ", b.echoes), fmt.Sprint("tick ", b.echoes))
			if err == nil {
				err = c.ask("join", []string{"players"}, 2)
			}
			if err != nil {
				b.t.Errorf("the bystander's round %d: %v", b.echoes, err)
				return
			}
			b.slow = max(b.slow, time.Since(from))
			b.peak.Store(max(b.peak.Load(), heap()))
			if b.echoes++; b.echoes == 1 {
				close(first)
			}
			select {
			case <-b.done:
				return
			case <-tick.C:
			}
		}
	}()
	select {
	case <-first:
	case <-b.ended:
		tg.t.FailNow()
	}
	return b
}

// stop returns the longest round trip.
func (b *bystander) stop() time.Duration {
	b.once.Do(func() { close(b.done) })
	<-b.ended
	if b.slow > 5*time.Second {
		b.t.Errorf("the bystander waited %v", b.slow)
	}
	return b.slow
}

// client is a websocket that may do what it wants.
type client struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

// dial opens a TCP connection, which is cut when the test ends.
func (tg *target) dial() net.Conn {
	tg.t.Helper()
	conn, err := net.Dial("tcp", tg.addr)
	if err != nil {
		tg.t.Fatal(err)
	}
	tg.t.Cleanup(func() { conn.Close() })
	return conn
}

// open opens a websocket and reads the open packet.
func (tg *target) open(query string) *client {
	tg.t.Helper()
	conn := tg.dial()
	d := ws.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return conn, nil }}
	early, _, err := dialWS(d, "ws://"+tg.addr+"/socket.io/?"+query)
	if err != nil {
		tg.t.Fatal(err)
	}
	c := &client{t: tg.t, conn: conn, r: bufio.NewReader(io.MultiReader(early, conn))}
	if _, err := c.read(); err != nil && !strings.Contains(query, "sid=") {
		tg.t.Fatal(err)
	}
	return c
}

func dialWS(d ws.Dialer, url string) (early io.Reader, hs ws.Handshake, err error) {
	_, buffered, hs, err := d.Dial(context.Background(), url)
	if buffered == nil {
		return bytes.NewReader(nil), hs, err
	}
	return buffered, hs, err
}

// join opens a websocket in a namespace.
func (tg *target) join(ns string) *client {
	tg.t.Helper()
	c := tg.open(websocket)
	c.text("40" + ns + ",")
	if got, err := c.read(); err != nil || !strings.HasPrefix(got, "40") {
		tg.t.Fatalf("joining %s: %q, %v", ns, got, err)
	}
	return c
}

// joinPacked is join with the MessagePack parser.
func (tg *target) joinPacked() *client {
	tg.t.Helper()
	c := tg.open(websocket)
	c.binary(socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Connect, Namespace: "/"}))
	if _, err := c.read(); err != nil {
		tg.t.Fatal(err)
	}
	return c
}

// text and binary send what the server may refuse by closing.
func (c *client) text(s string)   { _ = wsutil.WriteClientText(c.conn, []byte(s)) }
func (c *client) binary(b []byte) { _ = wsutil.WriteClientBinary(c.conn, b) }

// read returns the next message; pings are answered.
func (c *client) read() (string, error) {
	rw := struct {
		io.Reader
		io.Writer
	}{c.r, c.conn}
	for {
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		data, _, err := wsutil.ReadServerData(rw)
		if err != nil {
			return "", err
		}
		if string(data) != "2" {
			return string(data), nil
		}
		c.text("3")
	}
}

// echo asks for s back.
func (c *client) echo(s string) error { return c.ask("echo", s, s) }

// ask emits an event and waits for this acknowledgement; other packets that
// come before it are skipped.
func (c *client) ask(event string, arg, answer any) error {
	data, _ := json.Marshal([]any{event, arg})
	c.text("427" + string(data))
	data, _ = json.Marshal([]any{answer})
	want := "437" + string(data)
	for {
		got, err := c.read()
		if err != nil || got == want {
			return err
		}
	}
}

// gone waits for the end of the connection and returns the close code.
func (c *client) gone() ws.StatusCode {
	c.t.Helper()
	for {
		_, err := c.read()
		if closed, ok := err.(wsutil.ClosedError); ok {
			return closed.Code
		}
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			c.t.Fatal("the server keeps the connection")
		}
		if err != nil {
			return 0
		}
	}
}

// reply is an HTTP answer.
type reply struct {
	status int
	body   string
	header http.Header
}

// skipHead reads the head of an HTTP answer and returns its status.
func (c *client) skipHead() int {
	c.t.Helper()
	c.r = bufio.NewReader(c.conn)
	_ = c.conn.SetReadDeadline(time.Now().Add(patience))
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode
}

// request makes one request on a connection of its own.
func (tg *target) request(method, query, body string) reply {
	tg.t.Helper()
	conn := tg.dial()
	defer conn.Close()
	fmt.Fprintf(conn, "%s /socket.io/?%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", method, query, len(body), body)
	return tg.answer(conn)
}

// answer reads an HTTP answer.
func (tg *target) answer(conn net.Conn) reply {
	tg.t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		tg.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		tg.t.Fatal(err)
	}
	return reply{res.StatusCode, string(b), res.Header}
}

// openPolling opens a session on polling and returns its query.
func (tg *target) openPolling() string {
	tg.t.Helper()
	r := tg.request("GET", polling, "")
	_, rest, found := strings.Cut(r.body, `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	if !found {
		tg.t.Fatalf("%d %s", r.status, r.body)
	}
	return polling + "&sid=" + sid
}

// joinPolling opens a session on polling in the main namespace.
func (tg *target) joinPolling() string {
	tg.t.Helper()
	q := tg.openPolling()
	if r := tg.request("POST", q, "40"); r.status != 200 {
		tg.t.Fatalf("joining: %d %s", r.status, r.body)
	}
	if r := tg.request("GET", q, ""); !strings.HasPrefix(r.body, "40") {
		tg.t.Fatalf("joining: %d %s", r.status, r.body)
	}
	return q
}

// until waits for a condition that the server will reach by itself.
func (tg *target) until(what string, ok func() bool) {
	tg.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(patience); !ok(); <-look.C {
		if time.Now().After(end) {
			tg.t.Fatalf("waited in vain: %s", what)
		}
	}
}
