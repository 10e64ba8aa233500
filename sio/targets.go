package sio

import (
	"iter"
	"slices"
)

// targets are the sockets of one broadcast, copied while the lock was held.
type targets struct {
	sockets []*Socket
	seen    []uint64 // bit per index in MemoryAdapter.list
}

// borrow returns an empty list. Not a sync.Pool: the garbage collector would
// empty that between two ticks.
func (a *MemoryAdapter) borrow() *targets {
	a.freeMu.Lock()
	defer a.freeMu.Unlock()
	n := len(a.free)
	if n == 0 {
		return new(targets)
	}
	t := a.free[n-1]
	a.free = a.free[:n-1]
	return t
}

const maxFree = 8 // lists kept, about as many as broadcasts at the same time

func (a *MemoryAdapter) giveBack(t *targets) {
	clear(t.sockets)
	t.sockets = t.sockets[:0]
	a.freeMu.Lock()
	defer a.freeMu.Unlock()
	if len(a.free) < maxFree {
		a.free = append(a.free, t)
	}
}

// pick returns the sockets that o selects. They must be given back.
func (a *MemoryAdapter) pick(o BroadcastOptions) *targets {
	t := a.borrow()
	a.mu.RLock()
	defer a.mu.RUnlock()
	switch {
	case len(o.Rooms) == 0 && len(o.Except) == 0:
		t.sockets = append(t.sockets, a.list...)
	case len(o.Rooms) == 1 && len(o.Except) == 0 && a.byID[o.Rooms[0]] == nil:
		if r := a.rooms[o.Rooms[0]]; r != nil {
			t.sockets = append(t.sockets, r.members...)
		}
	default:
		a.pickSetLocked(t, o)
	}
	return t
}

// pickSetLocked handles unions and exceptions, each socket once.
func (a *MemoryAdapter) pickSetLocked(t *targets, o BroadcastOptions) {
	words := (len(a.list) + 63) / 64
	t.seen = slices.Grow(t.seen[:0], words)[:words]
	clear(t.seen)
	for _, name := range o.Except {
		for s := range a.inRoomLocked(name) {
			t.mark(s)
		}
	}
	if len(o.Rooms) == 0 {
		for _, s := range a.list {
			t.add(s)
		}
	}
	for _, name := range o.Rooms {
		for s := range a.inRoomLocked(name) {
			t.add(s)
		}
	}
}

func (a *MemoryAdapter) inRoomLocked(name string) iter.Seq[*Socket] {
	return func(yield func(*Socket) bool) {
		if s := a.byID[name]; s != nil && !yield(s) {
			return
		}
		if r := a.rooms[name]; r != nil {
			for _, s := range r.members {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// mark notes s as seen and reports whether it was not before.
func (t *targets) mark(s *Socket) bool {
	word, bit := s.at/64, uint64(1)<<(s.at%64)
	fresh := t.seen[word]&bit == 0
	t.seen[word] |= bit
	return fresh
}

func (t *targets) add(s *Socket) {
	if t.mark(s) {
		t.sockets = append(t.sockets, s)
	}
}

// all yields the sockets that o selects.
func (a *MemoryAdapter) all(o BroadcastOptions) iter.Seq[*Socket] {
	return func(yield func(*Socket) bool) {
		t := a.pick(o)
		defer a.giveBack(t)
		for _, s := range t.sockets {
			if !yield(s) {
				return
			}
		}
	}
}
