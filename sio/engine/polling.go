package engine

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"tickwire/codec/engineio"
)

const (
	// bodyTimeout bounds the reading of one POST body.
	bodyTimeout = 20 * time.Second
	// unwantedTimeout is how long the answer to a request that is refused
	// waits for its body. It is less than replyTimeout, which it is part of.
	unwantedTimeout = 5 * time.Second
	// replyTimeout bounds the writing of one answer.
	replyTimeout = 20 * time.Second
	// lingerPoll is how long the rest of a session that was closed between
	// two polls waits to be fetched. The reference server waits as long.
	lingerPoll = 30 * time.Second
	// closeGrace is how long a close packet waits for the poll that the
	// client sent at the same time and that came in later.
	closeGrace = 50 * time.Millisecond
	// upgradeGrace is how long a poll that comes after the probe waits for
	// the upgrade packet that may have been sent before it, on the websocket.
	upgradeGrace = 25 * time.Millisecond
)

// parkedPoll is a GET that waits for something to send.
type parkedPoll struct {
	wake chan struct{}    // of capacity one: a wake-up is never lost
	end  engineio.Type    // how the poll ends, if not with what is queued; guarded by Session.mu
	pack bool             // the answer may be compressed; set by collect
	late <-chan time.Time // set for a poll that came after the probe: it must end soon
}

// Ends of a parked poll besides engineio.Close (what is queued, then a close
// packet) and engineio.Noop (a noop alone).
const (
	endQueued engineio.Type = 0xff // what is queued, or a noop
	abortPoll engineio.Type = 0xfe // the connection is cut
	stalePoll engineio.Type = 0xfd // refused: the session has moved to websocket
)

