package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// undisturbed checks that a client which came before the attack is served.
func undisturbed(t *testing.T, srv *server) func() {
	t.Helper()
	c, _ := srv.openWS()
	srv.peer()
	return func() {
		t.Helper()
		c.send("4alive")
		c.wantText("4alive")
	}
}

// Each attack ends the attacker's session at most. See CVE-2026-48779 for the
// fragments, CVE-2022-41940 for the resets.
func TestWebSocketAttacks(t *testing.T) {
	for name, attack := range map[string]func(*client){
		"empty fragments": func(c *client) {
			frame := ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(ws.OpContinuation, false, nil)))
			c.frame(ws.NewFrame(ws.OpBinary, false, nil))
			_, _ = c.conn.Write(bytes.Repeat(frame, 40_000))
		},
		"tiny fragments": func(c *client) {
			frame := ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(ws.OpContinuation, false, []byte("x"))))
			c.frame(ws.NewFrame(ws.OpBinary, false, nil))
			_, _ = c.conn.Write(bytes.Repeat(frame, 40_000))
		},
		"fragments over the limit": func(c *client) {
			frame := ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(ws.OpContinuation, false, make([]byte, 10_000))))
			c.frame(ws.NewFrame(ws.OpBinary, false, nil))
			_, _ = c.conn.Write(bytes.Repeat(frame, 200))
		},
		"declares an exabyte": func(c *client) {
			_, _ = c.conn.Write([]byte{0x82, 0xff, 0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4})
		},
		"random bytes": func(c *client) {
			b := make([]byte, 10_000)
			for i := range b {
				b[i] = byte(rand.Uint32())
			}
			b[0] |= 0x70
			_, _ = c.conn.Write(b)
		},
		"HTTP again": func(c *client) { _, _ = c.conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")) },
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, engine.Options{}, echo)
			check := undisturbed(t, srv)
			c, _ := srv.openWS()
			p := srv.peer()
			go attack(c)
			if got := wait(t, p.ended, "the attacker's end"); got.reason != engine.TransportError {
				t.Errorf("ended by %q (%v)", got.reason, got.err)
			}
			check()
		})
	}
}

// A flood of websocket pings by a client that never reads the pongs ends at
// the queue limit.
func TestPingFlood(t *testing.T) {
	srv := serve(t, engine.Options{MaxQueueBytes: 100_000}, echo)
	check := undisturbed(t, srv)
	c, _ := srv.openWS()
	p := srv.peer()
	go func() {
		frames := bytes.Repeat(ws.MustCompileFrame(ws.MaskFrame(ws.NewPingFrame(make([]byte, 125)))), 100)
		for {
			if _, err := c.conn.Write(frames); err != nil {
				return
			}
		}
	}()
	p.wantEnd(t, engine.TransportError, engine.ErrSlowClient)
	check()
}

func TestHandshakeAttacks(t *testing.T) {
	upgrade := "GET /engine.io/?" + websocket + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	for name, head := range map[string]string{
		"good, then reset":    upgrade + "\r\n",
		"no key, then reset":  strings.Replace(upgrade, "Key", "Kez", 1) + "\r\n",
		"bad sid, then reset": strings.Replace(upgrade, websocket, websocket+"&sid=x", 1) + "\r\n",
		"half a header":       upgrade,
		"many headers":        upgrade + strings.Repeat("X-A: b\r\n", 5000) + "\r\n",
		"a long header":       upgrade + "X-A: " + strings.Repeat("b", 500_000) + "\r\n\r\n",
		"many commas":         upgrade + "Sec-WebSocket-Extensions: " + strings.Repeat(",", 10_000) + "\r\n\r\n",
		"a long query":        strings.Replace(upgrade, websocket, websocket+"&x="+strings.Repeat("&a=b", 5000), 1) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, engine.Options{PerMessageDeflate: true}, echo)
			check := undisturbed(t, srv)
			for range 20 {
				conn, err := net.Dial("tcp", srv.http.Listener.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.WriteString(conn, head)
				_ = conn.(*net.TCPConn).SetLinger(0)
				_ = conn.Close()
			}
			check()
			until(t, "the attackers to be gone", func() bool { return srv.Sessions() <= 1 })
		})
	}
}

