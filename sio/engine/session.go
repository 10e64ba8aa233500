package engine

import (
	"net/http"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"tickwire/codec/engineio"
)

// Session is one Engine.IO connection, over whatever transports it lives.
type Session struct {
	// The fields that a direct write touches share a cache line: a tick's
	// fan-out finds every session cold.
	mu       sync.Mutex // guards what follows, up to the next group
	state    state
	flushing bool      // the flusher, or a Batch, owns the writing
	batched  bool      // it is a Batch
	pack     bool      // ws has agreed on permessage-deflate
	fd       int       // of ws, for direct writes; -1: polling, or none
	ws       *wsConn   // nil: polling
	q        *outQueue // nil: nothing waits
	traffic  traffic   // atomics: read without mu

	probe    *wsConn       // websocket that is being tried
	probed   bool          // it has been answered: polls must end at once
	awaiting bool          // a pong is awaited
	extended bool          // and its deadline was moved once
	posting  bool          // a POST is being served
	lastPoll engineio.Type // lingering: how the last poll ends
	limit    limiter
	poll     *parkedPoll
	post     *http.ResponseController // of the POST whose body is being read
	fetched  chan struct{}            // lingering: closed when it is over

	// Set before the session is known to others, read-only after.
	srv   *Server
	id    string
	facts Handshake

	// turn is held by whoever calls the handler, so that calls never overlap;
	// a POST holds it from its first byte, so that what was sent before an
	// upgrade is handled before what comes after. It is never taken under mu.
	turn    sync.Mutex
	handler Handler // set under turn, before the first request is served

	beat beat // guarded by heartbeat.mu
}

type state uint8

const (
	open      state = iota
	lingering       // polling only: ended, but the client has not heard yet
	closed
)

// ID returns the session id: at least 96 random bits, safe in URLs.
func (s *Session) ID() string { return s.id }

// Transport returns the current transport.
func (s *Session) Transport() Transport {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ws != nil {
		return WebSocket
	}
	return Polling
}

// Handshake returns the facts of the session's first request.
func (s *Session) Handshake() *Handshake { return &s.facts }

// Close ends the session in an orderly way: what is queued is still sent, then
// the client is told. The handler's Closed follows with reason.
func (s *Session) Close(reason Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state != open:
	case s.ws != nil && reason == ServerShutdown:
		s.endLocked(reason, nil)
		s.goodbyeLocked(s.ws, ws.StatusGoingAway, string(reason))
	case s.ws != nil:
		s.endLocked(reason, nil)
		s.goodbyeLocked(s.ws, ws.StatusNormalClosure, "")
	case s.poll != nil && s.q.waiting() > 0 && reason != ServerShutdown:
		// What is queued ends this poll, the close packet the next: official
		// clients act on a close before the messages of the same payload.
		s.lingerLocked(reason, engineio.Close)
	case s.poll != nil || reason == ServerShutdown:
		s.endLocked(reason, nil)
		s.endPollLocked(engineio.Close)
	default:
		s.lingerLocked(reason, engineio.Close)
	}
}

// Kill cuts the connection without telling the client.
func (s *Session) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ws != nil {
		s.dropLocked(TransportClose, nil)
		go s.ws.close() // at once, even while the reader is in a handler
		return
	}
	if s.poll != nil {
		s.endPollLocked(abortPoll)
	}
	if s.state == open {
		s.endLocked(TransportError, nil)
	}
}

// endLocked ends an open session for its handler: no message is taken or given
// from now on. What becomes of the connection is the caller's.
func (s *Session) endLocked(reason Reason, err error) {
	s.state = closed
	s.srv.unlist(s)
	s.settleLocked(reason, err)
}

// settleLocked does what every end of a session needs.
func (s *Session) settleLocked(reason Reason, err error) {
	s.srv.stats.end(reason)
	s.awaiting = false
	if s.ws != nil {
		s.ws.unparkLocked() // from now on there are deadlines
	}
	s.srv.beat.cancel(s)
	s.srv.freeSlot(s.facts.Address)
	if s.post != nil {
		_ = s.post.SetReadDeadline(time.Unix(1, 0))
	}
	if c := s.probe; c != nil {
		s.probe = nil
		_ = c.conn.SetDeadline(time.Unix(1, 0))
	}
	go s.tellClosed(reason, err) // owned by srv.live; ends with the handler's call
}

// tellClosed calls Closed when no Message is running.
func (s *Session) tellClosed(reason Reason, err error) {
	defer s.srv.live.Done()
	s.turn.Lock()
	defer s.turn.Unlock()
	s.handler.Closed(reason, err)
}

// breakOff ends a session on websocket because of what the client did.
func (s *Session) breakOff(reason Reason, err error, code ws.StatusCode, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.breakOffLocked(reason, err, code, text)
}

func (s *Session) breakOffLocked(reason Reason, err error, code ws.StatusCode, text string) {
	if s.state == open {
		s.endLocked(reason, err)
		s.goodbyeLocked(s.ws, code, text)
	}
}

// dropLocked ends the session, if it is open, and cuts its websocket.
func (s *Session) dropLocked(reason Reason, err error) {
	if s.state == open {
		s.endLocked(reason, err)
	}
	if s.q != nil && !s.flushing {
		s.q.free()
		s.q = nil
	}
	s.ws.cut = true
	_ = s.ws.conn.SetDeadline(time.Unix(1, 0)) // wakes reader and flusher, who close
}

// goodbyeLocked begins the closing handshake, behind what is queued.
func (s *Session) goodbyeLocked(c *wsConn, code ws.StatusCode, text string) {
	if c.shut {
		return
	}
	c.shut = true
	c.shutConn()
	s.queueLocked(newControl(opClose, closeBody(code, text)), 0)
	_ = s.flushLocked()
}

// due is called by the heartbeat when a deadline has passed.
func (s *Session) due(list int, at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch list {
	case pingDue:
		if s.state != open {
			return
		}
		s.awaiting, s.extended = true, false
		s.srv.beat.schedule(s, pongDue, at+s.srv.opts.PingTimeout)
		s.queueLocked(pingPacket, 0)
		_ = s.flushLocked()
	case pongDue:
		if s.state != open || !s.awaiting || s.srv.beat.waiting(s) {
			return // the client spoke in the meantime
		}
		s.endLocked(PingTimeout, nil)
		if s.ws != nil {
			s.goodbyeLocked(s.ws, ws.StatusPolicyViolation, string(PingTimeout))
		} else {
			s.endPollLocked(engineio.Close)
		}
	case lingerDue:
		s.goneLocked()
	}
}

// heardLocked notes that the client is there. While a pong is awaited, the
// first other packet extends its deadline; only a pong ends the waiting.
func (s *Session) heardLocked(t engineio.Type) {
	beat := s.srv.beat
	switch {
	case t == engineio.Pong:
		s.awaiting = false
		beat.schedule(s, pingDue, beat.now()+s.srv.opts.PingInterval)
	case s.awaiting && !s.extended:
		s.extended = true
		beat.schedule(s, pongDue, beat.now()+s.srv.opts.PingTimeout)
	}
}
