package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// Source: Engine.IO v4, "Upgrade".
func TestUpgrade(t *testing.T) {
	srv := serve(t, engine.Options{}, echo)
	q := srv.openPolling()
	p := srv.peer()
	parked := srv.parkPoll(p, q)
	c := srv.dial(toWS(q))
	c.send("2probe")
	c.wantText("3probe")
	wait(t, parked, "the parked poll").want(t, 200, "6")
	srv.get(q).want(t, 200, "6") // again, if the client polls again
	srv.post(q, "4by post").want(t, 200, "ok")
	srv.get(q).want(t, 200, "4by post")
	c.send("5")
	c.send("4hello")
	c.wantText("4hello")
	if p.Transport() != engine.WebSocket {
		t.Errorf("transport %q", p.Transport())
	}

	srv.get(q).wantCode(t, 400, engine.BadRequest)
	srv.post(q, "4x").wantCode(t, 400, engine.BadRequest)
	srv.dial(toWS(q)).wantClosed(ws.StatusPolicyViolation)
	c.send("4undisturbed")
	c.wantText("4undisturbed")
	if n := srv.Stats().Upgraded; n != 1 {
		t.Errorf("%d upgrades counted", n)
	}
}

// A poll that overtakes the upgrade packet which was sent before it, on the
// websocket, is refused as if it had come behind.
func TestPollOvertakesUpgradePacket(t *testing.T) {
	bubble(t, engine.Options{}, func(srv *pipeServer) {
		q := srv.openPolling()
		p := <-srv.peers
		c := srv.dial(toWS(q))
		c.send("2probe")
		c.wantText("3probe")
		poll, _ := srv.poll(q)
		p.untilParked(t)
		c.send("5")
		(<-poll).wantCode(t, 400, engine.BadRequest)
		c.send("4x")
		p.wantMessage(t, "x")
		go c.wantClosed(0)
	})
}

// toWS turns the query of a polling session into that of its upgrade.
func toWS(q string) string { return strings.Replace(q, "polling", "websocket", 1) }

// Whoever learns the id of a session that was born on websocket can't take it.
func TestBornOnWebSocketCannotBeTaken(t *testing.T) {
	srv := serve(t, engine.Options{}, echo)
	c, h := srv.openWS()
	srv.dial(websocket + "&sid=" + h.SID).wantClosed(ws.StatusPolicyViolation)
	c.send("4mine")
	c.wantText("4mine")
}

func TestSecondProbeIsTurnedAway(t *testing.T) {
	srv := serve(t, engine.Options{}, echo)
	q := srv.openPolling()
	p := srv.peer()
	c := srv.dial(toWS(q))
	until(t, "the probe", func() bool { return engine.Probing(p.Session) })
	srv.dial(toWS(q)).wantClosed(ws.StatusPolicyViolation)
	c.send("2probe")
	c.wantText("3probe")
	c.send("5")
	c.send("4x")
	c.wantText("4x")
}

// A probe that fails leaves the session as it was, and another may succeed.
func TestFailedProbes(t *testing.T) {
	for name, act := range map[string]func(*client){
		"vanishes":      func(c *client) { c.conn.Close() },
		"close frame":   func(c *client) { c.frame(ws.NewCloseFrame(nil)) },
		"wrong packet":  func(c *client) { c.send("4early") },
		"wrong probe":   func(c *client) { c.send("2prob") },
		"binary":        func(c *client) { c.sendBin([]byte("2probe")) },
		"not a packet":  func(c *client) { c.send("x") },
		"unmasked":      func(c *client) { _ = ws.WriteFrame(c.conn, ws.NewTextFrame([]byte("2probe"))) },
		"after probing": func(c *client) { c.send("2probe"); c.wantText("3probe"); c.conn.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, engine.Options{}, echo)
			q := srv.openPolling()
			p := srv.peer()
			c := srv.dial(toWS(q))
			act(c)
			c.wantClosed(0)
			until(t, "the probe to be given up", func() bool { return !engine.Probing(p.Session) })
			parked := srv.parkPoll(p, q)
			srv.post(q, "4still polling").want(t, 200, "ok")
			wait(t, parked, "the poll").want(t, 200, "4still polling")

			c = srv.dial(toWS(q))
			c.send("2probe")
			c.wantText("3probe")
			c.send("5")
			c.send("4upgraded")
			c.wantText("4upgraded")
		})
	}
}

func TestUpgradeTimeout(t *testing.T) {
	srv := serve(t, engine.Options{UpgradeTimeout: 30 * time.Millisecond}, echo)
	q := srv.openPolling()
	c := srv.dial(toWS(q))
	c.send("2probe")
	c.wantText("3probe")
	c.wantClosed(ws.StatusPolicyViolation)
	srv.post(q, "4still polling").want(t, 200, "ok")
	srv.get(q).want(t, 200, "4still polling")
}

// The end of the session ends its probe.
func TestSessionEndsDuringProbe(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	c := srv.dial(toWS(q))
	c.send("2probe")
	c.wantText("3probe")
	p.Close(engine.ForcedClose)
	c.wantClosed(0)
	srv.get(q).want(t, 200, "1")
	p.wantEnd(t, engine.ForcedClose, nil)
}

// Messages keep their order across the upgrade, in both directions, while the
// server sends from another goroutine all the time.
func TestOrderAcrossUpgrade(t *testing.T) {
	const n = 10_000
	srv := serve(t, engine.Options{MaxQueueBytes: 16 << 20}, nil)
	q := srv.openPolling()
	p := srv.peer()
	go func() {
		for i := range n {
			_ = p.Send(engine.NewText(fmt.Append(nil, i)))
			if i == n/2 {
				<-p.messages // half of it waits until the client has spoken
			}
		}
	}()

	next := 0
	check := func(packet string) {
		if packet == "6" {
			return
		}
		if packet != fmt.Sprint("4", next) {
			t.Fatalf("client got %q, want %d", packet, next)
		}
		next++
	}
	poll := func() {
		for packet := range strings.SplitSeq(srv.get(q).body, "\x1e") {
			check(packet)
		}
	}
	poll()
	c := srv.dial(toWS(q))
	c.send("2probe")
	c.wantText("3probe")
	srv.post(q, "4go on").want(t, 200, "ok")
	poll()
	c.send("5")
	for next < n {
		check(c.text())
	}
}

// A POST that is under way when the upgrade completes is handled before what
// comes on the websocket.
func TestPostBeforeUpgradeComesFirst(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	post := srv.halfPost(q, 11, "4fi")
	until(t, "the post", func() bool { return engine.Posting(p.Session) })
	c := srv.dial(toWS(q))
	c.send("2probe")
	c.wantText("3probe")
	c.send("5")
	c.send("4third")
	until(t, "the upgrade", func() bool { return p.Transport() == engine.WebSocket })
	if _, err := post.Write([]byte("rst\x1e4two")); err != nil {
		t.Fatal(err)
	}
	p.wantMessage(t, "first")
	p.wantMessage(t, "two")
	p.wantMessage(t, "third")
}
