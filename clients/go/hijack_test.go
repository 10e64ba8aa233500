package client_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/sio"
)

// What was read behind the handler's message goes to the new owner, and nobody
// closes the connection.
func TestHijack(t *testing.T) {
	io := sio.New(sio.Options{})
	sockets := make(chan *sio.Socket, 1)
	io.Of("/").OnConnect(func(s *sio.Socket) { sockets <- s })
	web := httptest.NewServer(io)
	defer web.Close()
	defer io.Close(t.Context())

	c := client.New(client.Options{URL: web.URL})
	type taken struct {
		conn interface {
			Read([]byte) (int, error)
			Write([]byte) (int, error)
			Close() error
		}
		rest []byte
	}
	got := make(chan taken, 1)
	c.On("go", func(socketio.Args) {
		conn, rest := c.Hijack()
		got <- taken{conn, rest}
	})
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := <-sockets
	if err := s.Emit("go"); err != nil {
		t.Fatal(err)
	}
	h := <-got
	defer h.conn.Close()
	<-c.Done()
	if c.Err() != nil || len(h.rest) != 0 {
		t.Errorf("error %v, %d bytes behind it", c.Err(), len(h.rest))
	}
	if err := s.Emit("more"); err != nil {
		t.Fatal(err)
	}
	if data, op, err := wsutil.ReadServerData(h.conn); err != nil || op != ws.OpBinary || len(data) == 0 {
		t.Errorf("got %q, %v, %v", data, op, err)
	}
}
