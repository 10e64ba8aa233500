package tickwire

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"tickwire/edge"
)

// webServer is an HTTP server for peers that nobody knows.
func (s *Server) webServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ConnState:         s.door.conns.State,
		ReadHeaderTimeout: s.opt.Network.withDefaults().HandshakeTimeout, // and for the TLS handshake
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(webLog{s.opt.Log}, "", 0),
	}
}

// webLog takes what net/http says. Peers' mistakes, such as broken TLS
// handshakes, are as many as peers want: debug. A handler's panic is ours, and
// no more descriptors are the operator's.
type webLog struct{ log zerolog.Logger }

func (l webLog) Write(text []byte) (int, error) {
	text = bytes.TrimSpace(text)
	switch {
	case bytes.Contains(text, []byte("panic serving")):
		l.log.Error().Bytes("text", text).Msg("http")
	case bytes.Contains(text, []byte("Accept error")): // after ever longer pauses, up to a second
		l.log.Warn().Bytes("error", text).Msg("newcomers have to wait: raise the limit of open files (LimitNOFILE, ulimit -n)")
	default:
		l.log.Debug().Bytes("text", text).Msg("http")
	}
	return len(text), nil
}

// redirect is the listener that sends browsers to https.
type redirect struct {
	web *http.Server
	wg  sync.WaitGroup
}

// listenRedirect opens and serves it, until close; nil if there is none. game
// is where players shall go.
func (s *Server) listenRedirect(ctx context.Context, game net.Addr) (*redirect, error) {
	addr := s.opt.TLS.RedirectAddr
	if addr == "" {
		return nil, nil
	}
	port := 443
	if tcp, ok := game.(*net.TCPAddr); ok {
		port = tcp.Port
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("redirect to https (--tls-redirect-addr): %w", err)
	}
	r := &redirect{web: s.webServer(s.opt.Network.deadlines(s.encryption.redirect(edge.Redirect(port))))}
	r.wg.Go(func() { _ = r.web.Serve(listener) }) // ends by close
	s.opt.Log.Info().Str("addr", listener.Addr().String()).Msg("redirect to https")
	return r, nil
}

func (r *redirect) close() {
	if r == nil {
		return
	}
	_ = r.web.Close()
	r.wg.Wait()
}

// ownURL is the address of this machine's own server for a client on it.
func (s *Server) ownURL(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return ""
	}
	host := "localhost"
	if !tcp.IP.IsUnspecified() && !tcp.IP.IsLoopback() {
		host = tcp.IP.String()
	}
	return s.encryption.scheme() + "://" + net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}

// publicURL is the address to open in a browser.
func (s *Server) publicURL(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	switch {
	case !ok || s.encryption.name == "":
		return s.ownURL(addr)
	case tcp.Port == 443:
		return "https://" + s.encryption.name
	}
	return "https://" + net.JoinHostPort(s.encryption.name, strconv.Itoa(tcp.Port))
}
