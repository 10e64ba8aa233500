package engine

import (
	"sync"
	"time"
)

// heartbeat is the one clock of all sessions of a server. All sessions have
// the same delays, so sessions that wait for the same thing form a list in the
// order of their deadlines: adding, moving and removing are a few pointer
// writes, and one timer, armed for the earliest deadline, serves them all. It
// is exact: nothing is rounded to a slot.
//
// Lock order: Session.mu before heartbeat.mu.
type heartbeat struct {
	start time.Time // deadlines count from here, on the monotonic clock

	mu     sync.Mutex // guards the following, and Session.beat
	lists  [3]dueList
	timer  *time.Timer
	armed  bool
	at     time.Duration // when the timer is due, while armed
	firing bool
}

// What a session can wait for: an index into heartbeat.lists.
const (
	pingDue   = iota // the next ping
	pongDue          // the pong
	lingerDue        // the poll that fetches a closing session's rest
)

// dueList is a doubly linked list of sessions, earliest deadline first.
type dueList struct{ head, tail *Session }

// beat is a session's place in a list.
type beat struct {
	prev, next *Session
	list       *dueList // nil: in none
	at         time.Duration
}

func newHeartbeat() *heartbeat { return &heartbeat{start: time.Now()} }

func (h *heartbeat) now() time.Duration { return time.Since(h.start) }

// schedule moves s to a list with the deadline at.
func (h *heartbeat) schedule(s *Session, list int, at time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.removeLocked(s)
	h.insertLocked(s, &h.lists[list], at)
	h.armLocked()
}

// cancel takes s out of its list.
func (h *heartbeat) cancel(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.removeLocked(s)
	h.armLocked()
}

// waiting reports whether s is in a list.
func (h *heartbeat) waiting(s *Session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return s.beat.list != nil
}

// expire acts on a pong that is overdue, for callers that must not depend on
// how soon the timer's goroutine runs. It reports whether it did.
func (h *heartbeat) expire(s *Session) bool {
	h.mu.Lock()
	at := s.beat.at
	over := s.beat.list == &h.lists[pongDue] && at <= h.now()
	if over {
		h.removeLocked(s)
	}
	h.mu.Unlock()
	if over {
		s.due(pongDue, at)
	}
	return over
}

// insertLocked puts s where its deadline belongs: at the end, or near it when
// the caller's clock was read before another's.
func (h *heartbeat) insertLocked(s *Session, l *dueList, at time.Duration) {
	after := l.tail
	for after != nil && after.beat.at > at {
		after = after.beat.prev
	}
	s.beat = beat{prev: after, list: l, at: at}
	if after != nil {
		s.beat.next, after.beat.next = after.beat.next, s
	} else {
		s.beat.next, l.head = l.head, s
	}
	if s.beat.next != nil {
		s.beat.next.beat.prev = s
	} else {
		l.tail = s
	}
}

func (h *heartbeat) removeLocked(s *Session) {
	b := &s.beat
	if b.list == nil {
		return
	}
	if b.prev != nil {
		b.prev.beat.next = b.next
	} else {
		b.list.head = b.next
	}
	if b.next != nil {
		b.next.beat.prev = b.prev
	} else {
		b.list.tail = b.prev
	}
	*b = beat{}
}

// earliestLocked returns the next deadline and its list, or -1.
func (h *heartbeat) earliestLocked() (at time.Duration, list int) {
	list = -1
	for i := range h.lists {
		if s := h.lists[i].head; s != nil && (list < 0 || s.beat.at < at) {
			at, list = s.beat.at, i
		}
	}
	return at, list
}

// armLocked makes the timer match the earliest deadline. A timer that is due
// too early stays: when it fires it is armed anew, which costs less than
// moving it at every pong.
func (h *heartbeat) armLocked() {
	at, list := h.earliestLocked()
	switch {
	case h.firing || h.armed && list >= 0 && h.at <= at:
	case list < 0:
		if h.armed {
			h.timer.Stop()
			h.armed = false
		}
	default:
		h.armed, h.at = true, at
		if d := at - h.now(); h.timer == nil {
			h.timer = time.AfterFunc(d, h.fire)
		} else {
			h.timer.Reset(d)
		}
	}
}

// fire acts on every deadline that has passed, on the timer's goroutine.
func (h *heartbeat) fire() {
	h.mu.Lock()
	h.armed = false
	if h.firing {
		h.mu.Unlock()
		return
	}
	h.firing = true
	for {
		at, list := h.earliestLocked()
		if list < 0 || at > h.now() {
			break
		}
		s := h.lists[list].head
		h.removeLocked(s)
		h.mu.Unlock()
		s.due(list, at)
		h.mu.Lock()
	}
	h.firing = false
	h.armLocked()
	h.mu.Unlock()
}
