package engine

import "sync/atomic"

// traffic counts what one session sends and receives. It is written under
// Session.mu, on a cache line that is written anyway, and read without.
type traffic struct{ sent, received, packets atomic.Uint64 }

func (t *traffic) send(n int) {
	if n > 0 {
		t.sent.Store(t.sent.Load() + uint64(n))
	}
}

func (t *traffic) receive(n int) {
	t.received.Store(t.received.Load() + uint64(n))
	t.packets.Store(t.packets.Load() + 1)
}

// Traffic is what went through sessions, in bytes as they were given to the
// connection: with websocket headers, without those of HTTP and TLS.
type Traffic struct {
	Sent     uint64 // bytes
	Received uint64 // bytes of the packets' data
	Packets  uint64 // received
}

func (t *Traffic) add(s *traffic) {
	t.Sent += s.sent.Load()
	t.Received += s.received.Load()
	t.Packets += s.packets.Load()
}

// take moves the counts of s to t. Nobody sees them twice or not at all:
// Server.mu is held, as it is by whoever sums up. What s counts at this moment
// may be lost, which is why it is for sessions that have ended.
func (t *Traffic) take(s *traffic) {
	t.Sent += s.sent.Swap(0)
	t.Received += s.received.Swap(0)
	t.Packets += s.packets.Swap(0)
}

// Census is what the sessions of this moment are like.
type Census struct {
	Traffic                // of all sessions since the server was made; only ever grows
	Polling, WebSocket int // open sessions by transport
	Blocked            int // of these, sessions whose peer does not take what was sent
	Queued             int // bytes that wait for all peers
	Held               int // of these, bytes that wait for the next write
}

// Census looks at all sessions, one after the other: for each scrape of the
// metrics, not for each tick.
func (srv *Server) Census() (c Census) {
	sessions := make([]*Session, 0, srv.Sessions())
	srv.mu.Lock()
	c.Traffic = srv.past
	for _, s := range srv.sessions {
		c.Traffic.add(&s.traffic)
		sessions = append(sessions, s)
	}
	srv.mu.Unlock()
	for _, s := range sessions {
		c.count(s)
	}
	return c
}

func (c *Census) count(s *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state != open:
		return
	case s.ws != nil:
		c.WebSocket++
	default:
		c.Polling++
	}
	if s.q == nil {
		return
	}
	c.Queued += s.q.bytes
	c.Held += s.q.held
	if s.ws != nil && !s.batched && s.q.waiting() > 0 {
		c.Blocked++
	}
}

// Traffic returns what went through the session.
func (s *Session) Traffic() (t Traffic) {
	t.add(&s.traffic)
	return t
}
