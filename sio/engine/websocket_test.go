package engine_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

func TestWebSocketMessages(t *testing.T) {
	srv := serve(t, engine.Options{}, echo)
	c, _ := srv.openWS()
	for _, size := range []int{0, 1, 124, 125, 126, 4094, 4095, 4096, 65535, 65536, 100_000, 999_990} {
		text := strings.Repeat("x", size)
		c.send("4" + text)
		if got := c.text(); got != "4"+text {
			t.Fatalf("%d characters came back as %d bytes", size, len(got))
		}
		data := bytes.Repeat([]byte{0xff}, size)
		c.sendBin(data)
		if got := c.want(ws.OpBinary); !bytes.Equal(got, data) {
			t.Fatalf("%d bytes came back as %d", size, len(got))
		}
	}
}

func TestWebSocketOrder(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, _ := srv.openWS()
	p := srv.peer()
	const n = 5000
	go func() {
		for i := range n {
			_ = ws.WriteFrame(c.conn, ws.MaskFrame(ws.NewTextFrame(fmt.Appendf(nil, "4%d", i))))
		}
	}()
	for i := range n {
		p.wantMessage(t, fmt.Sprint(i))
	}
	for i := range n {
		_ = p.Send(engine.NewText(fmt.Append(nil, i)))
	}
	for i := range n {
		c.wantText(fmt.Sprint("4", i))
	}
}

func TestAttachmentsStayTogether(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, _ := srv.openWS()
	p := srv.peer()
	const senders, each = 8, 200
	for i := range senders {
		go func() {
			m := engine.NewText(fmt.Append(nil, i), []byte{byte(i)}, []byte{byte(i), 1})
			for range each {
				_ = p.Send(m)
			}
		}()
	}
	for range senders * each {
		var i byte
		if _, err := fmt.Sscanf(c.text(), "4%d", &i); err != nil {
			t.Fatal(err)
		}
		if a, b := c.want(ws.OpBinary), c.want(ws.OpBinary); !bytes.Equal(a, []byte{i}) || !bytes.Equal(b, []byte{i, 1}) {
			t.Fatalf("attachments of %d are %v %v", i, a, b)
		}
	}
}

func TestWebSocketHold(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, _ := srv.openWS()
	p := srv.peer()
	_ = p.Hold(engine.NewText([]byte("event")))
	_ = p.Hold(engine.NewBinary([]byte{1}))
	if p.Backlog() != 0 {
		t.Errorf("held bytes count as backlog: %d", p.Backlog())
	}
	_ = p.Send(engine.NewText([]byte("state")))
	c.wantText("4event")
	if got := c.want(ws.OpBinary); !bytes.Equal(got, []byte{1}) {
		t.Errorf("got %v", got)
	}
	c.wantText("4state")
	_ = p.Hold(engine.NewText([]byte("alone")))
	_ = p.Flush()
	c.wantText("4alone")
	if err := p.Flush(); err != nil {
		t.Error(err)
	}
}

