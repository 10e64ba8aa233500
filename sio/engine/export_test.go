package engine

// Parked reports whether a poll of s waits: nothing outside can see that.
func Parked(s *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.poll != nil
}

// Posting reports whether a POST of s is being read.
func Posting(s *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.posting
}

// Probing reports whether a websocket is being tried for s.
func Probing(s *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.probe != nil
}

// ReaderParked reports whether the session's websocket is read by no goroutine.
func ReaderParked(s *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ws != nil && s.ws.parked
}

// ParkAlways makes a server, before it serves, park connections after everything
// that they say.
func ParkAlways(srv *Server) { srv.silence = 0 }

// Conns returns the number of websockets that are not closed.
func Conns(srv *Server) int {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return len(srv.conns)
}

// ParseUpgrade is what Listener takes of a connection's first bytes.
var ParseUpgrade = parseUpgrade

// LoseAnswer has a send to s left without an answer of the kernel.
func LoseAnswer(s *Session) {
	fd := s.claim(true)
	s.settle(&ringSend{s: s, fd: fd, frames: []byte{0}, res: resMissing})
}
