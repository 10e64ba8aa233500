package engine

import (
	"slices"
	"sync"
)

// outQueue holds what a session could not or should not send yet. A session
// without such messages has no queue. Messages are shared, so what is queued
// for many slow clients exists once.
type outQueue struct {
	items []queued
	head  int // items before it are gone
	bytes int // of all items
	held  int // of these, the bytes at the end that wait for Send or Flush
}

type queued struct {
	m   *Message
	off int // bytes of m.frames that are sent already; only ever of the first item
}

var queues = sync.Pool{New: func() any { return new(outQueue) }}

func (q *outQueue) push(m *Message, off int) {
	q.items = append(q.items, queued{m, off})
	q.bytes += len(m.frames) - off
}

// pushFront puts m before all others; off bytes of it are sent already. Nothing
// of the others is.
func (q *outQueue) pushFront(m *Message, off int) {
	q.items = slices.Insert(q.items, q.head, queued{m, off})
	q.bytes += len(m.frames) - off
}

// messageCost is about what a queued message takes besides its bytes. A peer
// that provokes answers of a few bytes, and does not read them, would else make
// us keep a multiple of the limit.
const messageCost = 64

// cost returns what the queue counts towards MaxQueueBytes.
func (q *outQueue) cost() int { return q.bytes + messageCost*(len(q.items)-q.head) }

// size returns all bytes of the queue.
func (q *outQueue) size() int {
	if q == nil {
		return 0
	}
	return q.bytes
}

// waiting returns the bytes that were to be sent already.
func (q *outQueue) waiting() int {
	if q == nil {
		return 0
	}
	return q.bytes - q.held
}

// gather copies from the front of the queue into b and returns how much.
func (q *outQueue) gather(b []byte) (n int) {
	for _, it := range q.items[q.head:] {
		n += copy(b[n:], it.m.frames[it.off:])
		if n == len(b) {
			break
		}
	}
	return n
}

// advance removes n bytes from the front.
func (q *outQueue) advance(n int) {
	q.bytes -= n
	for n > 0 {
		it := &q.items[q.head]
		rest := len(it.m.frames) - it.off
		if n < rest {
			it.off += n
			return
		}
		n -= rest
		*it = queued{}
		q.head++
	}
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
}

// free empties the queue and returns it to the pool.
func (q *outQueue) free() {
	clear(q.items)
	if cap(q.items) > 256 {
		q.items = nil
	}
	*q = outQueue{items: q.items[:0]}
	queues.Put(q)
}
