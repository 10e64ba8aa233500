package engine_test

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"tickwire/sio/engine"
)

// echoHandler sends back what it gets.
type echoHandler struct{ s *engine.Session }

func (h echoHandler) Message(data []byte, binary bool) {
	if binary {
		_ = h.s.Send(engine.NewBinary(data))
	} else {
		_ = h.s.Send(engine.NewText(data))
	}
}

func (h echoHandler) Closed(reason engine.Reason, _ error) {}

func Example() {
	srv := engine.New(engine.Options{
		Accept: func(s *engine.Session) engine.Handler { return echoHandler{s} },
	})
	ts := httptest.NewServer(srv)
	defer ts.Close()
	defer srv.Close(context.Background())

	url := "ws" + strings.TrimPrefix(ts.URL, "http") + "/engine.io/?EIO=4&transport=websocket"
	conn, early, _, err := ws.Dial(context.Background(), url)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	c := struct {
		io.Reader
		io.Writer
	}{conn, conn}
	if early != nil { // the open packet came with the handshake's answer
		c.Reader = early
	}
	open, _ := wsutil.ReadServerText(c)
	_ = wsutil.WriteClientText(c, []byte("4hello"))
	echo, _ := wsutil.ReadServerText(c)
	fmt.Printf("%.7s %s\n", open, echo)
	// Output: 0{"sid" 4hello
}
