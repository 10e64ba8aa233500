package engine

import (
	"os"
	"sync"
	"syscall"
)

// parkingLot watches the connections that have fallen silent, in one epoll set,
// so that they need no goroutine. Whoever becomes readable gets one again.
//
// The set's own descriptor is waited for by the runtime's poller: no thread
// sleeps for it. A connection is watched for one event at a time, so while a
// goroutine reads it the set stays quiet, and nothing has to be taken out: the
// kernel forgets a descriptor when it is closed.
//
// Lock order: Session.mu before parkingLot.mu.
type parkingLot struct {
	mu     sync.Mutex // guards the following
	set    *os.File   // nil: not made yet, or not to be had
	fd     int        // of set; os.File.Fd would make it blocking
	shut   bool
	parked []*wsConn // by descriptor

	events  [128]syscall.EpollEvent // owned by watch
	watcher sync.WaitGroup
}

// parkedEvents is what a parked connection waits for. An event that came before
// is told at once, so none is lost between the last read and the parking.
const parkedEvents = syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLONESHOT

// park gives up the reader's goroutine until bytes come or the session ends; the
// caller must return. False means that it has to go on reading.
func (c *wsConn) park() bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.ws != c || c.s.state != open || c.fd < 0 {
		return false // a deadline has to be kept
	}
	op := syscall.EPOLL_CTL_ADD
	if c.watched {
		op = syscall.EPOLL_CTL_MOD
	}
	c.parked = c.s.srv.lot.add(c, op)
	c.watched = c.watched || c.parked
	return c.parked
}

// unparkLocked gives a parked connection a goroutine.
func (c *wsConn) unparkLocked() {
	if c.parked {
		c.parked = false
		c.s.srv.lot.remove(c.fd)
		go c.read(nil) // owned by the wsConn: the parked reader counts in users
	}
}

func (l *parkingLot) add(c *wsConn, op int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.openedLocked() {
		return false
	}
	if missing := c.fd + 1 - len(l.parked); missing > 0 {
		l.parked = append(l.parked, make([]*wsConn, missing)...)
	}
	l.parked[c.fd] = c
	if syscall.EpollCtl(l.fd, op, c.fd, &syscall.EpollEvent{Events: parkedEvents, Fd: int32(c.fd)}) != nil {
		l.parked[c.fd] = nil // the system's limit of watches
		return false
	}
	return true
}

func (l *parkingLot) remove(fd int) {
	l.mu.Lock()
	l.parked[fd] = nil
	l.mu.Unlock()
}

// openedLocked makes the set when it is first needed.
func (l *parkingLot) openedLocked() bool {
	if l.set != nil || l.shut {
		return !l.shut
	}
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return false
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // what os.NewFile looks at
		_ = syscall.Close(fd)
		return false
	}
	l.fd, l.set = fd, os.NewFile(uintptr(fd), "epoll")
	raw, err := l.set.SyscallConn()
	if err != nil {
		_ = l.set.Close()
		l.shut = true
		return false
	}
	l.watcher.Go(func() { _ = raw.Read(l.wake) }) // ends with close
	return true
}

// wake gives a goroutine to each connection that is ready. It always asks to
// be called again when there are more.
//
// An event may come too late: its connection has a goroutine already, or is
// closed and its number another's. That one is then read by a goroutine for
// a while, which is no harm.
func (l *parkingLot) wake(uintptr) bool {
	for {
		n, err := syscall.EpollWait(l.fd, l.events[:], 0)
		if err == syscall.EINTR {
			continue
		}
		if n <= 0 {
			return false
		}
		for _, e := range l.events[:n] {
			if c := l.at(int(e.Fd)); c != nil {
				c.s.mu.Lock()
				c.unparkLocked()
				c.s.mu.Unlock()
			}
		}
	}
}

func (l *parkingLot) at(fd int) *wsConn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.parked[fd]
}

// close ends the watching, when nothing is parked any more.
func (l *parkingLot) close() {
	l.mu.Lock()
	l.shut = true
	set := l.set
	l.mu.Unlock()
	if set != nil {
		_ = set.Close()
		l.watcher.Wait()
	}
}
