package engine_test

import (
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

const shortTimeout = 100 * time.Millisecond

func afterTimeouts() <-chan time.Time { return time.After(3 * shortTimeout) }

// acceptWith serves with an Accept that does something with the new session.
func acceptWith(t *testing.T, act func(*peer)) *server {
	peers := make(chan *peer, 8)
	srv := serve(t, engine.Options{Accept: func(s *engine.Session) engine.Handler {
		p := &peer{s, make(chan message, 8), make(chan end, 1), nil}
		act(p)
		peers <- p
		return p
	}}, nil)
	srv.peers = peers
	return srv
}

// What Accept sends comes right behind the open packet.
func TestSendFromAccept(t *testing.T) {
	srv := acceptWith(t, func(p *peer) {
		_ = p.Send(engine.NewText([]byte("one")))
		_ = p.Hold(engine.NewText([]byte("two")))
	})
	c, _ := srv.openWS()
	c.wantText("4one")
	c.wantText("4two")
	q := srv.openPolling()
	_ = srv.peer()
	p := srv.peer()
	_ = p.Flush()
	srv.get(q).want(t, 200, "4one\x1e4two")
}

func TestCloseFromAccept(t *testing.T) {
	srv := acceptWith(t, func(p *peer) { p.Close(engine.ForcedClose) })
	c := srv.dial(websocket)
	parseOpen(t, c.text())
	c.wantClosed(ws.StatusNormalClosure)
	srv.peer().wantEnd(t, engine.ForcedClose, nil)
	q := srv.openPolling()
	srv.peer().wantEnd(t, engine.ForcedClose, nil)
	srv.get(q).want(t, 200, "1")
	if n := srv.Sessions(); n != 0 {
		t.Errorf("%d sessions are open", n)
	}
}

// A handler may end its own session; it gets no message after that, and is
// told of the end when it has returned.
func TestCloseFromMessage(t *testing.T) {
	returned := make(chan bool, 2)
	act := func(p *peer, data []byte, _ bool) {
		p.Close(engine.ForcedClose)
		returned <- len(p.ended) == 0
	}
	srv := serve(t, engine.Options{}, act)
	c, _ := srv.openWS()
	c.send("4a")
	c.send("4b")
	p := srv.peer()
	p.wantEnd(t, engine.ForcedClose, nil)
	c.wantClosed(ws.StatusNormalClosure)

	q := srv.openPolling()
	srv.post(q, "4a\x1e4b").want(t, 200, "ok")
	srv.peer().wantEnd(t, engine.ForcedClose, nil)
	for range 2 {
		if !wait(t, returned, "a message") {
			t.Error("Closed was called inside Message")
		}
	}
	if len(returned) != 0 {
		t.Error("a message came after the end")
	}
}

// What is sent from several goroutines while the session ends goes nowhere,
// and nothing breaks.
func TestEndDuringSends(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	m := engine.NewText([]byte("x"), []byte("y"))
	for i := range 50 {
		c, _ := srv.openWS()
		p := srv.peer()
		done := make(chan struct{})
		for range 4 {
			go func() {
				defer func() { done <- struct{}{} }()
				var st engine.Stamped
				st.ResetBinary([]byte("...."), 0, 4)
				for p.Send(m) != engine.ErrClosed {
					_ = p.Hold(m)
					_ = p.SendStamped(&st, []byte("abcd"))
				}
			}()
		}
		switch i % 3 {
		case 0:
			p.Close(engine.ForcedClose)
		case 1:
			p.Kill()
		case 2:
			c.conn.Close()
		}
		for range 4 {
			wait(t, done, "a sender")
		}
		wait(t, p.ended, "the end")
		c.conn.Close()
	}
}
