package engine

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
)

// Listener returns a listener for web.Serve that makes the way in of websockets
// cheaper. When the first bytes of a TCP connection are one whole and plain
// upgrade request for the server's path, web.Handler, which must be set, is called
// for it right there: net/http, to hand a connection over, spends two buffers that
// it does not get back and a goroutine that it has to wait for. All else is read
// by net/http as if there were no Listener: other and later requests, what comes
// in pieces, what is unusual in any way. Timeouts, ConnState, shutdown and the
// recovery of panics are web's in any case.
//
// Two things differ. The context of such a request ends when the handler returns,
// not when the client leaves. Who hijacks another connection gets one that is no
// *net.TCPConn, but has its methods.
func (srv *Server) Listener(l net.Listener, web *http.Server) net.Listener {
	return &listener{l, web, strings.TrimSuffix(srv.opts.Path, "/") + "/?"}
}

type listener struct {
	net.Listener
	web    *http.Server
	prefix string // of the targets of upgrade requests
}

// Accept waits for a connection; one that is no TCP connection passes as it is.
func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		return &newcomer{TCPConn: tcp, l: l}, err
	}
	return conn, err
}

// newcomer is a connection as net/http has it.
type newcomer struct {
	*net.TCPConn
	l     *listener
	heard bool        // the first bytes have come; owned by the reader
	taken atomic.Bool // the handler has the connection, net/http lets go of it
}

// Read looks at the first bytes that come. When they were for the handler, the
// connection is at its end for net/http.
func (c *newcomer) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	if c.heard || err != nil {
		return n, err
	}
	c.heard = true
	if r := parseUpgrade(b[:n], c.l.prefix); r != nil {
		c.serve(r)
		return 0, io.EOF
	}
	return n, nil
}

// serve calls the handler for the upgrade request r.
func (c *newcomer) serve(r *http.Request) {
	ctx, end := context.WithCancel(upgradeContext{context.Background(), c})
	defer end()
	r = r.WithContext(ctx)
	r.RemoteAddr = c.RemoteAddr().String()
	w := &firstAnswer{c: c, header: http.Header{}}
	c.l.web.Handler.ServeHTTP(w, r)
	if !c.taken.Load() {
		w.send()
	}
}

// Close closes the connection, unless the handler has it.
func (c *newcomer) Close() error {
	if c.taken.Load() {
		return nil
	}
	return c.TCPConn.Close()
}

// LocalAddr is where net/http begins with a connection, so there is little on the
// stack yet: making it big enough for a handler costs least here.
func (c *newcomer) LocalAddr() net.Addr {
	growStack(0)
	return c.TCPConn.LocalAddr()
}

// growStack gives the calling goroutine a stack of 8 KiB. Grown at the deepest of
// a handler's calls, where all that is on it has to be adjusted, it cost 4 µs more.
//
//go:noinline
func growStack(i int) byte {
	var room [5 << 10]byte
	return room[i]
}

// upgradeContext has the values that net/http gives to a request.
type upgradeContext struct {
	context.Context
	c *newcomer
}

func (u upgradeContext) Value(key any) any {
	switch key {
	case http.ServerContextKey:
		return u.c.l.web
	case http.LocalAddrContextKey:
		return u.c.TCPConn.LocalAddr()
	}
	return nil
}
