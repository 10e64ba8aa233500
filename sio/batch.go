package sio

import "tickwire/sio/engine"

// Batch gathers what one goroutine sends to many sockets, so that several
// messages leave with one system call where the system can do that; see
// [engine.Batch] for what must not happen between a send and Flush. Broadcasts
// use one by themselves.
//
// The zero value is ready. A Batch belongs to one goroutine at a time.
type Batch struct{ b engine.Batch }

// SendStamped is [Socket.SendStamped] to a socket; the bytes may wait until
// Flush.
func (b *Batch) SendStamped(s *Socket, st *Stamped, stamp uint32) error {
	return s.sendStamped(&b.b, st, stamp)
}

// Flush sends what waits.
func (b *Batch) Flush() { b.b.Flush() }
