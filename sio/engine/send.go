package engine

import "tickwire/codec/engineio"

// Send sends m with everything held before it, now if the client can take it,
// else as soon as it can. It returns ErrClosed after the session's end and
// ErrSlowClient if this message ended it.
func (s *Session) Send(m *Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sendLocked(m)
}

func (s *Session) sendLocked(m *Message) error {
	if s.state != open {
		return ErrClosed
	}
	if s.fd >= 0 && s.q == nil && !s.flushing {
		m = s.formLocked(m)
		n, err := rawWrite(s.fd, m.frames)
		s.traffic.send(n)
		if n == len(m.frames) {
			return nil
		}
		if err != nil {
			return s.lostLocked(err)
		}
		s.queueLocked(m, n)
		s.startFlusherLocked()
		return nil
	}
	if err := s.roomLocked(len(m.frames)); err != nil {
		return err
	}
	s.queueLocked(m, 0)
	return s.flushLocked()
}

// SendVolatile sends m if the client can take it now, else drops it and
// returns ErrDropped.
func (s *Session) SendVolatile(m *Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == open && !s.takesLocked(len(m.frames)) {
		s.srv.stats.dropped.Add(1)
		return ErrDropped
	}
	return s.sendLocked(m)
}

// takesLocked tells whether n bytes would leave now. While the session is in a
// batch nobody knows, but the batch is over soon.
func (s *Session) takesLocked(n int) bool {
	if s.batched {
		return s.q == nil || s.q.cost()+n <= s.srv.opts.MaxQueueBytes
	}
	return !s.flushing && s.q.waiting() == 0 && (s.ws != nil || s.poll != nil)
}

// Hold queues m; it leaves in the same write as the next Send, SendStamped or
// Flush.
func (s *Session) Hold(m *Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != open {
		return ErrClosed
	}
	if err := s.roomLocked(len(m.frames)); err != nil {
		return err
	}
	before := s.q.size()
	s.queueLocked(m, 0)
	s.q.held += s.q.bytes - before
	return nil
}

// Flush sends what is held.
func (s *Session) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != open {
		return ErrClosed
	}
	return s.flushLocked()
}

// SendStamped sends st with stamp in its slot, as Send does. It panics if
// stamp has not the width of the slot. It does not allocate unless the bytes
// must be queued.
func (s *Session) SendStamped(st *Stamped, stamp []byte) error {
	st.stamp(stamp)
	return s.sendStamped(st)
}

func (s *Session) sendStamped(st *Stamped) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != open {
		return ErrClosed
	}
	n := 0
	if s.fd >= 0 && !s.flushing {
		var err error
		if s.q == nil {
			n, err = rawWrite(s.fd, st.frames)
			s.traffic.send(n)
		} else {
			n, err = s.offerLocked(st.frames)
		}
		if n == len(st.frames) {
			return nil
		}
		if err != nil {
			return s.lostLocked(err)
		}
	}
	if err := s.roomLocked(len(st.frames) - n); err != nil {
		return err
	}
	s.queueLocked(st.message(), n)
	return s.flushLocked()
}

// Backlog returns the bytes that were to be sent but that the client has not
// taken: on websocket what the kernel refused, on polling what waits for the
// next poll. Messages that are only held do not count.
func (s *Session) Backlog() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != open {
		return 0
	}
	return s.q.waiting()
}

// roomLocked ends the session if n more bytes are too many to wait. A message
// to a client that has nothing waiting always has room.
func (s *Session) roomLocked(n int) error {
	if s.q == nil || s.q.cost()+n <= s.srv.opts.MaxQueueBytes {
		return nil
	}
	s.srv.stats.slow.Add(1)
	if s.ws != nil {
		s.dropLocked(TransportError, ErrSlowClient)
	} else {
		s.endLocked(TransportError, ErrSlowClient)
		s.endPollLocked(engineio.Close)
		s.q.free()
		s.q = nil
	}
	return ErrSlowClient
}

// formLocked returns m as it goes over the session's transport.
func (s *Session) formLocked(m *Message) *Message {
	if !s.pack {
		return m
	}
	return m.compressed(s.srv.opts.CompressionThreshold)
}

// reformLocked gives what waited for polls the form of a websocket.
func (s *Session) reformLocked() {
	if s.q == nil {
		return
	}
	s.q.bytes = 0
	for i := range s.q.items[s.q.head:] {
		it := &s.q.items[s.q.head+i]
		it.m = s.formLocked(it.m)
		s.q.bytes += len(it.m.frames)
	}
}

// queueLocked appends m; off bytes of it are sent already.
func (s *Session) queueLocked(m *Message, off int) {
	if s.q == nil {
		s.q = queues.Get().(*outQueue)
	}
	s.q.push(s.formLocked(m), off)
}

// flushLocked gets the queue on its way.
func (s *Session) flushLocked() error {
	if s.q == nil {
		return nil
	}
	s.q.held = 0
	switch {
	case s.ws == nil:
		s.poll.wakeUp()
	case s.flushing:
	case s.fd < 0:
		s.startFlusherLocked()
	default:
		if _, err := s.offerLocked(nil); err != nil {
			return s.lostLocked(err)
		}
		if s.q != nil {
			s.startFlusherLocked()
		}
	}
	return nil
}

// offerLocked writes the queue, and tail behind it, as far as the kernel takes
// them without waiting, gathered so that it is one write unless it is long. It
// returns how much of tail went; a queue that is empty is gone. (Copying 330
// bytes together costs 120 ns; writev costs 250 ns more than write.)
func (s *Session) offerLocked(tail []byte) (taken int, err error) {
	buf := takeChunk(s.q.bytes+len(tail) > len(chunk{}))
	defer putChunk(buf)
	for s.q != nil || taken < len(tail) {
		n, k := 0, 0
		if s.q != nil {
			n = s.q.gather(buf)
		}
		if s.q == nil || n == s.q.bytes {
			k = copy(buf[n:], tail[taken:])
		}
		w, err := rawWrite(s.fd, buf[:n+k])
		s.traffic.send(w)
		if s.q != nil {
			s.q.advance(min(w, n))
			if s.q.bytes == 0 {
				s.q.free()
				s.q = nil
			}
		}
		taken += max(w-n, 0)
		if err != nil || w < n+k {
			return taken, err
		}
	}
	return taken, nil
}

// lostLocked ends the session after a failed write: the connection is broken.
func (s *Session) lostLocked(err error) error {
	s.dropLocked(TransportClose, err)
	return ErrClosed
}

// startFlusherLocked hands the writing to a flusher, which lives until the
// queue is drained.
func (s *Session) startFlusherLocked() {
	s.flushing = true
	s.ws.users++
	s.srv.stats.blocked.Add(1)
	go s.flusher(s.ws) // owned by the wsConn: it counts in users
}

// flusher writes the queue of c with writes that wait.
func (s *Session) flusher(c *wsConn) {
	defer c.release()
	buf := takeChunk(true)
	defer putChunk(buf)
	for {
		n := s.nextForFlusher(buf)
		if n == 0 {
			return
		}
		w, err := c.conn.Write(buf[:n])
		s.mu.Lock()
		s.traffic.send(w)
		s.q.advance(n)
		if err != nil {
			s.flushing = false
			_ = s.lostLocked(err)
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}

// nextForFlusher copies the next bytes to be written into buf. Zero means that
// all is written and the flusher's time is over.
func (s *Session) nextForFlusher(buf []byte) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.q.held = 0
	n := s.q.gather(buf)
	if n == 0 {
		s.flushing = false
		s.q.free()
		s.q = nil
	}
	return n
}
