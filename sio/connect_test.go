package sio_test

import (
	"errors"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

func TestConnect(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
			hello := func(s *sio.Socket) {
				s.Emit("hello", s.Auth(), s.Connected(), s.Namespace().Name())
			}
			r.srv.Of("/").OnConnect(hello)
			r.srv.Of("chat").OnConnect(hello)

			p := r.client(parser)
			main := p.join("/")
			p.expect("hello", nil, true, "/")
			chat := p.join("/chat", map[string]any{"token": "x"})
			p.expect("hello", map[string]any{"token": "x"}, true, "/chat")

			if len(main) != 20 || len(chat) != 20 || main == chat {
				t.Errorf("ids %q and %q", main, chat)
			}
			if s := r.srv.Of("/").Socket(main); s == nil || s.ID() != main || s.Parser() != parser {
				t.Errorf("socket %q is %v", main, s)
			}
		})
	})
}

func TestUnknownNamespaceIsRefused(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		p := r.client(sio.JSON)
		p.text("0/random")
		if got := string(p.next().data); got != `44/random,{"message":"Invalid namespace"}` {
			t.Error(got)
		}
	})
}

func TestMiddleware(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		ns.Use(func(s *sio.Socket) error {
			s.SetData("first")
			return nil
		})
		ns.Use(func(s *sio.Socket) error {
			if s.Connected() {
				t.Error("connected before its time")
			}
			switch name, _ := s.Auth().Get("name").Text(); string(name) {
			case "":
				return errors.New("no name")
			case "mallory":
				return &sio.ConnectError{Message: "no", Data: map[string]any{"code": 7}}
			case "panic":
				panic("on purpose")
			}
			return nil
		})
		ns.OnConnect(func(s *sio.Socket) { s.Emit("data", s.Data()) })

		p := r.client(sio.MsgPack)
		for _, tt := range []struct {
			auth any
			want string
		}{
			{map[string]any{}, "map[message:no name]"},
			{map[string]any{"name": "mallory"}, "map[data:map[code:7] message:no]"},
			{map[string]any{"name": "panic"}, "map[message:internal error]"},
		} {
			got := p.tryJoin("/", tt.auth)
			if got.Type != socketio.ConnectError || show(got.Data) != tt.want {
				t.Errorf("%v: %s %s", tt.auth, got.Type, show(got.Data))
			}
		}
		p.join("/", map[string]any{"name": "ann"})
		p.expect("data", "first")
	})
}

// A middleware that waits holds up nothing but its own namespace.
func TestSlowMiddleware(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		r.srv.Of("/slow").Use(func(*sio.Socket) error {
			time.Sleep(400 * time.Millisecond) // of fake time
			return nil
		})
		answering(r.srv.Of("/"))
		p := r.client(sio.JSON)
		p.text("0/slow")
		p.join("/")
		start := time.Now()
		p.silent()
		if waited := time.Since(start); waited > 0 {
			t.Errorf("main namespace waited %v", waited)
		}
		if got := p.packet(); got.Type != socketio.Connect || got.Namespace != "/slow" {
			t.Errorf("got %s of %s", got.Type, got.Namespace)
		}
		if waited := time.Since(start); waited != 400*time.Millisecond {
			t.Errorf("slow namespace took %v", waited)
		}
	})
}

func TestClientLeavesDuringMiddleware(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		var cause error
		connected := false
		ns := r.srv.Of("/")
		ns.Use(func(s *sio.Socket) error {
			<-s.Context().Done()
			cause = s.Context().Err()
			return nil
		})
		ns.OnConnect(func(*sio.Socket) { connected = true })
		p := r.client(sio.JSON)
		p.text("0")
		synctest.Wait()
		p.conn.Close()
		synctest.Wait()
		if cause == nil || connected {
			t.Errorf("cause %v, connected %v", cause, connected)
		}
		if n := ns.Stats().Sockets; n != 0 {
			t.Errorf("%d sockets", n)
		}
	})
}

// Official clients send CONNECT twice when an application calls connect() on a
// socket that connects by itself.
func TestSecondConnectReplacesTheFirst(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		var log diary
		names := map[string]string{}
		for _, name := range []string{"/", "/slow"} {
			ns := answering(r.srv.Of(name))
			ns.OnConnect(func(s *sio.Socket) {
				names[s.ID()] = name + string(rune('1'+len(names)))
				log.add("connect %s", names[s.ID()])
			})
			ns.OnDisconnect(func(s *sio.Socket, why sio.Reason) { log.add("disconnect %s: %s", names[s.ID()], why) })
		}
		r.srv.Of("/slow").Use(func(*sio.Socket) error {
			time.Sleep(time.Second)
			return nil
		})
		p := r.client(sio.JSON)
		first, second := p.join("/"), p.join("/")
		if first == second {
			t.Error("same socket")
		}
		p.silent()
		p.text("0/slow")
		p.join("/slow")
		p.silent()
		log.want(t, "connect /1", "disconnect /1: client namespace disconnect", "connect /2", "connect /slow3")
	})
}

func TestDisconnectAndConnectInOneGo(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		r.srv.Of("/x").On("message", func(e *sio.Event) { e.Socket().Emit("back", e.Args().Spread()...) })
		p := r.client(sio.JSON)
		p.join("/x")
		p.text("1/x,")
		p.join("/x")
		p.emitTo("/x", "message", 1)
		p.expect("back", 1)
	})
}

