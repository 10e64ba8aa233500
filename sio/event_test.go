package sio_test

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

func TestEventsAndAcks(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
			ns := answering(r.srv.Of("/"))
			ns.On("echo", func(e *sio.Event) {
				e.Ack(e.Args().Spread()...)
				e.Ack("second")
			})
			ns.On("later", func(e *sio.Event) {
				time.AfterFunc(time.Second, func() { e.Ack("late") })
			})
			ns.On("sum", func(e *sio.Event) {
				var a, b int
				c := 100 // stays: the client sends two arguments
				if err := e.Decode(&a, &b, &c); err != nil {
					t.Error(err)
				}
				e.Ack(a+b+c, e.WantsAck())
			})
			p := r.client(parser)
			p.join("/")
			p.ask(7, "echo", 1, "two", []byte{3}, []any{4.5, nil, true})
			p.expectAck(7, 1, "two", []byte{3}, []any{4.5, nil, true})
			p.emit("echo", "no acknowledgement wanted")
			p.emit("unknown")
			p.ask(8, "unknown")
			p.ask(9, "later")
			p.expectAck(9, "late")
			p.ask(1<<53-1, "sum", 1, 2)
			p.expectAck(1<<53-1, 103, true)
			p.silent()
		})
	})
}

func TestAcksOfClients(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		inBubble(t, sio.Options{MaxPendingAcks: 2}, func(t *testing.T, r *rig) {
			var log diary
			note := func(args sio.Args, err error) { log.add("%v %v", show(args.At(0)), err) }
			p := r.client(parser)
			s := r.enter(p, "/")

			if err := s.EmitAck(0, note, "q", 5); err != nil {
				t.Fatal(err)
			}
			got := p.packet()
			if got.ID != 1 || !got.HasID || show(got.Data) != "[q 5]" {
				t.Errorf("first question: %+v", got)
			}
			p.answer(99, "nobody asked")
			p.answer(1, "yes")
			p.answer(1, "again")
			synctest.Wait()

			s.EmitAck(time.Second, note, "q2")
			p.packet()
			time.Sleep(time.Second + time.Millisecond)
			p.answer(2, "too late")
			synctest.Wait()

			s.EmitAck(0, note, "q3")
			s.EmitAck(time.Hour, note, "q4")
			if err := s.EmitAck(0, note, "q5"); !errors.Is(err, sio.ErrTooManyAcks) {
				t.Errorf("third pending: %v", err)
			}
			p.conn.Close()
			synctest.Wait()
			if err := s.EmitAck(0, note, "q6"); !errors.Is(err, sio.ErrDisconnected) {
				t.Errorf("after the end: %v", err)
			}
			log.want(t, "yes <nil>", "<nil> operation has timed out",
				"<nil> sio: socket is disconnected", "<nil> sio: socket is disconnected")
		})
	})
}

func TestReservedNames(t *testing.T) {
	for _, name := range []string{"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"} {
		inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
			ns := r.srv.Of("/")
			ns.On(name, func(*sio.Event) { t.Errorf("handler of %s ran", name) })
			p := r.client(sio.MsgPack)
			s := r.enter(p, "/")
			_, prepare := sio.Prepare(name)
			st := sio.NewStamped()
			st.Reset(name, nil)
			for _, err := range []error{
				s.Emit(name), s.EmitAck(0, nil, name), ns.Emit(name), ns.All().EmitAck(nil, name), prepare, s.SendStamped(st, 1),
				ns.ServerSideEmit(name),
			} {
				if !errors.Is(err, sio.ErrReserved) {
					t.Errorf("%s: %v", name, err)
				}
			}
			p.emit(name)
			p.closed()
		})
	}
}

func TestOddEventNames(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := answering(r.srv.Of("/"))
		ns.OnAny(func(e *sio.Event) {
			if e.Name != "are you there" {
				e.Socket().Emit("got", e.Name)
			}
		})
		p := r.client(sio.JSON)
		p.join("/")
		for name, want := range map[string]string{
			`"__proto__"`: "__proto__", `"error"`: "error", `""`: "", `5`: "5", `-1.5`: "-1.5", `"\u0000"`: "\x00",
		} {
			p.text("2[" + name + "]")
			p.expect("got", want)
		}
		p.silent()
	})
}

