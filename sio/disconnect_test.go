package sio_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
	"tickwire/sio/engine"
)

// Source: the reference's table of reasons; see the constants.
func TestDisconnectReasons(t *testing.T) {
	tests := []struct {
		name string
		do   func(r *rig, p *peer, s *sio.Socket)
		want sio.Reason
		open bool // the connection stays open
	}{
		{"client leaves the namespace", func(_ *rig, p *peer, _ *sio.Socket) { p.text("1") }, sio.ClientNamespaceDisconnect, true},
		{"server disconnects", func(_ *rig, _ *peer, s *sio.Socket) { s.Disconnect(false) }, sio.ServerNamespaceDisconnect, true},
		{"server disconnects and closes", func(_ *rig, _ *peer, s *sio.Socket) { s.Disconnect(true) }, sio.ServerNamespaceDisconnect, false},
		{"server closes the session", func(_ *rig, _ *peer, s *sio.Socket) { s.Session().Close(engine.ForcedClose) }, sio.ForcedClose, false},
		{"connection is cut", func(_ *rig, p *peer, _ *sio.Socket) { p.conn.Close() }, sio.TransportClose, false},
		{"mute client", func(_ *rig, p *peer, _ *sio.Socket) {
			p.mute.Store(true)
			time.Sleep(time.Minute)
		}, sio.PingTimeout, false},
		{"shutdown", func(r *rig, _ *peer, _ *sio.Socket) { r.srv.Close(context.Background()) }, sio.ServerShuttingDown, false},
		{"invalid packet", func(_ *rig, p *peer, _ *sio.Socket) { p.text("2{}") }, sio.ForcedClose, false},
		{"packet out of order", func(_ *rig, p *peer, _ *sio.Socket) { p.text(`2/x,["a"]`) }, sio.ForcedServerClose, false},
		{"over the limit", func(_ *rig, p *peer, _ *sio.Socket) { p.binary(make([]byte, 1_000_001)) }, sio.TransportError, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
				var log diary
				ns := r.srv.Of("/")
				ns.OnDisconnecting(func(_ *sio.Socket, why sio.Reason) { log.add("disconnecting %s", why) })
				ns.OnDisconnect(func(_ *sio.Socket, why sio.Reason) { log.add("disconnect %s", why) })
				p := r.client(sio.JSON)
				s := r.enter(p, "/")
				tt.do(r, p, s)
				synctest.Wait()
				log.want(t, "disconnecting "+string(tt.want), "disconnect "+string(tt.want))
				if n := r.srv.Stats().Disconnected; n[tt.want] != 1 {
					t.Errorf("counted: %v", n)
				}
				if err := s.Context().Err(); err == nil {
					t.Error("context goes on")
				}
				if !tt.open {
					p.closed()
					return
				}
				if tt.want == sio.ServerNamespaceDisconnect {
					if got := p.packet(); got.Type != socketio.Disconnect {
						t.Errorf("client got %s", got.Type)
					}
				}
				p.join("/")
			})
		})
	}
}

func TestDisconnectInsideAHandler(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		var log diary
		ns := r.srv.Of("/")
		ns.On("bye", func(e *sio.Event) {
			s := e.Socket()
			s.Disconnect(false)
			log.add("connected %v, emit: %v", s.Connected(), s.Emit("x"))
			s.Disconnect(false)
		})
		ns.On("bye", func(*sio.Event) { log.add("must not run") })
		ns.OnDisconnect(func(_ *sio.Socket, why sio.Reason) { log.add("%s", why) })
		p := r.client(sio.JSON)
		p.join("/")
		p.emit("bye")
		if got := p.packet(); got.Type != socketio.Disconnect {
			t.Errorf("client got %s", got.Type)
		}
		synctest.Wait()
		log.want(t, "connected false, emit: sio: socket is disconnected", "server namespace disconnect")
	})
}

func TestCloseSessionEndsAllNamespaces(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ended := 0
		for _, name := range []string{"/", "/a", "/b"} {
			r.srv.Of(name).OnDisconnect(func(*sio.Socket, sio.Reason) { ended++ })
		}
		p := r.client(sio.JSON)
		id := p.join("/")
		p.join("/a")
		p.join("/b")
		r.srv.Of("/").Socket(id).Disconnect(true)
		p.closed()
		synctest.Wait()
		if ended != 3 {
			t.Errorf("%d sockets ended", ended)
		}
	})
}

func TestPanicInDisconnectHandler(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		ns.OnDisconnecting(func(*sio.Socket, sio.Reason) { panic("on purpose") })
		ended := false
		ns.OnDisconnect(func(*sio.Socket, sio.Reason) { ended = true })
		p := r.client(sio.JSON)
		p.join("/")
		p.conn.Close()
		synctest.Wait()
		if !ended || ns.Stats().Sockets != 0 {
			t.Errorf("ended %v, %+v", ended, ns.Stats())
		}
	})
}

func TestCloseWaitsForHandlers(t *testing.T) {
	r := onTCP(t, sio.Options{})
	entered, release := make(chan bool), make(chan bool)
	var ended atomic.Bool
	r.srv.Of("/").OnDisconnect(func(*sio.Socket, sio.Reason) {
		close(entered)
		<-release
		ended.Store(true)
	})
	p := r.client(sio.JSON)
	p.join("/")
	closed := make(chan bool)
	go func() {
		r.srv.Close(context.Background())
		closed <- ended.Load()
	}()
	<-entered
	close(release)
	if !<-closed {
		t.Error("Close returned before the handler did")
	}
}
