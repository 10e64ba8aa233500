package engine_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"tickwire/sio/engine"
)

// Source: Engine.IO v4, "HTTP long-polling"; the payloads are those of the
// protocol's conformance suite.
func TestPollingMessages(t *testing.T) {
	srv := serve(t, engine.Options{}, echo)
	q := srv.openPolling()
	for _, body := range []string{
		"4hello",
		"4test1\x1e4test2\x1e4test3",
		"4hello\x1ebAQIDBA==",
		"b",
		"4é€😀",
	} {
		res := srv.post(q, body)
		res.want(t, 200, "ok")
		if got := res.header.Get("Content-Type"); got != "text/html" {
			t.Errorf("content type %q", got)
		}
		srv.get(q).want(t, 200, body)
	}
	if p := srv.peer(); p.Transport() != engine.Polling {
		t.Errorf("transport %q", p.Transport())
	}
}

func TestParkedPoll(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	poll := srv.parkPoll(p, q)
	if err := p.Send(engine.NewText([]byte("one"))); err != nil {
		t.Fatal(err)
	}
	wait(t, poll, "the poll").want(t, 200, "4one")

	// Between polls messages wait, and come together.
	_ = p.Send(engine.NewText([]byte("two"), []byte{1, 2}, []byte{3}))
	_ = p.Send(engine.NewBinary([]byte{4}))
	if p.Backlog() == 0 {
		t.Error("nothing waits for the next poll")
	}
	srv.get(q).want(t, 200, "4two\x1ebAQI=\x1ebAw==\x1ebBA==")
	if p.Backlog() != 0 {
		t.Errorf("%d bytes still wait", p.Backlog())
	}
}

func TestPollingHold(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	poll := srv.parkPoll(p, q)
	_ = p.Hold(engine.NewText([]byte("held")))
	if p.Backlog() != 0 {
		t.Errorf("held bytes count as backlog: %d", p.Backlog())
	}
	_ = p.Send(engine.NewText([]byte("sent")))
	wait(t, poll, "the poll").want(t, 200, "4held\x1e4sent")

	poll = srv.parkPoll(p, q)
	_ = p.Hold(engine.NewText([]byte("held")))
	_ = p.Flush()
	wait(t, poll, "the poll").want(t, 200, "4held")
}

func TestPollingVolatile(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	v := engine.NewText([]byte("v"))
	if err := p.SendVolatile(v); err != engine.ErrDropped {
		t.Errorf("no poll is parked: %v, want ErrDropped", err)
	}
	poll := srv.parkPoll(p, q)
	if err := p.SendVolatile(v); err != nil {
		t.Error(err)
	}
	wait(t, poll, "the poll").want(t, 200, "4v")
	if n := srv.Stats().Dropped; n != 1 {
		t.Errorf("%d drops counted, want 1", n)
	}
}

func TestBadPosts(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		status int
		reason engine.Reason
		err    error
	}{
		"invalid packet":  {"abc", 400, engine.ParseError, nil},
		"empty body":      {"", 400, engine.ParseError, nil},
		"empty packet":    {"4a\x1e", 400, engine.ParseError, nil},
		"bad base64":      {"b!", 400, engine.ParseError, nil},
		"invalid UTF-8":   {"4\xff\xfe", 400, engine.ParseError, nil},
		"ping by client":  {"2", 400, engine.TransportError, nil},
		"over the limit":  {"4" + strings.Repeat("x", 2000), 413, engine.TransportClose, engine.ErrTooLarge},
		"many empty ones": {strings.Repeat("\x1e", 500), 400, engine.ParseError, nil},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, engine.Options{MaxPayload: 1000}, echo)
			q := srv.openPolling()
			bystander, _ := srv.openWS()
			p := srv.peer()
			if res := srv.post(q, c.body); res.status != c.status {
				t.Errorf("answered %d %q, want %d", res.status, res.body, c.status)
			}
			got := wait(t, p.ended, "the end")
			if got.reason != c.reason || c.err != nil && got.err != c.err {
				t.Errorf("ended by %q (%v), want %q (%v)", got.reason, got.err, c.reason, c.err)
			}
			srv.get(q).wantCode(t, 400, engine.UnknownSession)
			bystander.send("4alive")
			bystander.wantText("4alive")
		})
	}
}

