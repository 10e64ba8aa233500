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
	// replyTimeout bounds the writing of one answer.
	replyTimeout = 20 * time.Second
	// lingerPoll is how long the rest of a session that was closed between
	// two polls waits to be fetched. The reference server waits as long.
	lingerPoll = 30 * time.Second
	// closeGrace is how long a close packet waits for the poll that the
	// client sent at the same time and that came in later.
	closeGrace = 50 * time.Millisecond
)

// parkedPoll is a GET that waits for something to send.
type parkedPoll struct {
	wake chan struct{} // of capacity one: a wake-up is never lost
	end  engineio.Type // how the poll ends, if not with what is queued; guarded by Session.mu
	pack bool          // the answer may be compressed; set by collect
}

// Ends of a parked poll besides engineio.Close (what is queued, then a close
// packet) and engineio.Noop (a noop alone).
const (
	endQueued engineio.Type = 0xff // what is queued, or a noop
	abortPoll engineio.Type = 0xfe // the connection is cut
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
	body, ok := s.collect(poll)
	if !ok {
		panic(http.ErrAbortHandler) // Kill: net/http cuts the connection
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
	case s.state == lingering:
		s.poll = poll
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
	if s.q.waiting() > 0 || s.probed {
		poll.wakeUp()
	}
	return poll, 0
}

// await parks the goroutine until the poll is woken. False means that the
// client has gone, which ends the session.
func (s *Session) await(ctx context.Context, poll *parkedPoll) bool {
	select {
	case <-poll.wake:
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

// collect ends the waiting and returns the answer; ok is false if there must
// be none.
func (s *Session) collect(poll *parkedPoll) (body []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.poll = nil
	switch poll.end {
	case abortPoll:
		return nil, false
	case engineio.Noop:
		return []byte{engineio.Noop.Digit()}, true
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
	return body, true
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
		s.fail(TransportClose, ErrTooLarge)
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