func TestHandlersRunOneAtATime(t *testing.T) {
	r := onTCP(t, sio.Options{})
	const events = 200
	var running atomic.Int32
	var order []int // needs no lock: that is the point
	busy := func(what int) {
		if running.Add(1) != 1 {
			t.Error("two handlers at once")
		}
		for range 20 {
			runtime.Gosched()
		}
		order = append(order, what)
		running.Add(-1)
	}
	ns := r.srv.Of("/")
	ns.Use(func(*sio.Socket) error { return nil }) // connects on a goroutine of its own
	ns.OnConnect(func(s *sio.Socket) {
		for range 20 {
			s.EmitAck(time.Millisecond, func(sio.Args, error) { busy(1000) }, "never answered")
		}
		busy(-1)
	})
	ns.On("n", func(e *sio.Event) {
		var n int
		e.Decode(&n)
		busy(n)
	})
	done := make(chan bool)
	ns.OnDisconnect(func(*sio.Socket, sio.Reason) {
		busy(-2)
		close(done)
	})
	p := r.client(sio.JSON)
	p.join("/")
	for i := range events {
		p.emit("n", i)
	}
	p.send(socketio.Packet{Type: socketio.Disconnect, Namespace: "/"})
	<-done
	if order[0] != -1 || order[len(order)-1] != -2 {
		t.Errorf("order %v", order)
	}
	next := 0
	for _, n := range order[1 : len(order)-1] {
		if n != 1000 && n != next {
			t.Fatalf("order %v", order)
		}
		if n != 1000 {
			next++
		}
	}
	if next != events {
		t.Errorf("%d events handled", next)
	}
}

func TestPanicEndsThatSocketOnly(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := answering(r.srv.Of("/"))
		ns.On("panic", func(*sio.Event) { panic("on purpose") })
		var why sio.Reason
		ns.OnDisconnect(func(_ *sio.Socket, reason sio.Reason) { why = reason })
		other := answering(r.srv.Of("/other"))
		other.OnConnect(func(*sio.Socket) {})
		p, bystander := r.client(sio.JSON), r.client(sio.MsgPack)
		p.join("/")
		p.join("/other")
		bystander.join("/")
		p.emit("panic")
		if got := p.packet(); got.Type != socketio.Disconnect || got.Namespace != "/" {
			t.Errorf("got %s of %s", got.Type, got.Namespace)
		}
		synctest.Wait()
		if why != sio.ServerNamespaceDisconnect {
			t.Errorf("reason %q", why)
		}
		bystander.silent()
		p.send(socketio.Packet{Type: socketio.Event, Namespace: "/other", ID: 1, HasID: true, Data: value(t, []any{"are you there"})})
		if got := p.packet(); got.Type != socketio.Ack {
			t.Errorf("other namespace: %s", got.Type)
		}
	})
}

func TestSocketMiddlewareAndCatchAll(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		var log diary
		ns := r.srv.Of("/")
		ns.OnAny(func(e *sio.Event) { log.add("namespace %s", e.Name) })
		ns.OnConnect(func(s *sio.Socket) {
			s.OnAny(func(e *sio.Event) { log.add("any %s", e.Name) })
			s.PrependAny(func(e *sio.Event) { log.add("before any %s", e.Name) })
			s.OnAnyOutgoing(func(event string, args sio.Args) { log.add("out %s %d", event, args.Len()) })
			s.Use(func(e *sio.Event) error {
				if e.Name == "forbidden" {
					return errors.New("forbidden event")
				}
				return e.SetArgs("mutated")
			})
			s.OnError(func(err error) { log.add("error %v", err) })
			s.On("forbidden", func(*sio.Event) { log.add("must not run") })
			s.On("x", func(e *sio.Event) { e.Ack(e.Args().At(0)) })
			s.Once("x", func(e *sio.Event) { log.add("once") })
			s.On("gone", func(*sio.Event) { log.add("must not run") })
			s.Off("gone")
		})
		p := r.client(sio.JSON)
		p.join("/")
		p.emit("forbidden")
		p.emit("gone")
		p.ask(1, "x", "original")
		p.expectAck(1, "mutated")
		p.ask(2, "x")
		p.expectAck(2, "mutated")
		ns.Emit("broadcast", 1)
		p.expect("broadcast", 1)
		log.want(t,
			"namespace forbidden", "before any forbidden", "any forbidden", "error forbidden event",
			"namespace gone", "before any gone", "any gone",
			"namespace x", "before any x", "any x", "once",
			"namespace x", "before any x", "any x",
			"out broadcast 1")
	})
}

func TestTypedHandlers(t *testing.T) {
	type move struct {
		X, Y float64
		Name string `json:"name"`
	}
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := answering(r.srv.Of("/"))
		sio.Handle(ns, "move", func(e *sio.Event, m move) { e.Ack(m) })
		p := r.client(sio.JSON)
		p.join("/")
		p.ask(1, "move", map[string]any{"X": 1, "name": "ann"})
		p.expectAck(1, map[string]any{"X": 1, "Y": 0, "name": "ann"})
		p.ask(2, "move")
		p.expectAck(2, map[string]any{"X": 0, "Y": 0, "name": ""})
		p.ask(3, "move", map[string]any{"X": "one"})
		if got := p.packet(); show(got.Data.At(0).Get("error")) == "<nil>" {
			t.Errorf("bad argument: %s", show(got.Data))
		}
		p.emit("move", 5)
		p.silent()
	})
}
