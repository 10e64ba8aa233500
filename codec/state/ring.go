package state

// reach is how many ticks back a coalesced delta may start.
const reach = 64

// ringTicks is how many ticks a ring remembers: reach, and the oldest base itself.
const ringTicks = reach + 1

// ring keeps what was pushed during the last ticks. Indices count upwards
// forever (and wrap); only their low bits address the buffer.
type ring[T any] struct {
	buf        []T
	head, tail uint32
	starts     [2 * reach]uint32 // tail at the start of each tick
}

// open starts a tick and lets go of what is out of reach.
func (r *ring[T]) open(tick uint32) {
	if tick >= ringTicks {
		r.head = r.starts[(tick-ringTicks+1)%uint32(len(r.starts))]
	}
	r.starts[tick%uint32(len(r.starts))] = r.tail
}

// push keeps a copy of v and returns its index.
func (r *ring[T]) push(v *T) uint32 {
	if r.tail-r.head == uint32(len(r.buf)) {
		r.grow()
	}
	i := r.tail
	r.buf[i&uint32(len(r.buf)-1)] = *v
	r.tail++
	return i
}

// reserve makes room for n pushes.
func (r *ring[T]) reserve(n uint32) {
	for r.tail-r.head+n > uint32(len(r.buf)) {
		r.grow()
	}
}

// pushReserved is push where reserve has made room: short enough to be inlined.
func (r *ring[T]) pushReserved(v *T) uint32 {
	i := r.tail
	r.buf[i&uint32(len(r.buf)-1)] = *v
	r.tail++
	return i
}

func (r *ring[T]) at(i uint32) *T { return &r.buf[i&uint32(len(r.buf)-1)] }

// since is the index of the first value pushed after tick base closed. The
// caller makes sure that base is within reach.
func (r *ring[T]) since(base uint32) uint32 { return r.starts[(base+1)%uint32(len(r.starts))] }

func (r *ring[T]) grow() {
	buf := make([]T, max(64, 2*len(r.buf)))
	for i := r.head; i != r.tail; i++ {
		buf[i&uint32(len(buf)-1)] = *r.at(i)
	}
	r.buf = buf
}