func TestPacketsOutOfOrderEndTheSession(t *testing.T) {
	for name, text := range map[string]string{
		"event before CONNECT":      `2["a"]`,
		"event of other namespace":  `2/x,["a"]`,
		"DISCONNECT before CONNECT": `1`,
		"ACK before CONNECT":        `31[]`,
		"CONNECT_ERROR of a client": `4{"message":"x"}`,
		"unknown type":              `abc`,
		"invalid payload":           `2{}`,
		"invalid id":                `2abc["a"]`,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
				r.srv.Of("/")
				p := r.client(sio.JSON)
				p.text(text)
				p.closed()
			})
		})
	}
}

func TestParserIsForced(t *testing.T) {
	inBubble(t, sio.Options{Parser: sio.JSON}, func(t *testing.T, r *rig) {
		p := r.client(sio.MsgPack)
		p.send(socketio.Packet{Type: socketio.Connect, Namespace: "/"})
		p.closed()
	})
	inBubble(t, sio.Options{Parser: sio.MsgPack}, func(t *testing.T, r *rig) {
		p := r.client(sio.JSON)
		p.text("0")
		p.closed()
	})
}

func TestParserCannotBeMixed(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		r.srv.Of("/")
		p := r.client(sio.JSON)
		p.join("/")
		p.binary(socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Disconnect, Namespace: "/"}))
		p.closed()

		p = r.client(sio.MsgPack)
		p.join("/")
		p.text("1")
		p.closed()
	})
}

func TestConnectTimeout(t *testing.T) {
	inBubble(t, sio.Options{ConnectTimeout: 10 * time.Second}, func(t *testing.T, r *rig) {
		r.srv.Of("/").Use(func(*sio.Socket) error { return errors.New("no") })
		r.srv.Of("/ok")
		start := time.Now()
		idle, refused, fine := r.client(sio.JSON), r.client(sio.JSON), r.client(sio.JSON)
		refused.tryJoin("/")
		fine.join("/ok")
		idle.closed()
		refused.closed()
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("closed after %v", waited)
		}
		fine.join("/ok")
	})
}

func TestDynamicNamespaces(t *testing.T) {
	inBubble(t, sio.Options{CleanupEmptyChildNamespaces: true, MaxChildren: 2}, func(t *testing.T, r *rig) {
		var made atomic.Int32
		r.srv.OnNewNamespace(func(*sio.Namespace) { made.Add(1) })
		dyn := r.srv.OfPattern(regexp.MustCompile(`^/dyn-\d+$`))
		dyn.Use(func(s *sio.Socket) error {
			if s.Auth().Get("reject").Truthy() {
				return errors.New("rejected")
			}
			return nil
		})
		dyn.On("name", func(e *sio.Event) { e.Socket().Emit("name", e.Socket().Namespace().Name()) })
		r.srv.OfMatch(func(name string, auth sio.Raw) bool {
			if name == "/fn/panic" {
				panic("on purpose")
			}
			return strings.HasPrefix(name, "/fn/") && auth.Get("allow").Truthy()
		})

		a, b := r.client(sio.JSON), r.client(sio.MsgPack)
		a.join("/dyn-1")
		b.join("/dyn-2")
		a.emitTo("/dyn-1", "name")
		a.expect("name", "/dyn-1")
		dyn.Emit("all", 1)
		a.expect("all", 1)
		b.expect("all", 1)

		for name, want := range map[string]string{
			"/dyn-x": "map[message:Invalid namespace]", "/fn/a": "map[message:Invalid namespace]",
			"/fn/panic": "map[message:internal error]", "/dyn-3": "map[message:too many namespaces]",
		} {
			if got := a.tryJoin(name); show(got.Data) != want {
				t.Errorf("%s: %s", name, show(got.Data))
			}
		}
		a.text("1/dyn-1,")
		b.conn.Close()
		synctest.Wait()
		for ns := range r.srv.Namespaces() {
			if ns.Name() != "/" {
				t.Errorf("namespace %s is left", ns.Name())
			}
		}
		if got := a.tryJoin("/dyn-4", map[string]any{"reject": true}); show(got.Data) != "map[message:rejected]" {
			t.Error(show(got.Data))
		}
		synctest.Wait()
		for ns := range r.srv.Namespaces() {
			if ns.Name() != "/" {
				t.Errorf("namespace %s is left after a refusal", ns.Name())
			}
		}
		a.join("/fn/a", map[string]any{"allow": 1})
		if n := made.Load(); n != 4 {
			t.Errorf("%d namespaces were made", n)
		}
	})
}

func TestTooManyNamespacesOfOneSession(t *testing.T) {
	inBubble(t, sio.Options{MaxNamespaces: 2}, func(t *testing.T, r *rig) {
		for _, name := range []string{"/1", "/2", "/3"} {
			r.srv.Of(name)
		}
		p := r.client(sio.JSON)
		p.join("/1")
		p.join("/2")
		if got := p.tryJoin("/3"); got.Type != socketio.ConnectError {
			t.Errorf("third namespace: %s", got.Type)
		}
		p.text("1/1,")
		p.join("/3")
	})
}

// Middleware that waits cannot be made to pile up.
func TestGivenUpAttemptsCount(t *testing.T) {
	inBubble(t, sio.Options{MaxNamespaces: 3}, func(t *testing.T, r *rig) {
		var running, most atomic.Int32
		r.srv.Of("/").Use(func(*sio.Socket) error {
			if n := running.Add(1); n > most.Load() {
				most.Store(n)
			}

			time.Sleep(time.Second)
			running.Add(-1)
			return nil
		})
		p := r.client(sio.JSON)
		for range 50 {
			p.text("0")
			synctest.Wait()
		}
		for range 47 {
			if got := p.packet(); got.Type != socketio.ConnectError {
				t.Errorf("got %s", got.Type)
			}
		}
		time.Sleep(2 * time.Second)
		if most.Load() != 3 {
			t.Errorf("%d ran at once", most.Load())
		}
		p.join("/")
	})
}
