package lobby

import "sync"

// inputQueue takes the inputs of one player. The connection's goroutine puts
// them in, the match takes them out once per tick. Payloads are copied into
// buffers that are used again, so that nothing is allocated in steady state.
type inputQueue struct {
	mu    sync.Mutex // guards the following
	open  bool       // a match takes inputs
	in    inputRing
	seq   uint32 // of the newest input accepted
	acked uint32 // newest tick that the client says it has applied
	stats inputStats

	// Owned by the match.
	todo inputRing
}

// inputStats counts what became of the inputs since the last take.
type inputStats struct {
	accepted, stale, surplus uint64
}

// reset opens the queue for a match, with room for size inputs, and forgets
// the sequence: a client counts anew in each match and after a reconnection.
func (q *inputQueue) reset(size int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open, q.seq, q.acked = true, 0, 0
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
func (q *inputQueue) put(seq, acked uint32, payload []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.open {
		return
	}
	q.acked = max(q.acked, acked)
	switch {
	case len(payload) == 0:
	case seq <= q.seq:
		q.stats.stale++
	default:
		q.seq = seq
		q.stats.accepted++
		if q.in.push(seq, payload) {
			q.stats.surplus++
		}
	}
}

// take makes waiting inputs available in todo, and returns the newest
// acknowledged tick and what was counted since the last call.
func (q *inputQueue) take() (acked uint32, stats inputStats) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.todo.n == 0 && q.in.n > 0 {
		q.todo, q.in = q.in, q.todo
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
	data []byte
}

func (r *inputRing) reset(size int) {
	if len(r.slots) != size {
		r.slots = make([]inputSlot, size)
	}
	r.head, r.n = 0, 0
}

// push appends a copy and tells whether the oldest input was lost to it.
func (r *inputRing) push(seq uint32, payload []byte) (lost bool) {
	if lost = r.n == len(r.slots); lost {
		r.drop()
	}
	s := &r.slots[(r.head+r.n)%len(r.slots)]
	s.seq, s.data = seq, append(s.data[:0], payload...)
	r.n++
	return lost
}

// first returns the oldest input; there is one. It is valid until drop.
func (r *inputRing) first() Input {
	s := &r.slots[r.head]
	return Input{Seq: s.seq, Raw: s.data}
}

func (r *inputRing) drop() {
	r.head = (r.head + 1) % len(r.slots)
	r.n--
}
