package sio_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// rig is a server with clients. Inside a synctest bubble its connections are
// pipes, so that time is fake and what is left over makes the test fail.
type rig struct {
	t    testing.TB
	srv  *sio.Server
	dial func() (net.Conn, error)
}

// inBubble runs fn with a server on pipes and fake time.
func inBubble(t *testing.T, o sio.Options, fn func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		fn(t, newBubbleRig(t, o))
	})
}

// newBubbleRig returns one more server, inside a bubble.
func newBubbleRig(t *testing.T, o sio.Options) *rig {
	ln := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	return newRig(t, o, ln, ln.dial)
}

// onTCP returns a server on a local port.
func onTCP(t testing.TB, o sio.Options) *rig {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newRig(t, o, ln, func() (net.Conn, error) { return net.Dial("tcp", ln.Addr().String()) })
}

func newRig(t testing.TB, o sio.Options, ln net.Listener, dial func() (net.Conn, error)) *rig {
	r := &rig{t: t, srv: sio.New(o), dial: dial}
	web := &http.Server{Handler: r.srv}
	var wg sync.WaitGroup
	wg.Go(func() { web.Serve(ln) })
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := r.srv.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		web.Close()
		wg.Wait()
	})
	return r
}

// pipeListener accepts pipes.
type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (l *pipeListener) dial() (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// peer is a client on websocket.
type peer struct {
	t      testing.TB
	parser sio.Parser
	conn   net.Conn
	in     chan message
	decode socketio.JSONDecoder
	mute   atomic.Bool // does not answer pings

	careless bool // may write to a closed connection
}

type message struct {
	data   []byte
	binary bool
}

// client opens a session without joining a namespace.
func (r *rig) client(parser sio.Parser) *peer {
	r.t.Helper()
	p, from := r.open(parser)
	go p.read(from) // ends with the connection
	if open := p.next(); len(open.data) == 0 || open.data[0] != '0' {
		r.t.Fatalf("no open packet but %q", open.data)
	}
	return p
}

// drained joins the main namespace with a client that reads and throws away.
func (r *rig) drained(parser sio.Parser) {
	p, from := r.open(parser)
	go func() { // ends with the connection
		buf := make([]byte, 64<<10)
		for {
			if _, err := from.Read(buf); err != nil {
				return
			}
		}
	}()
	p.send(socketio.Packet{Type: socketio.Connect, Namespace: "/"})
}

// open opens a websocket.
func (r *rig) open(parser sio.Parser) (*peer, io.Reader) {
	r.t.Helper()
	conn, err := r.dial()
	if err != nil {
		r.t.Fatal(err)
	}
	d := ws.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return conn, nil }}
	_, buffered, _, err := d.Dial(context.Background(), "ws://test/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		r.t.Fatal(err)
	}
	var from io.Reader = conn
	if buffered != nil {
		from = io.MultiReader(buffered, conn)
	}
	p := &peer{t: r.t, parser: parser, conn: conn, in: make(chan message, 1<<16)}
	r.t.Cleanup(func() { conn.Close() })
	return p, from
}

func (p *peer) read(from io.Reader) {
	defer close(p.in)
	rw := struct {
		io.Reader
		io.Writer
	}{from, p.conn}
	for {
		data, op, err := wsutil.ReadServerData(rw)
		if err != nil {
			return
		}
		if op == ws.OpText && string(data) == "2" {
			if !p.mute.Load() {
				wsutil.WriteClientText(p.conn, []byte("3"))
			}
			continue
		}
		p.in <- message{data, op == ws.OpBinary}
	}
}

// next returns the next message. A closed connection fails the test.
func (p *peer) next() message {
	p.t.Helper()
	select {
	case m, ok := <-p.in:
		if !ok {
			p.t.Fatal("connection closed")
		}
		return m
	case <-time.After(patience):
		p.t.Fatal("nothing came")
	}
	return message{}
}

// packet returns the next packet.
func (p *peer) packet() socketio.Packet {
	p.t.Helper()
	for {
		if got, ok := p.understand(p.next()); ok {
			return got
		}
	}
}

// understand decodes a message; ok is false if its packet is not complete.
func (p *peer) understand(m message) (got socketio.Packet, ok bool) {
	p.t.Helper()
	var err error
	if p.parser == sio.MsgPack {
		if !m.binary {
			return got, false // an Engine.IO packet
		}
		got, err = socketio.DecodeMsgPack(m.data, socketio.Limits{})
		ok = err == nil
	} else if m.binary {
		got, _, ok, err = p.decode.Binary(nil, m.data)
	} else if m.data[0] == '4' {
		got, _, ok, err = p.decode.Text(nil, m.data[1:])
	}
	if err != nil {
		p.t.Errorf("%q: %v", m.data, err)
	}
	return got, ok
}

// closed waits for the end of the connection and skips what comes before.
func (p *peer) closed() {
	p.t.Helper()
	end := time.After(patience)
	for {
		select {
		case _, ok := <-p.in:
			if !ok {
				return
			}
		case <-end:
			p.t.Fatal("connection was not closed")
		}
	}
}

