package lobby

import (
	"sync"

	"tickwire/codec/socketio"
)

// inputQueue takes the inputs of one player. The connection's goroutine puts
// them in, the match takes them out once per tick. Payloads are copied into
// buffers that are used again, so that nothing is allocated in steady state.
type inputQueue struct {
	mu    sync.Mutex // guards the following
	open  bool       // a match takes inputs
	in    inputRing
	seq   uint32 // of the newest input accepted
	acked uint32 // newest tick that the client says it has applied
	tick  uint32 // that inputs were last taken for
	ahead uint32 // ticks that an input may be meant for after that
	stats inputStats

	// Owned by the match.
	todo       inputRing
	merged     []byte // of several inputs of a tick
	spare      []byte // for the next merge
	last       []byte // payload that is held; empty: none
	lastAt     uint32 // tick when it came
	fresh      bool   // an input was applied in this tick
	flood      uint64 // surplus inputs since floodSince
	floodSince uint32
}

// inputStats counts what became of the inputs since the last take.
type inputStats struct {
	accepted, stale, surplus, early uint64
}

// reset opens the queue for a match, with room for size inputs, and forgets
// the sequence: a client counts anew in each match and after a reconnection.
func (q *inputQueue) reset(size int, tick, ahead uint32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open, q.seq, q.acked = true, 0, 0
	q.tick, q.ahead, q.last = tick, ahead, q.last[:0]
	q.flood, q.floodSince = 0, tick
	q.in.reset(size)
	q.todo.reset(size)
}

func (q *inputQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open = false
}

// put takes an acknowledgement and, with a payload, an input. When the queue
// is full the oldest input makes room: newest wins, and a client that sends
// too fast only ever delays itself.
func (q *inputQueue) put(in *Sent, payload []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.open {
		return
	}
	q.acked = max(q.acked, in.Acked)
	switch {
	case len(payload) == 0:
	case in.Seq <= q.seq:
		q.stats.stale++
	default:
		q.seq = in.Seq
		q.stats.accepted++
		if q.in.push(in.Seq, q.due(in.For), viewOrAck(in), payload) {
			q.stats.surplus++
		}
	}
}

// due bounds the tick that an input is meant for; 0 = the next.
func (q *inputQueue) due(tick uint32) uint32 {
	if latest := q.tick + 1 + q.ahead; tick > latest {
		q.stats.early++
		return latest
	}
	return tick
}

func viewOrAck(in *Sent) uint64 {
	if view := viewUnits(in.View); view != 0 {
		return view
	}
	return uint64(in.Acked) << 8
}

// merge makes one of the merged input and a newer one. What is no value is not
// believed, whoever wrote the function.
func (q *inputQueue) merge(merge func(dst, older, newer []byte) []byte, newer []byte) {
	if merge != nil {
		q.spare = merge(q.spare[:0], q.merged, newer)
		if n, err := socketio.Validate(q.spare, socketio.Limits{}); err == nil && n == len(q.spare) {
			q.merged, q.spare = q.spare, q.merged
			return
		}
	}
	q.merged = append(q.merged[:0], newer...)
}

// take makes waiting inputs available in todo, and returns the newest
// acknowledged tick and what was counted since the last call. tick is the last
// that was closed.
func (q *inputQueue) take(tick uint32) (acked uint32, stats inputStats) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tick = tick + 1
	if q.todo.n == 0 && q.in.n > 0 {
		q.todo, q.in = q.in, q.todo
	}
	for q.in.n > 0 && q.todo.n < len(q.todo.slots) { // some wait for their tick
		s := q.in.oldest()
		q.todo.push(s.seq, s.due, s.view, s.data)
		q.in.drop()
	}
	stats, q.stats = q.stats, inputStats{}
	return q.acked, stats
}

// inputRing is a queue of inputs with a fixed number of places.
type inputRing struct {
	slots   []inputSlot
	head, n int
}

type inputSlot struct {
	seq  uint32
	due  uint32 // tick that it is meant for; 0 = the next
	view uint64 // in 1/256 ticks
	data []byte
}

func (r *inputRing) reset(size int) {
	if len(r.slots) != size {
		r.slots = make([]inputSlot, size)
	}
	r.head, r.n = 0, 0
}

// push appends a copy and tells whether the oldest input was lost to it.
func (r *inputRing) push(seq, due uint32, view uint64, payload []byte) (lost bool) {
	if lost = r.n == len(r.slots); lost {
		r.drop()
	}
	s := &r.slots[(r.head+r.n)%len(r.slots)]
	s.seq, s.due, s.view, s.data = seq, due, view, append(s.data[:0], payload...)
	r.n++
	return lost
}

// oldest returns the oldest input; there is one. It is valid until drop.
func (r *inputRing) oldest() *inputSlot { return &r.slots[r.head] }

func (r *inputRing) drop() {
	r.head = (r.head + 1) % len(r.slots)
	r.n--
}
