package engine_test

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// parked returns a connection that has spoken and fallen silent.
func (srv *server) parked() (*client, *peer) {
	srv.t.Helper()
	c, _ := srv.openWS()
	p := srv.peer()
	c.send("4hello")
	until(srv.t, "a parked reader", func() bool { return engine.ReaderParked(p.Session) })
	return c, p
}

func TestSilentConnectionsHaveNoGoroutine(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	srv.parked() // and with it what the server has one of
	before := runtime.NumGoroutine()
	const conns = 50
	var clients []*client
	var peers []*peer
	for range conns {
		c, p := srv.parked()
		clients, peers = append(clients, c), append(peers, p)
	}
	until(t, "goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
	for i, c := range clients {
		c.send("4again")
		peers[i].wantMessage(t, "hello")
		peers[i].wantMessage(t, "again")
		if err := peers[i].Send(engine.NewText([]byte("answer"))); err != nil {
			t.Fatal(err)
		}
		c.wantText("4answer")
	}
}

// Whatever ends a session wakes its reader, so that the closing has a bound.
func TestEndsOfParkedConnections(t *testing.T) {
	for _, way := range []struct {
		name   string
		end    func(*client, *peer)
		reason engine.Reason
		code   ws.StatusCode // 0: no close frame
	}{
		{"close", func(_ *client, p *peer) { p.Close(engine.ForcedClose) }, engine.ForcedClose, ws.StatusNormalClosure},
		{"kill", func(_ *client, p *peer) { p.Kill() }, engine.TransportClose, 0},
		{"client closes", func(c *client, _ *peer) { c.frame(ws.NewCloseFrame(nil)) }, engine.TransportClose, 0},
		{"client says the end", func(c *client, _ *peer) { c.send("1") }, engine.TransportClose, ws.StatusNormalClosure},
		{"FIN", func(c *client, _ *peer) { _ = c.conn.(*net.TCPConn).CloseWrite() }, engine.TransportClose, 0},
		{"RST", func(c *client, _ *peer) {
			_ = c.conn.(*net.TCPConn).SetLinger(0)
			_ = c.conn.Close()
		}, engine.TransportClose, 0},
		{"breach", func(c *client, _ *peer) { _, _ = c.conn.Write([]byte{0xff, 0xff}) }, engine.TransportError, ws.StatusProtocolError},
		{"slow", func(_ *client, p *peer) {
			for p.Send(engine.NewBinary(make([]byte, 1<<18))) == nil {
			}
		}, engine.TransportError, 0},
	} {
		t.Run(way.name, func(t *testing.T) {
			srv := serve(t, engine.Options{}, nil)
			c, p := srv.parked()
			way.end(c, p)
			p.wantEnd(t, way.reason, nil)
			if way.code != 0 {
				c.wantClosed(way.code)
			}
			until(t, "the connection to be gone", func() bool { return engine.Conns(srv.Server) == 0 })
		})
	}
}

func TestParkedConnectionsKeepTheHeartbeat(t *testing.T) {
	srv := serve(t, engine.Options{PingInterval: shortTimeout, PingTimeout: shortTimeout}, nil)
	c, p := srv.parked()
	for range 3 {
		c.wantText("2")
		c.send("3")
	}
	c.wantText("2")
	p.wantEnd(t, engine.PingTimeout, nil)
	c.wantClosed(ws.StatusPolicyViolation)
}

// The client never answers the close frame: the parked reader's deadline ends it.
func TestShutdownWithParkedConnections(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, p := srv.parked()
	done := make(chan struct{})
	go func() { srv.stop(); close(done) }()
	p.wantEnd(t, engine.ServerShutdown, nil)
	c.wantClosed(ws.StatusGoingAway)
	wait(t, done, "the server's end")
}

// Connections park and wake after everything they say, while they come and go
// so that descriptors are used again, and are ended from both sides.
func TestParkingChurn(t *testing.T) {
	srv := serve(t, engine.Options{}, func(p *peer, data []byte, binary bool) {
		switch string(data) {
		case "kill":
			p.Kill()
		case "close":
			p.Close(engine.ForcedClose)
		default:
			echo(p, data, binary)
		}
	})
	engine.ParkAlways(srv.Server)
	end := time.Now().Add(time.Second)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for life := 0; time.Now().Before(end); life++ {
				if err := srv.live(i + life); err != nil {
					t.Errorf("client %d, life %d: %v", i, life, err)
					return
				}
				<-srv.peers // some client's
			}
		})
	}
	wg.Wait()
	until(t, "all connections to be gone", func() bool { return engine.Conns(srv.Server) == 0 })
}

// live is one connection of the churn: everything it says must come back.
func (srv *server) live(variant int) error {
	c, err := srv.tryDial(websocket)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	if _, err := c.read(); err != nil {
		return fmt.Errorf("open packet: %w", err)
	}
	for n := range 10 {
		said := fmt.Sprint("4", variant, "/", n)
		_ = ws.WriteFrame(c.conn, ws.MaskFrame(ws.NewTextFrame([]byte(said))))
		if f, err := c.read(); err != nil || string(f.Payload) != said {
			return fmt.Errorf("got %q, %v, want %q", f.Payload, err, said)
		}
	}
	if last := []string{"", "1", "4kill", "4close"}[variant%4]; last != "" {
		_ = ws.WriteFrame(c.conn, ws.MaskFrame(ws.NewTextFrame([]byte(last))))
		_, _ = io.Copy(io.Discard, c.conn) // a kill may reset the connection
	}
	return nil
}