func (p *peer) text(s string) {
	p.t.Helper()
	p.check(wsutil.WriteClientText(p.conn, []byte("4"+s)))
}

func (p *peer) binary(b []byte) {
	p.t.Helper()
	p.check(wsutil.WriteClientBinary(p.conn, b))
}

// check fails the test if the server has closed and the peer minds.
func (p *peer) check(err error) {
	p.t.Helper()
	if err != nil && !p.careless {
		p.t.Fatal(err)
	}
}

// send encodes a packet with the peer's parser.
func (p *peer) send(packet socketio.Packet) {
	p.t.Helper()
	if p.parser == sio.MsgPack {
		p.binary(socketio.AppendMsgPack(nil, packet))
		return
	}
	text, attachments, err := socketio.AppendJSON(nil, packet)
	if err != nil {
		p.t.Fatal(err)
	}
	p.text(string(text))
	for _, b := range attachments {
		p.binary(b)
	}
}

func value(t testing.TB, v any) sio.Raw {
	b, err := socketio.AppendValue(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// join connects to a namespace and returns the socket's id.
func (p *peer) join(namespace string, auth ...any) string {
	p.t.Helper()
	data := p.tryJoin(namespace, auth...)
	if data.Type != socketio.Connect {
		p.t.Fatalf("no CONNECT but %s %s", data.Type, show(data.Data))
	}
	id, _ := data.Data.Get("sid").Text()
	return string(id)
}

// enter connects to a namespace and returns the server's socket. Bubbles only.
func (r *rig) enter(p *peer, namespace string) *sio.Socket {
	p.t.Helper()
	ns := r.srv.Of(namespace)
	id := p.join(namespace)
	synctest.Wait()
	return ns.Socket(id)
}

func (p *peer) tryJoin(namespace string, auth ...any) socketio.Packet {
	p.t.Helper()
	c := socketio.Packet{Type: socketio.Connect, Namespace: namespace}
	if len(auth) > 0 {
		c.Data = value(p.t, auth[0])
	}
	p.send(c)
	return p.packet()
}

func (p *peer) emit(args ...any) { p.emitTo("/", args...) }

func (p *peer) emitTo(namespace string, args ...any) {
	p.t.Helper()
	p.send(socketio.Packet{Type: socketio.Event, Namespace: namespace, Data: value(p.t, args)})
}

func (p *peer) ask(id uint64, args ...any) {
	p.t.Helper()
	p.send(socketio.Packet{Type: socketio.Event, Namespace: "/", ID: id, HasID: true, Data: value(p.t, args)})
}

func (p *peer) answer(id uint64, args ...any) {
	p.t.Helper()
	p.send(socketio.Packet{Type: socketio.Ack, Namespace: "/", ID: id, HasID: true, Data: value(p.t, args)})
}

// expect fails the test unless the next packet is an event with these values.
func (p *peer) expect(want ...any) {
	p.t.Helper()
	got := p.packet()
	if got.Type != socketio.Event {
		p.t.Fatalf("no event but %s %s", got.Type, show(got.Data))
	}
	if diff := cmp.Diff(show(value(p.t, want)), show(got.Data)); diff != "" {
		p.t.Fatalf("event: %s", diff)
	}
}

// expectAck fails the test unless the next packet is this acknowledgement.
func (p *peer) expectAck(id uint64, want ...any) {
	p.t.Helper()
	got := p.packet()
	if got.Type != socketio.Ack || got.ID != id {
		p.t.Fatalf("no ACK %d but %s %d %s", id, got.Type, got.ID, show(got.Data))
	}
	if diff := cmp.Diff(show(value(p.t, append([]any{}, want...))), show(got.Data)); diff != "" {
		p.t.Fatalf("acknowledgement: %s", diff)
	}
}

// silent fails the test if anything but the answer to a question of our own
// comes. The server must handle "are you there".
func (p *peer) silent() {
	p.t.Helper()
	p.ask(4242, "are you there")
	p.expectAck(4242)
}

func show(r sio.Raw) string {
	v, err := r.Any()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(v)
}

// bothParsers runs a test for clients of each parser.
func bothParsers(t *testing.T, fn func(t *testing.T, parser sio.Parser)) {
	t.Run("json", func(t *testing.T) { fn(t, sio.JSON) })
	t.Run("msgpack", func(t *testing.T) { fn(t, sio.MsgPack) })
}

// answering makes a namespace answer for silent.
func answering(ns *sio.Namespace) *sio.Namespace {
	ns.On("are you there", func(e *sio.Event) { e.Ack() })
	return ns
}

// diary collects what happens, in order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) add(format string, args ...any) {
	d.mu.Lock()
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
	d.mu.Unlock()
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.lines, "\n")
}

func (d *diary) want(t *testing.T, lines ...string) {
	t.Helper()
	if diff := cmp.Diff(strings.Join(lines, "\n"), d.String()); diff != "" {
		t.Error(diff)
	}
}