// wakeUp ends the waiting. The methods of a nil poll do nothing.
func (p *parkedPoll) wakeUp() {
	if p == nil {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// endPollLocked makes the parked poll, if there is one, end in the given way.
func (s *Session) endPollLocked(end engineio.Type) {
	if s.poll != nil {
		s.poll.end = end
		s.poll.wakeUp()
	}
}

// servePoll answers a GET. Source: Engine.IO v4, "HTTP long-polling".
func (s *Session) servePoll(w http.ResponseWriter, r *http.Request) {
	poll, status := s.park()
	if poll == nil {
		refuseCode(w, status)
		return
	}
	// Deadlines of the http.Server are for requests, not for waiting.
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{})
	_ = rc.SetWriteDeadline(time.Time{})
	if !s.await(r.Context(), poll) {
		return
	}
	body := s.collect(poll)
	switch poll.end {
	case abortPoll:
		panic(http.ErrAbortHandler) // net/http cuts the connection
	case stalePoll:
		refuseCode(w, BadRequest)
		return
	}
	if poll.pack {
		body = s.srv.compress(w.Header(), r, body)
	}
	if err := s.srv.reply(w, r, contentText, body); err != nil {
		s.fail(TransportError, ErrPollAborted)
	}
}

// park makes the request the session's parked poll. When there is something
// to send already, the poll is woken at once. A nil poll comes with the code to
// refuse the request with.
func (s *Session) park() (*parkedPoll, Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	poll := &parkedPoll{wake: make(chan struct{}, 1), end: endQueued}
	switch {
	case s.ws != nil:
		return nil, BadRequest
	case s.state == lingering && s.poll != nil:
		return nil, UnknownSession
	case s.state == lingering:
		s.poll = poll
		if s.lastPoll == engineio.Close && s.q.waiting() > 0 {
			poll.wakeUp() // the close packet comes with the poll after
			return poll, 0
		}
		s.endPollLocked(s.lastPoll)
		s.goneLocked()
		return poll, 0
	case s.state == closed:
		return nil, UnknownSession
	case s.poll != nil:
		s.endLocked(TransportError, ErrPollOverlap)
		s.endPollLocked(engineio.Close)
		return nil, BadRequest
	}
	s.poll = poll
	switch {
	case s.q.waiting() > 0:
		poll.wakeUp()
	case s.probed:
		poll.late = time.After(upgradeGrace)
	}
	return poll, 0
}

// await parks the goroutine until the poll is woken. False means that the
// client has gone, which ends the session.
func (s *Session) await(ctx context.Context, poll *parkedPoll) bool {
	select {
	case <-poll.wake:
		return true
	case <-poll.late:
		return true
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.poll = nil
	if s.state == open {
		s.endLocked(TransportError, ErrPollAborted)
	}
	return false
}

// collect ends the waiting and returns the answer.
func (s *Session) collect(poll *parkedPoll) (body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.poll = nil
	switch poll.end {
	case abortPoll, stalePoll:
		return nil
	case engineio.Noop:
		return []byte{engineio.Noop.Digit()}
	}
	if s.q != nil {
		body, poll.pack = s.q.payload()
		s.q.free()
		s.q = nil
	}
	if poll.end == engineio.Close {
		body = append(engineio.AppendSeparator(body, 0), engineio.Close.Digit())
	}
	if len(body) == 0 {
		body = []byte{engineio.Noop.Digit()}
	}
	s.traffic.send(len(body))
	return body
}

// payload returns the queue as a polling payload, and whether anything of it
// may be compressed.
func (q *outQueue) payload() (body []byte, pack bool) {
	size := 0
	for _, it := range q.items[q.head:] {
		size += 1 + len(it.m.polling())
		pack = pack || !it.m.plain
	}
	body = make([]byte, 0, size)
	for _, it := range q.items[q.head:] {
		body = append(engineio.AppendSeparator(body, 0), it.m.polling()...)
	}
	return body, pack
}

// servePost takes the packets of a POST.
func (s *Session) servePost(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Type") == contentBinary {
		s.fail(TransportError, errBinaryPost) // revision 3 had binary payloads
		refuseCode(w, BadRequest)
		return
	}
	rc := http.NewResponseController(w)
	if code, ok := s.beginPost(rc); !ok {
		refuseCode(w, code)
		return
	}
	body, err := readBody(rc, r, s.srv.opts.MaxPayload)
	s.bodyRead()
	if err == nil {
		err = s.receivePayload(body)
	}
	s.endPost()
	s.answerPost(w, r, err)
}

// beginPost takes the session's turn for a POST. A second POST at the same
// time ends the session.
func (s *Session) beginPost(rc *http.ResponseController) (Code, bool) {
	s.mu.Lock()
	switch {
	case s.ws != nil:
		s.mu.Unlock()
		return BadRequest, false
	case s.state == closed:
		s.mu.Unlock()
		return UnknownSession, false
	case s.posting:
		if s.state == open {
			s.endLocked(TransportError, ErrPostOverlap)
			s.endPollLocked(engineio.Close)
		}
		s.mu.Unlock()
		return BadRequest, false
	}
	s.posting, s.post = true, rc
	s.mu.Unlock()
	s.turn.Lock()
	return 0, true
}

// bodyRead notes that the end of the session need not interrupt the reading of
// a body any more.
func (s *Session) bodyRead() {
	s.mu.Lock()
	s.post = nil
	s.mu.Unlock()
}

func (s *Session) endPost() {
	s.turn.Unlock()
	s.mu.Lock()
	s.posting = false
	s.mu.Unlock()
}

// answerPost answers a POST by what became of it.
func (s *Session) answerPost(w http.ResponseWriter, r *http.Request, err error) {
	var netErr net.Error
	switch {
	case err == nil:
		if s.srv.reply(w, r, contentHTML, []byte("ok")) != nil {
			s.fail(TransportError, ErrPostAborted)
		}
	case errors.Is(err, ErrTooLarge):
		s.cut(TransportClose, ErrTooLarge)
		w.Header().Set("Connection", "close")
		writeError(w, http.StatusRequestEntityTooLarge, BadRequest, ErrTooLarge.Error())
	case errors.Is(err, ErrFlooding):
		s.fail(TransportError, ErrFlooding)
		writeError(w, http.StatusTooManyRequests, BadRequest, ErrFlooding.Error())
	case errors.Is(err, errBadPacket):
		s.fail(ParseError, err)
		refuseCode(w, BadRequest)
	case errors.Is(err, errHeartbeat):
		s.fail(TransportError, err)
		refuseCode(w, BadRequest)
	case errors.As(err, &netErr) && netErr.Timeout():
		s.fail(TransportError, ErrPostAborted)
		w.Header().Set("Connection", "close")
		writeError(w, http.StatusRequestTimeout, BadRequest, "request body took too long")
	default:
		s.fail(TransportError, ErrPostAborted)
		w.Header().Set("Connection", "close")
		refuseCode(w, BadRequest)
	}
}

// receivePayload handles the packets of a body, in the turn of the POST.
func (s *Session) receivePayload(body []byte) error {
	payload := engineio.NewPayload(body)
	for {
		pkt, ok, err := payload.Next()
		if err != nil || ok && !pkt.Binary && pkt.Type == engineio.Message && !utf8.Valid(pkt.Data) {
			return errBadPacket
		}
		if !ok {
			return nil
		}
		if goOn, err := s.heard(pkt); !goOn {
			return err
		}
		switch pkt.Type {
		case engineio.Message:
			s.deliver(pkt)
		case engineio.Ping:
			return errHeartbeat
		case engineio.Close:
			s.closedByClient()
			return nil
		}
	}
}

// heard notes a packet; it reports whether the session still takes packets.
func (s *Session) heard(pkt engineio.Packet) (goOn bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state != open:
		return false, nil
	case !s.allowedLocked(len(pkt.Data)):
		return false, ErrFlooding
	}
	s.heardLocked(pkt.Type)
	return true, nil
}

