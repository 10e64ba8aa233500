package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

var noDeadline time.Time

const (
	interval = 25 * time.Second
	timeout  = 20 * time.Second
)

// pass lets the bubble's fake time pass.
func pass(d time.Duration) { <-time.After(d) }

// at checks how much time has passed since the start of a bubble's test.
func at(t *testing.T, start time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(start); got != want {
		t.Errorf("%v passed, want %v", got, want)
	}
}

// Source: Engine.IO v4, "Heartbeat".
func TestHeartbeatWebSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		defer srv.stop()
		start := time.Now()
		c := srv.openWS()
		p := <-srv.peers
		for i := range 3 {
			c.wantText("2")
			at(t, start, time.Duration(i)*(interval+5*time.Second)+interval)
			pass(5 * time.Second) // the next ping counts from the pong
			c.send("3")
		}
		c.wantText("2")
		start = time.Now()
		c.wantClosed(ws.StatusPolicyViolation) // no pong
		at(t, start, timeout)
		if got := <-p.ended; got.reason != engine.PingTimeout || got.err != nil {
			t.Errorf("ended by %v", got)
		}
	})
}

func TestHeartbeatPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		defer srv.stop()
		start := time.Now()
		q := srv.openPolling()
		for i := range 3 {
			srv.get(q).want(t, 200, "2")
			at(t, start, time.Duration(i+1)*interval)
			srv.post(q, "3").want(t, 200, "ok")
		}
		srv.get(q).want(t, 200, "2")
		poll, _ := srv.poll(q)
		(<-poll).want(t, 200, "1")
		at(t, start, 4*interval+timeout)
		if got := <-(<-srv.peers).ended; got.reason != engine.PingTimeout {
			t.Errorf("ended by %v", got)
		}
	})
}

// The timeout has no slack, even where the client never polls.
func TestPingTimeoutIsExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		defer srv.stop()
		q := srv.openPolling()
		pass(interval + timeout)
		srv.get(q).wantCode(t, 400, engine.UnknownSession)
	})
}

// While a pong is awaited, any other packet extends the timeout, but once.
func TestPacketsExtendTheTimeoutOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		defer srv.stop()
		c := srv.openWS()
		p := <-srv.peers
		c.wantText("2")
		start := time.Now()
		for range 3 {
			pass(5 * time.Second)
			c.send("4busy")
		}
		go c.wantClosed(ws.StatusPolicyViolation)
		if got := <-p.ended; got.reason != engine.PingTimeout {
			t.Errorf("ended by %v", got)
		}
		at(t, start, 5*time.Second+timeout)
	})
}

// Sessions that began at different times keep their own times.
func TestHeartbeatsAreIndependent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		defer srv.stop()
		start := time.Now()
		var clients []*client
		for range 5 {
			clients = append(clients, srv.openWS())
			pass(time.Second)
		}
		clients[2].send("1") // leaves from the middle of the list
		go clients[2].wantClosed(0)
		for i, c := range clients {
			if i != 2 {
				c.wantText("2")
				at(t, start, time.Duration(i)*time.Second+interval)
				c.send("3")
			}
		}
		for i, c := range clients {
			if i != 2 {
				c.wantText("2")
				at(t, start, time.Duration(i)*time.Second+2*interval)
				go c.wantClosed(0)
			}
		}
	})
}

// A websocket that stops reading and answering is gone after the timeout, and
// so are its goroutines: the bubble would not end otherwise.
func TestHalfOpenWebSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		defer srv.stop()
		srv.openWS()
		p := <-srv.peers
		for range 10 {
			if err := p.Send(engine.NewBinary(make([]byte, 1000))); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		if got := <-p.ended; got.reason != engine.PingTimeout {
			t.Errorf("ended by %v", got)
		}
		at(t, start, interval+timeout)
		pass(10 * time.Second)
		synctest.Wait()
	})
}

// A client that does not answer the close frame is cut.
func TestUnansweredCloseFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		c := srv.openWS()
		p := <-srv.peers
		p.Close(engine.ForcedClose)
		<-p.ended
		start := time.Now()
		srv.stop()
		at(t, start, 5*time.Second)
		if f, err := c.read(); err == nil {
			t.Errorf("got %v from a closed connection", f)
		}
	})
}

func TestUpgradeTimeoutIsExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, echo)
		defer srv.stop()
		q := srv.openPolling()
		c := srv.dial(toWS(q))
		start := time.Now()
		c.send("2probe")
		c.wantText("3probe")
		c.wantClosed(ws.StatusPolicyViolation)
		at(t, start, 10*time.Second)
		srv.post(q, "4still polling").want(t, 200, "ok")
		srv.get(q).want(t, 200, "4still polling")
	})
}

// A session that was closed between two polls does not wait for ever.
func TestLingeringPollIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		defer srv.stop()
		q := srv.openPolling()
		(<-srv.peers).Close(engine.ForcedClose)
		pass(31 * time.Second)
		srv.get(q).wantCode(t, 400, engine.UnknownSession)
	})
}

// A body that trickles in is given up, and its session with it.
func TestSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{PingInterval: time.Hour}, nil)
		defer srv.stop()
		q := srv.openPolling()
		p := <-srv.peers
		start := time.Now()
		c := srv.connect("POST /engine.io/?" + q + " HTTP/1.1\r\nContent-Length: 1000")
		go func() {
			for {
				pass(time.Second)
				if _, err := c.conn.Write([]byte("4")); err != nil {
					return
				}
			}
		}()
		if res := c.response(); res.status != 408 {
			t.Errorf("answered %d %s", res.status, res.body)
		}
		at(t, start, 20*time.Second)
		if got := <-p.ended; got.reason != engine.TransportError {
			t.Errorf("ended by %v", got)
		}
		pass(time.Minute) // until net/http has given up the connection
	})
}
