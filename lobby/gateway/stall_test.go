package gateway_test

import (
	"context"
	"maps"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/sio"
)

// pipes hands net.Pipe connections to an http.Server, so that server and
// clients run on the fake clock of a bubble.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l pipes) Close() error   { close(l.closed); return nil }
func (l pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
func (l pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// link is a client's end of a pipe. While it stalls nothing comes through: a
// pipe holds no byte, so all that is sent waits in the server.
type link struct {
	net.Conn
	gate sync.RWMutex // held by read alone, and by stall
	open chan struct{}
}

func (l *link) stall() (release func()) {
	l.gate.Lock()
	gate := make(chan struct{})
	l.open = gate
	l.gate.Unlock()
	return func() { close(gate) }
}

func (l *link) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	l.gate.RLock()
	gate := l.open
	l.gate.RUnlock()
	if gate != nil {
		<-gate
	}
	return n, err
}

// witness is a player who notes what it sees.
type witness struct {
	*client.Game
	link   *link
	frames atomic.Int64
	tick   atomic.Uint32
	jump   atomic.Uint32 // the longest way that one frame led
	counts atomic.Value  // map[int]int
}

// A client that reads nothing for 30 s has, when it is back and has acknowledged
// what was on its way, the state of now with one frame. The server has kept next
// to nothing for it, and who played beside it missed no tick.
func TestThirtySecondsOfStall(t *testing.T) {
	for _, parser := range []string{client.MsgPack, client.JSON} {
		for _, form := range []string{"M", "B"} {
			t.Run(parser+" "+form, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { thirtySecondsOfStall(t, parser, form) })
			})
		}
	}
}

func thirtySecondsOfStall(t *testing.T, parser, form string) {
	const hz, stall = 20, 30 * time.Second
	lobbies, err := lobby.New(lobby.Options{Games: []lobby.Game{{Name: "tally", MaxPlayers: 4, Hz: hz, DropIn: true, New: newTally}}})
	if err != nil {
		t.Fatal(err)
	}
	io := sio.New(sio.Options{})
	gateway.Attach(io, gateway.Options{Lobbies: lobbies})
	ln := pipes{make(chan net.Conn), make(chan struct{})}
	web := &http.Server{Handler: io}
	go web.Serve(ln) // ends with Close, below
	defer func() {
		lobbies.Drain(t.Context())
		io.Close(t.Context())
		web.Close()
		synctest.Wait()
	}()
	join := func(name string) *witness {
		w := &witness{}
		w.Game = client.NewGame(client.New(client.Options{URL: "http://pipe", Parser: parser, Dial: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			ln.conns <- far
			w.link = &link{Conn: near}
			return w.link, nil
		}}))
		w.OnFrame = func(f *client.Frame) {
			w.frames.Add(1)
			w.jump.Store(max(w.jump.Load(), f.Tick-w.tick.Load()))
			w.tick.Store(f.Tick)
			w.counts.Store(counts(f.Replica))
		}
		if err := w.Conn().Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Quick(t.Context(), client.Request{Game: "tally", Player: name, Form: form}); err != nil {
			t.Fatal(err)
		}
		return w
	}
	ann, bob := join("ann"), join("bob")
	defer func() {
		ann.Conn().Close()
		bob.Conn().Close()
	}()
	<-time.After(5 * time.Second)

	release := ann.link.stall()
	seen, held := bob.frames.Load(), 0
	for range int(stall / time.Second) {
		if _, err := bob.SendInput(1); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		held = max(held, io.Engine().Census().Queued)
	}
	if n := bob.frames.Load() - seen; n < hz*int64(stall/time.Second)-1 {
		t.Errorf("the healthy one got %d frames in %v", n, stall)
	}
	if held > 4<<10 {
		t.Errorf("the server kept %d bytes", held)
	}
	stalled, missed := ann.tick.Load(), bob.tick.Load()-ann.tick.Load()
	release()
	<-time.After(300 * time.Millisecond) // it acknowledges after 200 at the latest
	synctest.Wait()
	if ann.tick.Load() != bob.tick.Load() {
		t.Errorf("after the stall it is at tick %d, the other at %d", ann.tick.Load(), bob.tick.Load())
	}
	if missed < hz*25 || ann.jump.Load() < missed-5 {
		t.Errorf("one frame led over %d of the %d ticks missed since %d", ann.jump.Load(), missed, stalled)
	}
	if a, b := ann.counts.Load().(map[int]int), bob.counts.Load().(map[int]int); !maps.Equal(a, b) {
		t.Errorf("one sees %v, the other %v", a, b)
	}
}
