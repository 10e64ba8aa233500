package engine_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"tickwire/sio/engine"
)

// net/http waits for the body of a request before it sends the answer, even
// if nobody wants the body: a refused request must have a deadline as well.
func TestBodyOfRefusedRequest(t *testing.T) {
	for name, head := range map[string]string{
		"handshake":       "GET /engine.io/?" + polling,
		"websocket":       "GET /engine.io/?" + websocket,
		"unknown session": "POST /engine.io/?" + polling + "&sid=unknown",
		"wrong transport": "POST /engine.io/?EIO=4&transport=pigeon",
		"wrong method":    "DELETE /engine.io/?" + polling,
		"foreign path":    "POST /elsewhere",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, engine.Options{}, func(srv *pipeServer) {
				start := time.Now()
				c := srv.connect(head + " HTTP/1.1\r\nContent-Length: 1000")
				wantRefused(t, c, start)
			})
		})
	}
}

// A poll cannot have a body: net/http would not notice that its client leaves.
func TestPollWithBody(t *testing.T) {
	bubble(t, engine.Options{PingInterval: time.Hour}, func(srv *pipeServer) {
		q := srv.openPolling()
		<-srv.peers
		start := time.Now()
		c := srv.connect("GET /engine.io/?" + q + " HTTP/1.1\r\nContent-Length: 1000")
		wantRefused(t, c, start)
	})
}

func wantRefused(t *testing.T, c *client, start time.Time) {
	t.Helper()
	defer c.conn.Close()
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode < 400 {
		t.Errorf("answered %s", res.Status)
	}
	if _, err := io.Copy(io.Discard, c.r); err != nil {
		t.Errorf("the connection is kept: %v", err)
	}
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("it took %v", took)
	}
}
