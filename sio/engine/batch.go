package engine

// Batch gathers what one goroutine sends to many sessions, so that several
// messages leave with each system call (io_uring, on Linux). Where that is not to
// be had, or not for a session (TLS, polling, compression, something waits
// already), it sends as the methods of Session do. What one goroutine sends to a
// session arrives in that order, with and without a Batch.
//
// A message may wait until Flush, and what others send to its session waits
// behind it. So nothing that may wait or call out belongs between, and Flush is
// to be deferred:
//
//	var b engine.Batch
//	defer b.Flush()
//	for each session { b.SendStamped(session, st, stamp) }
//
// The zero value is ready; a nil Batch sends at once. A Batch belongs to one
// goroutine at a time.
type Batch struct {
	ring *ring
	none bool // no ring was to be had: not asked for again before Flush
}

// Send is [Session.Send]. A failure that shows only at Flush is told to the
// session's handler alone.
func (b *Batch) Send(s *Session, m *Message) error {
	if b.take(s, m) {
		return nil
	}
	return s.Send(m)
}

// SendVolatile is [Session.SendVolatile], likewise.
func (b *Batch) SendVolatile(s *Session, m *Message) error {
	if b.take(s, m) {
		return nil
	}
	return s.SendVolatile(m)
}

// SendStamped is [Session.SendStamped], likewise.
func (b *Batch) SendStamped(s *Session, st *Stamped, stamp []byte) error {
	st.stamp(stamp)
	r := b.room(s, len(st.frames))
	if r == nil {
		return s.sendStamped(st)
	}
	fd := s.claim(true)
	if fd < 0 {
		return s.sendStamped(st)
	}
	r.addCopy(s, fd, st.frames)
	b.added()
	return nil
}

// take puts m into the batch if that is possible.
func (b *Batch) take(s *Session, m *Message) bool {
	r := b.room(s, len(m.frames))
	if r == nil {
		return false
	}
	fd := s.claim(m.plain)
	if fd < 0 {
		return false
	}
	r.add(s, fd, m.frames, m)
	b.added()
	return true
}

// room returns a ring with room for size bytes, or nil.
func (b *Batch) room(s *Session, size int) *ring {
	if b == nil || b.none || size > ringBytes {
		return nil
	}
	if b.ring != nil && !b.ring.fits(size) {
		b.submit()
	}
	if b.ring == nil {
		b.ring = s.srv.rings.take()
		b.none = b.ring == nil
	}
	return b.ring
}

// added sends what is there once no more fits: sessions are not held for longer
// than need be.
func (b *Batch) added() {
	if b.ring.n == ringSends {
		b.submit()
	}
}

func (b *Batch) submit() {
	if err := b.ring.submit(); err != nil {
		b.ring.home.retire(b.ring, err)
		b.ring, b.none = nil, true
	}
}

// Flush sends what waits. The Batch can be used again.
func (b *Batch) Flush() {
	if b == nil {
		return
	}
	if b.ring != nil && b.ring.n > 0 {
		b.submit()
	}
	if b.ring != nil {
		b.ring.home.give(b.ring)
	}
	*b = Batch{}
}

// claim makes the caller the one who writes to the session, until settle, and
// returns the descriptor; -1 if that cannot be. The descriptor is not closed
// meanwhile. plain tells that nothing is to be compressed.
func (s *Session) claim(plain bool) (fd int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != open || s.fd < 0 || s.q != nil || s.flushing || s.pack && !plain {
		return -1
	}
	s.flushing, s.batched = true, true
	return s.fd
}

// settle ends what claim began, with what came of it.
func (s *Session) settle(t *ringSend) {
	n, err := t.outcome()
	s.mu.Lock()
	s.flushing, s.batched = false, false
	s.traffic.send(n)
	switch {
	case s.state != open && s.ws.cut:
		s.dropLocked("", nil) // with what was queued meanwhile
	case err != nil:
		_ = s.lostLocked(err)
	case n < len(t.frames):
		s.requeueLocked(t, n)
	case s.q.waiting() > 0:
		_ = s.flushLocked()
	}
	if s.state == open {
		s.mu.Unlock()
		return
	}
	s.leaveLocked()
}

// requeueLocked sends what the kernel did not take, before what was queued
// meanwhile, as soon as it does.
func (s *Session) requeueLocked(t *ringSend, n int) {
	if s.state == open && s.roomLocked(len(t.frames)-n) != nil {
		return
	}
	if s.q == nil {
		s.q = queues.Get().(*outQueue)
	}
	s.q.pushFront(t.message(), n)
	_ = s.flushLocked()
}

// leaveLocked closes the connection of a session that has ended if it was held
// open for the batch alone. It unlocks.
func (s *Session) leaveLocked() {
	c := s.ws
	c.users++ // its reader may have gone meanwhile
	killed := c.killed
	s.mu.Unlock()
	if killed {
		c.close()
	}
	c.release()
}