func TestWebSocketEnds(t *testing.T) {
	for name, c := range map[string]struct {
		act    func(*client, *peer)
		reason engine.Reason
		code   ws.StatusCode
	}{
		"close packet":     {func(c *client, _ *peer) { c.send("1") }, engine.TransportClose, ws.StatusNormalClosure},
		"close frame":      {func(c *client, _ *peer) { c.frame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "bye"))) }, engine.TransportClose, ws.StatusNormalClosure},
		"connection cut":   {func(c *client, _ *peer) { c.conn.(*net.TCPConn).SetLinger(0); c.conn.Close() }, engine.TransportClose, 0},
		"half close":       {func(c *client, _ *peer) { c.conn.(*net.TCPConn).CloseWrite() }, engine.TransportClose, 0},
		"invalid packet":   {func(c *client, _ *peer) { c.send("abc") }, engine.ParseError, ws.StatusProtocolError},
		"empty text":       {func(c *client, _ *peer) { c.send("") }, engine.ParseError, ws.StatusProtocolError},
		"ping by client":   {func(c *client, _ *peer) { c.send("2") }, engine.TransportError, ws.StatusProtocolError},
		"closed by server": {func(_ *client, p *peer) { p.Close(engine.ForcedClose) }, engine.ForcedClose, ws.StatusNormalClosure},
		"killed":           {func(_ *client, p *peer) { p.Kill() }, engine.TransportClose, 0},
		"server shutdown":  {func(_ *client, p *peer) { p.Close(engine.ServerShutdown) }, engine.ServerShutdown, ws.StatusGoingAway},
		"over the limit":   {func(c *client, _ *peer) { c.sendBin(make([]byte, 1001)) }, engine.TransportError, ws.StatusMessageTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, engine.Options{MaxPayload: 1000}, nil)
			bystander, _ := srv.openWS()
			other := srv.peer()
			cl, h := srv.openWS()
			p := srv.peer()
			c.act(cl, p)
			if got := wait(t, p.ended, "the end"); got.reason != c.reason {
				t.Errorf("ended by %q (%v), want %q", got.reason, got.err, c.reason)
			}
			cl.wantClosed(c.code)
			if err := p.Send(engine.NewText([]byte("x"))); err != engine.ErrClosed {
				t.Errorf("sending after the end: %v", err)
			}
			srv.get(polling+"&sid="+h.SID).wantCode(t, 400, engine.UnknownSession)
			bystander.send("4alive")
			other.wantMessage(t, "alive")
			until(t, "the session to be gone", func() bool { return srv.Sessions() == 1 })
		})
	}
}

// What is queued is still delivered before the close frame.
func TestLastWords(t *testing.T) {
	srv := serve(t, engine.Options{MaxQueueBytes: 64 << 20}, nil)
	c, _ := srv.openWS()
	p := srv.peer()
	const n = 50
	for i := range n {
		if err := p.Send(engine.NewText(fmt.Appendf(nil, "%d %s", i, strings.Repeat("x", 100_000)))); err != nil {
			t.Fatal(err)
		}
	}
	if p.Backlog() == 0 {
		t.Log("the kernel took 5 MB at once")
	}
	p.Close(engine.ForcedClose)
	for i := range n {
		if got, want := c.text(), fmt.Sprintf("4%d x", i); !strings.HasPrefix(got, want) {
			t.Fatalf("message %d begins %.20q", i, got)
		}
	}
	c.wantClosed(ws.StatusNormalClosure)
}

func TestSlowWebSocketClient(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, _ := srv.openWS()
	p := srv.peer()
	bystander, _ := srv.openWS()
	other := srv.peer()
	m := engine.NewBinary(make([]byte, 64<<10))
	var err error
	for err == nil {
		err = p.Send(m) // the client does not read
		if b := p.Backlog(); b > 1<<20 {
			t.Fatalf("backlog of %d bytes", b)
		}
	}
	if err != engine.ErrSlowClient {
		t.Errorf("ended by %v", err)
	}
	p.wantEnd(t, engine.TransportError, engine.ErrSlowClient)
	if err := p.Send(m); err != engine.ErrClosed {
		t.Errorf("after the end: %v", err)
	}
	bystander.send("4alive")
	other.wantMessage(t, "alive")
	c.wantClosed(0)
	if st := srv.Stats(); st.Slow != 1 || st.Blocked == 0 {
		t.Errorf("stats %+v", st)
	}
}

