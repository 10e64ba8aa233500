//go:build !linux

package engine

// Without epoll every connection keeps its goroutine.

type parkingLot struct{}

func (*parkingLot) close()    {}
func (*wsConn) park() bool    { return false }
func (*wsConn) unparkLocked() {}
