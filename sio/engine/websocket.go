package engine

import (
	"bufio"
	"errors"
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
	up := &upgrade{ResponseWriter: w}
	pack, err := srv.hijack(up, r, s, fresh)
	if err != nil {
		if fresh {
			srv.unreserve(r.RemoteAddr)
		}
		srv.report(ConnectionError{Request: r, Code: BadRequest, Message: BadRequest.String(), Context: err.Error()})
		return
	}
	c := newWSConn(s, up.conn, pack)
	switch {
	case !srv.addConn(c, fresh):
		_ = up.conn.Close()
	case fresh:
		s.bornOn(c, up.answer)
		go c.serve(up.first) // owned by srv.live; ends with the connection
	case s.tryProbe(c):
		go c.serve(up.first)
	default:
		go c.turnAway()
	}
}

// bornOn opens a new session on the websocket c. The answer to the handshake
// and the open packet leave with what Accept sends, in one write.
func (s *Session) bornOn(c *wsConn, answer []byte) {
	s.ws, s.fd, s.pack = c, c.fd, c.pack // not known to anybody yet: no lock
	var buf [128]byte
	p := s.srv.openPacket(buf[:0], s.id, WebSocket)
	first := &Message{frames: append(appendHeader(answer, opText, len(p)), p...), plain: true}
	s.queueLocked(first, 0)
	s.q.held = len(first.frames)
	s.srv.begin(s)
	_ = s.Flush()
}

// hijack makes the websocket handshake and reports whether compression was
// agreed. The answer is in up; to a probe or a failed handshake it is sent.
func (srv *Server) hijack(up *upgrade, r *http.Request, s *Session, fresh bool) (pack bool, err error) {
	header := up.Header() // with what middleware and CORS have set
	if fresh {
		srv.firstHeaders(header, r, s.id)
	}
	if f := srv.opts.Headers; f != nil {
		f(header, r)
	}
	var shake ws.HTTPUpgrader
	if len(header) > 0 {
		shake.Header = header
	}
	var offers negotiator
	if srv.opts.PerMessageDeflate {
		shake.Negotiate = offers.negotiate
	}
	_, rw, _, err := shake.Upgrade(r, up)
	if up.conn == nil {
		return false, err
	}
	if !fresh || err != nil {
		err = errors.Join(err, up.send())
	}
	if err != nil {
		_ = up.conn.Close()
		return false, err
	}
	up.first = buffered(rw.Reader)
	return offers.accepted, nil
}

// upgrade is the http.ResponseWriter of a websocket handshake. It keeps the
// answer, so that it can leave in one write with the session's first packets.
type upgrade struct {
	http.ResponseWriter

	conn   net.Conn // nil unless hijacked
	answer []byte
	first  []byte // what the client sent behind its request
}

// answerSize has room for the answer to a plain handshake and the open packet.
const answerSize = 288

// Hijack takes the connection and directs what is written to it to u.
func (u *upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(u.ResponseWriter).Hijack()
	if err != nil {
		return conn, rw, err
	}
	if c, ok := conn.(*newcomer); ok {
		conn = c.TCPConn
	}
	u.conn, u.answer = conn, make([]byte, 0, answerSize)
	rw.Writer.Reset(answerWriter{u})
	return conn, rw, nil
}

// answerWriter appends to the answer.
type answerWriter struct{ u *upgrade }

func (w answerWriter) Write(b []byte) (int, error) {
	w.u.answer = append(w.u.answer, b...)
	return len(b), nil
}

// send writes the answer, which may wait, but not long.
func (u *upgrade) send() error {
	_ = u.conn.SetWriteDeadline(time.Now().Add(replyTimeout))
	_, err := u.conn.Write(u.answer)
	_ = u.conn.SetWriteDeadline(time.Time{})
	return err
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
