package engine

import (
	"errors"
	"io"
	"time"

	"github.com/gobwas/ws"

	"tickwire/codec/engineio"
)

// Details of why a session ended.
var (
	errHeartbeat = errors.New("engine: ping from the client: the server pings")
	errBadPacket = errors.New("engine: not an Engine.IO packet")
)

// floodText is what a client is told that sends too much.
const floodText = "too many packets or bytes per second"

// receive takes a packet that the websocket c brought, on c's reader.
func (s *Session) receive(c *wsConn, pkt engineio.Packet) error {
	s.mu.Lock()
	switch {
	case s.probe == c:
		s.mu.Unlock()
		return s.receiveProbe(c, pkt)
	case s.ws != c || s.state != open:
		s.mu.Unlock()
		return nil // closing: only the peer's close frame is awaited
	}
	if !s.allowedLocked(len(pkt.Data)) {
		s.breakOffLocked(TransportError, ErrFlooding, ws.StatusPolicyViolation, floodText)
		s.mu.Unlock()
		return nil
	}
	s.heardLocked(pkt.Type)
	s.mu.Unlock()

	switch pkt.Type {
	case engineio.Message:
		s.turn.Lock()
		defer s.turn.Unlock()
		s.deliver(pkt)
	case engineio.Close:
		s.breakOff(TransportClose, nil, ws.StatusNormalClosure, "")
	case engineio.Ping:
		s.breakOff(TransportError, errHeartbeat, ws.StatusProtocolError, "the server pings")
	}
	return nil
}

// deliver calls the handler, whose turn the caller holds, unless the session
// has ended.
func (s *Session) deliver(pkt engineio.Packet) {
	s.mu.Lock()
	over := s.state != open
	s.mu.Unlock()
	if !over {
		s.handler.Message(pkt.Data, pkt.Binary)
	}
}

// receiveProbe takes a packet of a websocket that is being tried.
// Source: Engine.IO v4, "Upgrade".
func (s *Session) receiveProbe(c *wsConn, pkt engineio.Packet) error {
	switch {
	case pkt.Binary:
		return errPacket
	case pkt.Type == engineio.Ping && string(pkt.Data) == engineio.Probe:
		return s.answerProbe(c)
	case pkt.Type == engineio.Upgrade:
		return s.upgrade(c)
	}
	return errPacket
}

// answerProbe answers a probe. Polls that come after the answer end soon; one
// that is parked ends with a noop.
func (s *Session) answerProbe(c *wsConn) error {
	s.mu.Lock()
	s.probed = s.probe == c
	s.mu.Unlock()
	if _, err := c.conn.Write(probePacket.frames); err != nil {
		return err // the write may wait: it is bounded by the upgrade's deadline
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.poll != nil && s.poll.late == nil {
		s.poll.wakeUp()
	}
	return nil
}

// upgrade makes c the transport of the session. What is queued follows on c,
// so the order is kept.
func (s *Session) upgrade(c *wsConn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.probe != c || s.state != open {
		return errUpgradeOver
	}
	_ = c.conn.SetDeadline(time.Time{})
	s.probe, s.probed, s.ws, s.fd, s.pack = nil, false, c, c.fd, c.pack
	s.reformLocked()
	s.srv.stats.upgraded.Add(1)
	switch {
	case s.poll == nil:
	case s.poll.late != nil:
		s.endPollLocked(stalePoll) // it was sent after the upgrade packet
	default:
		s.endPollLocked(engineio.Noop)
	}
	return s.flushLocked()
}

var errUpgradeOver = errors.New("engine: upgrade abandoned")

// answerPing answers a websocket ping of c, on c's reader.
func (s *Session) answerPing(c *wsConn, data []byte) {
	pong := newControl(opPong, data)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ws != c || c.shut || s.state != open: // a probe has no use for websocket pings
		return
	case !s.allowedLocked(len(data)):
		s.breakOffLocked(TransportError, ErrFlooding, ws.StatusPolicyViolation, floodText)
		return
	case s.roomLocked(len(pong.frames)) != nil:
		return
	}
	s.queueLocked(pong, 0)
	_ = s.flushLocked()
}

// breach ends the session because its websocket's peer broke RFC 6455.
func (s *Session) breach(c *wsConn, e *closeError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == open {
		reason, err := TransportError, error(e)
		switch e {
		case errPacket:
			reason, err = ParseError, errBadPacket
		case errTooBig:
			err = ErrTooLarge
		}
		s.endLocked(reason, err)
	}
	s.goodbyeLocked(c, e.code, e.text)
}

// peerClosed answers the close frame of the session's websocket.
func (s *Session) peerClosed(c *wsConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == open {
		s.endLocked(TransportClose, nil)
	}
	s.goodbyeLocked(c, c.peerCode, "")
}

// connLost notes that the session's websocket cannot be read any more.
func (s *Session) connLost(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	s.dropLocked(TransportClose, err)
}

// giveUpProbe reports whether c is no transport of the session, and makes sure
// that it does not become one.
func (s *Session) giveUpProbe(c *wsConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.probe == c {
		s.probe, s.probed = nil, false
	}
	return s.ws != c
}
