package tickwire_test

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tickwire"
)

var loopback = netip.MustParsePrefix("127.0.0.1/32")

func prefixes(p ...netip.Prefix) []netip.Prefix { return p }

// fromListener says of its connections that they come from somewhere else: this
// machine's own addresses have no bounds.
type fromListener struct {
	net.Listener
	from net.Addr
}

type fromConn struct {
	net.Conn
	from net.Addr
}

func (l fromListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return fromConn{conn, l.from}, nil
}

func (c fromConn) RemoteAddr() net.Addr { return c.from }

// serveFrom is serve for players from an address.
func serveFrom(t *testing.T, address string, o tickwire.Options) (url string, stop func() error) {
	t.Helper()
	return serveOn(t, o, func(l net.Listener) net.Listener {
		return fromListener{l, &net.TCPAddr{IP: net.ParseIP(address), Port: 4711}}
	})
}

// dialWS opens a session on websocket.
func dialWS(t *testing.T, url string, header http.Header) net.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP(header)}
	conn, early, _, err := dialer.Dial(ctx, "ws"+strings.TrimPrefix(url, "http")+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		t.Fatal(err)
	}
	if early != nil { // the open packet, which is of no interest
		ws.PutReader(early)
	}
	return conn
}