// Only the packets before the bad one count.
func TestPacketsBeforeABadOne(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	srv.post(q, "4a\x1e4b\x1e9\x1e4c").wantCode(t, 400, engine.BadRequest)
	p.wantMessage(t, "a")
	p.wantMessage(t, "b")
	p.wantEnd(t, engine.ParseError, nil)
	if len(p.messages) != 0 {
		t.Error("a message after the bad packet was delivered")
	}
}

func TestBinaryPostIsRefused(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	req, _ := http.NewRequest("POST", srv.url("http", q), strings.NewReader("\x00\x04\xff4abc"))
	req.Header.Set("Content-Type", "application/octet-stream")
	res, err := srv.do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.wantCode(t, 400, engine.BadRequest)
	srv.get(q).wantCode(t, 400, engine.UnknownSession)
}

func TestSecondPollEndsTheSession(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	first := srv.parkPoll(p, q)
	srv.get(q).wantCode(t, 400, engine.BadRequest)
	wait(t, first, "the first poll").want(t, 200, "1")
	p.wantEnd(t, engine.TransportError, engine.ErrPollOverlap)
	srv.get(q).wantCode(t, 400, engine.UnknownSession)
}

func TestAbortedPollEndsTheSession(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	ctx, abort := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", srv.url("http", q), nil)
	done := make(chan error, 1)
	go func() {
		_, err := srv.do(req)
		done <- err
	}()
	p.untilParked(t)
	abort()
	if err := wait(t, done, "the aborted poll"); err == nil {
		t.Error("the poll was answered")
	}
	// Whether the end was seen already or this is a second poll: it is over.
	if res := srv.get(q); res.status != 400 {
		t.Errorf("the next poll was answered %d %q", res.status, res.body)
	}
	got := wait(t, p.ended, "the end")
	if got.reason != engine.TransportError {
		t.Errorf("ended by %q", got.reason)
	}
}

func TestSecondPostEndsTheSession(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	slow := srv.halfPost(q, 100, "4abc")
	until(t, "the first post", func() bool { return engine.Posting(p.Session) })
	srv.post(q, "4x").wantCode(t, 400, engine.BadRequest)
	p.wantEnd(t, engine.TransportError, engine.ErrPostOverlap)
	if answer, _ := io.ReadAll(slow); !strings.HasPrefix(string(answer), "HTTP/1.1 4") {
		t.Errorf("the first post was answered %q", answer)
	}
	if len(p.messages) != 0 {
		t.Error("half a body was delivered")
	}
}

// halfPost starts a POST that declares more than it sends.
func (srv *server) halfPost(q string, declared int, body string) net.Conn {
	srv.t.Helper()
	conn, err := net.Dial("tcp", srv.http.Listener.Addr().String())
	if err != nil {
		srv.t.Fatal(err)
	}
	srv.t.Cleanup(func() { conn.Close() })
	newClient(srv.t, conn, nil) // sets the deadline
	fmt.Fprintf(conn, "POST /engine.io/?%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", q, declared, body)
	return conn
}

func TestVanishingPost(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	conn := srv.halfPost(q, 100, "4abc")
	until(t, "the post", func() bool { return engine.Posting(p.Session) })
	conn.Close()
	p.wantEnd(t, engine.TransportError, engine.ErrPostAborted)
}

// A body that is declared too long is refused at its header, before anything
// of it is read.
func TestDeclaredTooLong(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	conn := srv.halfPost(q, 10_000_000_000, "")
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 413") {
		t.Errorf("answered %q, %v", answer, err)
	}
	p.wantEnd(t, engine.TransportClose, engine.ErrTooLarge)
}

// A body without a declared length is refused while it is read.
func TestChunkedTooLong(t *testing.T) {
	srv := serve(t, engine.Options{MaxPayload: 1000}, nil)
	q := srv.openPolling()
	p := srv.peer()
	body, more := io.Pipe()
	defer body.Close()
	go func() {
		for {
			if _, err := more.Write([]byte(strings.Repeat("4", 100))); err != nil {
				return
			}
		}
	}()
	req, _ := http.NewRequest("POST", srv.url("http", q), body)
	if res, err := srv.do(req); err == nil && res.status != 413 {
		t.Errorf("answered %d", res.status)
	}
	p.wantEnd(t, engine.TransportClose, engine.ErrTooLarge)
}