// closedByClient ends the session after a close packet: the pending poll gets
// a noop. When it returns, the session is unknown.
func (s *Session) closedByClient() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != open {
		return
	}
	if s.poll != nil {
		s.endLocked(TransportClose, nil)
		s.endPollLocked(engineio.Noop)
		return
	}
	s.lingerLocked(TransportClose, engineio.Noop)
	s.mu.Unlock()
	select {
	case <-s.fetched:
	case <-time.After(closeGrace):
	}
	s.mu.Lock()
	s.goneLocked()
}

// fail ends a polling session because of its client.
func (s *Session) fail(reason Reason, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == open && s.ws == nil {
		s.endLocked(reason, err)
		s.endPollLocked(engineio.Close)
	}
}

// cut is fail, but the parked poll ends with its connection: official clients
// report "transport error" then, whichever of poll and POST they hear of first.
func (s *Session) cut(reason Reason, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == open && s.ws == nil {
		s.endLocked(reason, err)
		s.endPollLocked(abortPoll)
	}
}

// lingerLocked ends a session between two polls: it stays known until the next
// one has been answered in the given way.
func (s *Session) lingerLocked(reason Reason, end engineio.Type) {
	s.state, s.lastPoll, s.fetched = lingering, end, make(chan struct{})
	s.settleLocked(reason, nil)
	s.srv.beat.schedule(s, lingerDue, s.srv.beat.now()+lingerPoll)
}

// goneLocked forgets a lingering session.
func (s *Session) goneLocked() {
	if s.state == lingering {
		s.state = closed
		close(s.fetched)
		s.srv.beat.cancel(s)
		s.srv.unlist(s)
	}
}

// forgetLingering does not wait for the last poll of the session.
func (s *Session) forgetLingering() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.goneLocked()
}

var errBinaryPost = errors.New("engine: binary post body: revision 4 has base64 packets")

// readBody reads a body of at most limit bytes. It refuses what is declared
// too long before reading, and grows with what comes, not with what is
// declared.
func readBody(rc *http.ResponseController, r *http.Request, limit int) ([]byte, error) {
	if r.ContentLength > int64(limit) {
		return nil, ErrTooLarge
	}
	_ = rc.SetReadDeadline(time.Now().Add(bodyTimeout))
	body := make([]byte, 0, min(max(r.ContentLength+1, 512), 4<<10))
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > limit:
			return nil, ErrTooLarge
		case err == io.EOF:
			_ = rc.SetReadDeadline(time.Time{})
			return body, nil
		case err != nil:
			return nil, err
		}
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
	}
}
