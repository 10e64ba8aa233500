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
