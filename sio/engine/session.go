package engine

// Session is one Engine.IO connection, over whatever transports it lives.
type Session struct {
	id string
}

// ID returns the session id: at least 96 random bits, safe in URLs.
func (s *Session) ID() string { return s.id }

// Transport returns the current transport.
func (s *Session) Transport() Transport { return Polling }

// Handshake returns the facts of the session's first request.
func (s *Session) Handshake() *Handshake { return nil }

// Close ends the session in an orderly way: what is queued is still sent, then
// the client is told. The handler's Closed follows with reason.
func (s *Session) Close(reason Reason) {}

// Kill cuts the connection without telling the client.
func (s *Session) Kill() {}

// Send sends m with everything held before it, now if the client can take it,
// else as soon as it can. It returns ErrClosed after the session's end and
// ErrSlowClient if this message ended it.
func (s *Session) Send(m *Message) error { return nil }

// SendVolatile sends m if the client can take it now, else drops it and
// returns ErrDropped.
func (s *Session) SendVolatile(m *Message) error { return nil }

// Hold queues m; it leaves in the same write as the next Send, SendStamped or
// Flush.
func (s *Session) Hold(m *Message) error { return nil }

// Flush sends what is held.
func (s *Session) Flush() error { return nil }

// SendStamped sends st with stamp in its slot, as Send does. stamp must have
// the width of the slot. It does not allocate unless the bytes must be queued.
func (s *Session) SendStamped(st *Stamped, stamp []byte) error { return nil }

// Backlog returns the bytes that were to be sent but that the client has not
// taken: on websocket what the kernel refused, on polling what waits for the
// next poll. Messages that are only held do not count.
func (s *Session) Backlog() int { return 0 }
