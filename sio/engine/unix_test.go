//go:build unix

package engine_test

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// TestUnixSockets: behind a proxy on the same machine connections may be unix
// sockets, which are written to directly, too.
func TestUnixSockets(t *testing.T) {
	srv := newServer(t, engine.Options{}, echo)
	path := filepath.Join(t.TempDir(), "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: srv}
	go web.Serve(ln)
	defer web.Close()
	defer srv.Close(t.Context())
	dialer := ws.Dialer{NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	conn, br, _, err := dialer.Dial(t.Context(), "ws://unix/engine.io/?"+websocket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := newClient(t, conn, br)
	parseOpen(t, c.text())
	c.send("4hello")
	c.wantText("4hello")
	conn.Close()
	p := srv.peer()
	p.wantEnd(t, engine.TransportClose, nil)
	if err := p.Send(engine.NewText([]byte("too late"))); err != engine.ErrClosed {
		t.Error(err)
	}
}