// A client that takes its answer too slowly is given up.
func TestPollThatIsNotRead(t *testing.T) {
	bubble(t, engine.Options{PingInterval: time.Hour}, func(srv *pipeServer) {
		q := srv.openPolling()
		p := <-srv.peers
		c := srv.connect("GET /engine.io/?" + q + " HTTP/1.1")
		_ = p.Send(engine.NewBinary(make([]byte, 100_000)))
		start := time.Now()
		if got := <-p.ended; got.reason != engine.TransportError {
			t.Errorf("ended by %v", got)
		}
		at(t, start, 20*time.Second)
		c.conn.Close()
	})
}

// A websocket that stalls in the middle of a frame keeps its session only as
// long as it answers pings, which it cannot.
func TestStalledFrame(t *testing.T) {
	bubble(t, engine.Options{}, func(srv *pipeServer) {
		c := srv.openWS()
		p := <-srv.peers
		frame := ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame([]byte("4never finished"))))
		_, _ = c.conn.Write(frame[:10])
		c.wantText("2")
		go c.wantClosed(ws.StatusPolicyViolation)
		if got := <-p.ended; got.reason != engine.PingTimeout {
			t.Errorf("ended by %v", got)
		}
	})
}

// Server.Close does not wait for clients that do not let go longer than its
// context lives.
func TestCloseIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := servePipes(t, engine.Options{}, nil)
		c := srv.openWS()
		p := <-srv.peers
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := srv.Close(ctx); err != context.DeadlineExceeded {
			t.Errorf("close: %v", err)
		}
		at(t, start, time.Second)
		if got := <-p.ended; got.reason != engine.ServerShutdown {
			t.Errorf("ended by %v", got)
		}
		srv.get(polling).wantCode(t, 503, engine.Forbidden)
		srv.stop()
		c.conn.Close()
	})
}

// Clients of all kinds come, talk and vanish in all ways at once; then the
// server is as it was.
func TestChurn(t *testing.T) {
	const clients, rounds = 40, 8
	srv := serve(t, engine.Options{}, nil)
	all := engine.NewText([]byte("to all"), []byte("attached"))
	stop := make(chan struct{})
	var talking sync.WaitGroup
	talking.Go(func() { // one that sends to everybody, as a room does
		var peers []*peer
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case p := <-srv.peers:
				peers = append(peers, p)
			case <-stop:
				for _, p := range peers {
					wait(t, p.ended, "the end of a session")
				}
				return
			case <-tick.C:
				for _, p := range peers[max(len(peers)-clients, 0):] {
					_ = p.Hold(all)
					_ = p.Send(all)
				}
			}
		}
	})
	var coming sync.WaitGroup
	for range clients {
		coming.Go(func() {
			for range rounds {
				srv.visit()
			}
		})
	}
	coming.Wait()
	srv.Close(t.Context())
	close(stop)
	talking.Wait()
	if n := srv.Sessions(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

// visit is one short life of a client.
func (srv *server) visit() {
	switch rand.IntN(6) {
	case 0: // polls once, vanishes
		res := srv.get(polling)
		sid := parseOpen(srv.t, res.body).SID
		srv.post(polling+"&sid="+sid, "4x")
		srv.post(polling+"&sid="+sid, "1")
	case 1: // upgrades
		q := srv.openPolling()
		c := srv.dial(toWS(q))
		c.send("2probe")
		_, _ = c.read()
		c.send("5")
		_, _ = c.read()
		c.conn.Close()
	case 2: // is cut
		c := srv.dial(websocket)
		c.send("4x")
		_ = c.conn.(*net.TCPConn).SetLinger(0)
		c.conn.Close()
	case 3: // closes politely
		c := srv.dial(websocket)
		c.send("1")
		c.wantClosed(0)
	case 4: // breaks the rules
		c := srv.dial(websocket)
		_, _ = c.conn.Write([]byte{0xff, 0xff})
		_, _ = io.Copy(io.Discard, c.conn)
		c.conn.Close()
	case 5: // gives up its probe
		q := srv.openPolling()
		c := srv.dial(toWS(q))
		c.send("2probe")
		c.conn.Close()
		srv.post(q, fmt.Sprint("4", "bye"))
		srv.post(q, "1")
	}
}