func TestCloseByPollingClient(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	poll := srv.parkPoll(p, q)
	srv.post(q, "1").want(t, 200, "ok")
	wait(t, poll, "the poll").want(t, 200, "6")
	p.wantEnd(t, engine.TransportClose, nil)
	srv.get(q).wantCode(t, 400, engine.UnknownSession)
}

// Poll and close packet leave the client together; the close packet may win.
func TestCloseOvertakesPoll(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	for range 20 {
		q := srv.openPolling()
		poll := srv.getAsync(q)
		srv.post(q, "1").want(t, 200, "ok")
		wait(t, poll, "the poll").want(t, 200, "6")
		srv.get(q).wantCode(t, 400, engine.UnknownSession)
	}
}

func TestCloseByServerOnPolling(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	poll := srv.parkPoll(p, q)
	p.Close(engine.ForcedClose)
	wait(t, poll, "the poll").want(t, 200, "1")
	p.wantEnd(t, engine.ForcedClose, nil)
	if err := p.Send(engine.NewText([]byte("x"))); err != engine.ErrClosed {
		t.Errorf("sending after the end: %v", err)
	}
	srv.get(q).wantCode(t, 400, engine.UnknownSession)

	// Between two polls: the next one gets what is queued, the one after it the
	// close packet, on which official clients act before the messages beside it.
	q = srv.openPolling()
	p = srv.peer()
	_ = p.Send(engine.NewText([]byte("last words")))
	p.Close(engine.ForcedClose)
	p.wantEnd(t, engine.ForcedClose, nil)
	if srv.Sessions() != 0 {
		t.Errorf("%d sessions are open", srv.Sessions())
	}
	srv.get(q).want(t, 200, "4last words")
	srv.get(q).want(t, 200, "1")
	srv.get(q).wantCode(t, 400, engine.UnknownSession)
}

func TestKillPolling(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	q := srv.openPolling()
	p := srv.peer()
	poll := srv.parkPoll(p, q)
	p.Kill()
	if res := wait(t, poll, "the poll"); !strings.HasPrefix(res.body, "error") {
		t.Errorf("the poll was answered %d %q", res.status, res.body)
	}
	p.wantEnd(t, engine.TransportError, nil)
	srv.get(q).wantCode(t, 400, engine.UnknownSession)
}

func TestSlowPollingClient(t *testing.T) {
	srv := serve(t, engine.Options{MaxQueueBytes: 10_000}, nil)
	q := srv.openPolling()
	p := srv.peer()
	m := engine.NewText([]byte(strings.Repeat("x", 995)))
	for i := range 20 {
		err := p.Send(m)
		if i == 0 && err != nil {
			t.Fatal(err)
		}
		if err == engine.ErrSlowClient {
			break
		}
	}
	p.wantEnd(t, engine.TransportError, engine.ErrSlowClient)
	srv.get(q).wantCode(t, 400, engine.UnknownSession)
	if n := srv.Stats().Slow; n != 1 {
		t.Errorf("%d slow clients counted", n)
	}
}

func TestWrongMethodAndTransport(t *testing.T) {
	srv := serve(t, engine.Options{}, echo)
	q := srv.openPolling()
	srv.request("PUT", q, "4x").wantCode(t, 400, engine.BadHandshakeMethod)
	srv.get(strings.Replace(q, "EIO=4", "EIO=3", 1)).wantCode(t, 400, engine.UnsupportedProtocol)
	srv.get(strings.Replace(q, "polling", "websocket", 1)).wantCode(t, 400, engine.BadRequest)
	srv.post(q, "4undisturbed").want(t, 200, "ok")
	srv.get(q).want(t, 200, "4undisturbed")

	c, h := srv.openWS()
	srv.get(polling+"&sid="+h.SID).wantCode(t, 400, engine.BadRequest)
	srv.post(polling+"&sid="+h.SID, "4x").wantCode(t, 400, engine.BadRequest)
	c.send("4undisturbed")
	c.wantText("4undisturbed")
}