// The flusher brings what the kernel did not take, in order, and goes.
func TestBacklogDrains(t *testing.T) {
	srv := serve(t, engine.Options{MaxQueueBytes: 64 << 20}, nil)
	c, _ := srv.openWS()
	p := srv.peer()
	var st engine.Stamped
	st.ResetBinary(make([]byte, 50_000), 7, 4)
	sent := 0
	for ; p.Backlog() < 1<<20; sent++ {
		n := byte(sent)
		if err := p.SendStamped(&st, []byte{n, n, n, n}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.SendVolatile(engine.NewText([]byte("v"))); err != engine.ErrDropped {
		t.Errorf("volatile behind a backlog: %v", err)
	}
	_ = p.Hold(engine.NewText([]byte("held")))
	for i := range sent {
		b := c.want(ws.OpBinary)
		if n := byte(i); len(b) != 50_000 || !bytes.Equal(b[7:11], []byte{n, n, n, n}) {
			t.Fatalf("message %d is stamped %v", i, b[7:11])
		}
	}
	_ = p.Flush()
	c.wantText("4held")
	until(t, "an empty queue", func() bool { return p.Backlog() == 0 })
	if err := p.SendVolatile(engine.NewText([]byte("v"))); err != nil {
		t.Error(err)
	}
	c.wantText("4v")
}

func TestStamped(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, _ := srv.openWS()
	onWS := srv.peer()
	q := srv.openPolling()
	onPolling := srv.peer()

	var st engine.Stamped
	text := []byte(`51-["s",{"_placeholder":true,"num":0},..........]`)
	st.ResetText(text, bytes.IndexByte(text, '.'), 10, []byte{1, 2, 3, 4})
	for _, stamp := range []string{"7         ", "4294967295"} {
		want := "4" + strings.Replace(string(text), "..........", stamp, 1)
		_ = onWS.SendStamped(&st, []byte(stamp))
		_ = onPolling.SendStamped(&st, []byte(stamp))
		c.wantText(want)
		if got := c.want(ws.OpBinary); !bytes.Equal(got, []byte{1, 2, 3, 4}) {
			t.Errorf("attachment %v", got)
		}
		srv.get(q).want(t, 200, want+"\x1ebAQIDBA==")
	}

	for _, size := range []int{10, 125, 126, 65535, 65536} {
		st.ResetBinary(make([]byte, size), size-4, 4)
		_ = onWS.Hold(engine.NewText([]byte("before")))
		_ = onWS.SendStamped(&st, []byte("abcd"))
		c.wantText("4before")
		if got := c.want(ws.OpBinary); len(got) != size || string(got[size-4:]) != "abcd" {
			t.Errorf("%d bytes came as %d, ending %q", size, len(got), got[len(got)-4:])
		}
	}

	defer func() {
		if recover() == nil {
			t.Error("a stamp of the wrong width was taken")
		}
	}()
	_ = onWS.SendStamped(&st, []byte("abc"))
}

// Frames behind the upgrade request, in its segment, are not lost; a bad one
// hurts nobody else. See CVE-2022-21676.
func TestFramesBehindTheUpgradeRequest(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	raw := func(frames ...[]byte) net.Conn {
		conn, err := net.Dial("tcp", srv.http.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		newClient(t, conn, nil)
		head := "GET /engine.io/?" + websocket + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
		if _, err := conn.Write(append([]byte(head), bytes.Join(frames, nil)...)); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	good := ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame([]byte("4early"))))
	raw(good, good[:3])
	p := srv.peer()
	p.wantMessage(t, "early")

	bad := raw([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	ended := srv.peer()
	if got := wait(t, ended.ended, "the end"); got.reason != engine.TransportError {
		t.Errorf("ended by %q", got.reason)
	}
	if answer, err := io.ReadAll(bad); err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 101")) {
		t.Errorf("answered %q, %v", answer, err)
	}
	if err := p.Send(engine.NewText([]byte("alive"))); err != nil {
		t.Error(err)
	}
}

func TestWebSocketPing(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, _ := srv.openWS()
	for _, body := range []string{"", "hello", strings.Repeat("x", 125)} {
		c.frame(ws.NewPingFrame([]byte(body)))
		if got := c.want(ws.OpPong); string(got) != body {
			t.Errorf("pong %q, want %q", got, body)
		}
	}
	c.frame(ws.NewPongFrame([]byte("unasked for")))
	c.frame(ws.NewPingFrame([]byte("x")))
	c.want(ws.OpPong)
}
