package sio

import (
	"iter"
	"slices"
)

// few holds the targets in a small room. It lies on the caller's stack, which is in
// the caches when a tick begins: a list, and the locks around it, are not.
type few [16]*Socket

// targetList holds the targets of a larger broadcast.
type targetList struct {
	sockets []*Socket
	seen    []uint64 // bit per index in MemoryAdapter.list
}

// borrow returns an empty list. Not a sync.Pool: the garbage collector would
// empty that between two ticks.
func (a *MemoryAdapter) borrow() *targetList {
	a.freeMu.Lock()
	defer a.freeMu.Unlock()
	n := len(a.free)
	if n == 0 {
		return new(targetList)
	}
	t := a.free[n-1]
	a.free = a.free[:n-1]
	return t
}

const maxFree = 8 // lists kept, about as many as broadcasts at the same time

func (a *MemoryAdapter) giveBack(l *targetList) {
	if l == nil {
		return
	}
	clear(l.sockets)
	l.sockets = l.sockets[:0]
	a.freeMu.Lock()
	defer a.freeMu.Unlock()
	if len(a.free) < maxFree {
		a.free = append(a.free, l)
	}
}

// pick returns the sockets that o selects, copied while the lock was held: in few
// if they fit, else in a list, which must be given back.
func (a *MemoryAdapter) pick(o BroadcastOptions, few *few) (sockets []*Socket, l *targetList) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	members, plain := a.plainLocked(o)
	if plain && len(members) <= len(few) {
		return few[:copy(few[:], members)], nil
	}
	l = a.borrow()
	if plain {
		l.sockets = append(l.sockets, members...)
	} else {
		a.pickSetLocked(l, o)
	}
	return l.sockets, l
}

// plainLocked returns the members if o selects one room or all sockets, without
// unions and exceptions.
func (a *MemoryAdapter) plainLocked(o BroadcastOptions) (members []*Socket, plain bool) {
	if len(o.Except) > 0 || len(o.Rooms) > 1 {
		return nil, false
	}
	if len(o.Rooms) == 0 {
		return a.list, true
	}
	name := o.Rooms[0]
	if (len(name) == idSize || a.oddIDs) && a.byID[name] != nil {
		return nil, false
	}
	if r := a.rooms[name]; r != nil {
		return r.members, true
	}
	return nil, true
}

// pickSetLocked handles unions and exceptions, each socket once.
func (a *MemoryAdapter) pickSetLocked(t *targetList, o BroadcastOptions) {
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
func (t *targetList) mark(s *Socket) bool {
	word, bit := s.at/64, uint64(1)<<(s.at%64)
	fresh := t.seen[word]&bit == 0
	t.seen[word] |= bit
	return fresh
}

func (t *targetList) add(s *Socket) {
	if t.mark(s) {
		t.sockets = append(t.sockets, s)
	}
}

// all yields the sockets that o selects.
func (a *MemoryAdapter) all(o BroadcastOptions) iter.Seq[*Socket] {
	return func(yield func(*Socket) bool) {
		var few few
		sockets, list := a.pick(o, &few)
		defer a.giveBack(list)
		for _, s := range sockets {
			if !yield(s) {
				return
			}
		}
	}
}
