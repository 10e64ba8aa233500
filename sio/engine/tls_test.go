package engine_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// Over TLS everything works as in the clear; the bytes go through the queue.
func TestTLS(t *testing.T) {
	srv := newServer(t, engine.Options{MaxQueueBytes: 64 << 20}, echo)
	srv.http = httptest.NewTLSServer(srv)
	t.Cleanup(srv.stop)
	d := ws.Dialer{TLSConfig: &tls.Config{InsecureSkipVerify: true}}
	conn, br, _, err := d.Dial(t.Context(), "wss"+strings.TrimPrefix(srv.url("x", websocket), "xs"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := newClient(t, conn, br)
	parseOpen(t, c.text())
	p := srv.peer()
	if !p.Handshake().Secure {
		t.Error("the handshake does not count as secure")
	}
	big := "4" + strings.Repeat("x", 300_000)
	go func() {
		for range 20 {
			_ = ws.WriteFrame(conn, ws.MaskFrame(ws.NewTextFrame([]byte(big))))
		}
	}()
	for range 20 {
		c.wantText(big)
	}
	p.Close(engine.ForcedClose)
	c.wantClosed(ws.StatusNormalClosure)
}

// A slow client is cut in the middle of a TLS record; nothing may be written
// behind that, or the client would take it for an attack.
func TestSlowTLSClient(t *testing.T) {
	srv := newServer(t, engine.Options{}, nil)
	srv.http = httptest.NewTLSServer(srv)
	t.Cleanup(srv.stop)
	d := ws.Dialer{TLSConfig: &tls.Config{InsecureSkipVerify: true}}
	conn, br, _, err := d.Dial(t.Context(), "wss"+strings.TrimPrefix(srv.url("x", websocket), "xs"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := newClient(t, conn, br)
	p := srv.peer()
	m := engine.NewBinary(make([]byte, 100_000))
	for err == nil {
		err = p.Send(m)
	}
	p.wantEnd(t, engine.TransportError, engine.ErrSlowClient)
	for err = nil; err == nil; {
		_, err = c.read()
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "local error" {
		t.Errorf("the client refused what it got: %v", err)
	}
}

// Polling works over HTTP/2, where a connection carries many requests.
func TestHTTP2(t *testing.T) {
	srv := newServer(t, engine.Options{}, nil)
	srv.http = httptest.NewUnstartedServer(srv)
	srv.http.EnableHTTP2 = true
	srv.http.StartTLS()
	t.Cleanup(srv.stop)
	do := func(method, query, body string) response {
		req, _ := http.NewRequest(method, srv.http.URL+"/engine.io/?"+query, strings.NewReader(body))
		res, err := srv.http.Client().Do(req)
		if err != nil {
			t.Error(err)
			return response{}
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		if res.ProtoMajor != 2 {
			t.Errorf("protocol %s", res.Proto)
		}
		return response{res.StatusCode, string(b), res.Header}
	}
	q := polling + "&sid=" + parseOpen(t, do("GET", polling, "").body).SID
	p := srv.peer()
	poll := make(chan response, 1)
	go func() { poll <- do("GET", q, "") }()
	p.untilParked(t)
	do("POST", q, "4up").want(t, 200, "ok")
	p.wantMessage(t, "up")
	_ = p.Send(engine.NewText([]byte("down")))
	wait(t, poll, "the poll").want(t, 200, "4down")
	do("POST", q, "1").want(t, 200, "ok")
	p.wantEnd(t, engine.TransportClose, nil)
}

// A server's own timeouts are for requests; polls wait as long as they must.
func TestServerTimeoutsDoNotEndPolls(t *testing.T) {
	srv := newServer(t, engine.Options{}, nil)
	srv.http = httptest.NewUnstartedServer(srv)
	srv.http.Config.ReadTimeout, srv.http.Config.WriteTimeout = shortTimeout, shortTimeout
	srv.http.Start()
	t.Cleanup(srv.stop)
	q := srv.openPolling()
	p := srv.peer()
	poll := srv.parkPoll(p, q)
	c, _ := srv.openWS()
	onWS := srv.peer()
	<-afterTimeouts()
	_ = p.Send(engine.NewText([]byte("late")))
	wait(t, poll, "the poll").want(t, 200, "4late")
	c.send("4late")
	onWS.wantMessage(t, "late")
}
