package engine

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// isUpgrade reports whether r asks for a websocket.
func isUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// serveWebSocket opens a session on websocket, or tries a websocket for the
// session s. The handler's goroutine ends here: the connection is read on a
// fresh one, so that the memory of the HTTP request goes.
func (srv *Server) serveWebSocket(w http.ResponseWriter, r *http.Request, s *Session) {
	fresh := s == nil
	if fresh {
		if !srv.reserve(w, r) {
			return
		}
		s = srv.newSession(r, newID())
	}
	conn, first, pack, err := srv.hijack(w, r, s, fresh)
	if err != nil {
		if fresh {
			srv.unreserve()
		}
		srv.report(ConnectionError{Request: r, Code: BadRequest, Message: BadRequest.String(), Context: err.Error()})
		return
	}
	c := newWSConn(s, conn, pack)
	switch {
	case !srv.addConn(c, fresh):
		_ = conn.Close()
	case fresh:
		s.bornOn(c)
		go c.serve(first) // owned by srv.live; ends with the connection
	case s.tryProbe(c):
		go c.serve(first)
	default:
		go c.turnAway()
	}
}

// bornOn opens a new session on the websocket c. The open packet leaves with
// what Accept sends.
func (s *Session) bornOn(c *wsConn) {
	s.ws, s.fd, s.pack = c, c.fd, c.pack // not known to anybody yet: no lock
	p := s.srv.openPacket(s.id, WebSocket)
	open := &Message{frames: append(appendHeader(nil, opText, len(p)), p...)}
	s.queueLocked(open, 0)
	s.q.held = len(open.frames)
	s.srv.begin(s)
	_ = s.Flush()
}

// hijack makes the websocket handshake. It returns the connection, what the
// client sent behind its request, and whether compression was agreed.
func (srv *Server) hijack(w http.ResponseWriter, r *http.Request, s *Session, fresh bool) (conn net.Conn, first []byte, pack bool, err error) {
	header := w.Header().Clone() // what middleware and CORS have set
	if header == nil {
		header = http.Header{}
	}
	if fresh {
		srv.firstHeaders(header, r, s.id)
	}
	if f := srv.opts.Headers; f != nil {
		f(header, r)
	}
	up := ws.HTTPUpgrader{Timeout: replyTimeout, Header: header}
	var offers negotiator
	if srv.opts.PerMessageDeflate {
		up.Negotiate = offers.negotiate
	}
	conn, rw, _, err := up.Upgrade(r, w)
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, nil, false, err
	}
	return conn, buffered(rw.Reader), offers.accepted, nil
}

// buffered copies what is left in a reader that is given up.
func buffered(r *bufio.Reader) []byte {
	n := r.Buffered()
	if n == 0 {
		return nil
	}
	b, _ := r.Peek(n) // n bytes are there
	return append([]byte(nil), b...)
}

// tryProbe makes c the session's candidate for an upgrade. Only a polling
// session that is not trying another has one: who learnt the id of a session
// that was born on websocket can't take it over.
func (s *Session) tryProbe(c *wsConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != open || s.ws != nil || s.probe != nil || s.srv.opts.DisableUpgrades {
		return false
	}
	s.probe = c
	_ = c.conn.SetDeadline(time.Now().Add(s.srv.opts.UpgradeTimeout))
	return true
}

// turnAway closes a websocket that is not wanted.
func (c *wsConn) turnAway() {
	defer c.release()
	c.sayGoodbye(ws.StatusPolicyViolation, "session cannot be upgraded")
	c.drain()
}
