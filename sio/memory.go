package sio

import (
	"slices"
	"sync"
)

// MemoryAdapter keeps the rooms and sockets of one namespace on this server.
//
// Members of a room are a slice, so that a broadcast copies it in one go and
// sends without holding a lock and without walking a map.
type MemoryAdapter struct {
	ns *Namespace

	mu     sync.RWMutex // guards the following and the membership of sockets
	byID   map[string]*Socket
	list   []*Socket
	rooms  map[string]*room
	oddIDs bool // there was an id that is not of idSize

	freeMu sync.Mutex    // guards the following
	free   []*targetList // for broadcasts to use again

	recovery *recovery // nil if off
}

type room struct {
	name    string
	members []*Socket
}

// membership is a socket's place in a room; each knows the other's index.
type membership struct {
	room *room
	at   int // index in room.members
}

func newMemoryAdapter(ns *Namespace) *MemoryAdapter {
	a := &MemoryAdapter{ns: ns, byID: make(map[string]*Socket), rooms: make(map[string]*room)}
	if o := ns.srv.opts.Recovery; o.MaxDisconnection > 0 {
		a.recovery = newRecovery(o, ns.srv.opts.Engine.MaxQueueBytes)
	}
	return a
}

// Len returns the number of sockets.
func (a *MemoryAdapter) Len() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return len(a.list)
}

func (a *MemoryAdapter) socket(id string) *Socket {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.byID[id]
}

func (a *MemoryAdapter) stats() Stats {
	a.mu.RLock()
	defer a.mu.RUnlock()
	st := Stats{Sockets: len(a.list), Rooms: len(a.rooms) + len(a.list)}
	for name := range a.rooms {
		if a.byID[name] != nil {
			st.Rooms-- // a socket's own room, which somebody else joined
		}
	}
	if a.recovery != nil {
		st.Sessions, st.Packets = a.recovery.size()
	}
	return st
}

// add makes a socket known. Its own room, named by its id, needs no entry in
// rooms: it is looked up as a socket.
func (a *MemoryAdapter) add(s *Socket) {
	a.mu.Lock()
	s.at = int32(len(a.list))
	a.list = append(a.list, s)
	a.byID[s.id] = s
	a.oddIDs = a.oddIDs || len(s.id) != idSize
	a.mu.Unlock()
	a.tell(RoomEvent{RoomCreated, s.id, s.id}, RoomEvent{RoomJoined, s.id, s.id})
}

// Join adds a socket to rooms.
func (a *MemoryAdapter) Join(s *Socket, rooms []string) error {
	for _, name := range rooms {
		if len(name) > a.ns.srv.opts.Limits.MaxName {
			return ErrName
		}
	}
	var err error
	var events []RoomEvent
	watched := a.watched()
	a.mu.Lock()
	for _, name := range rooms {
		if name == s.id || a.hasLocked(s, name) {
			continue
		}
		if len(s.rooms) >= a.ns.srv.opts.MaxRooms {
			err = ErrTooManyRooms
			break
		}
		created := a.joinLocked(s, name)
		if watched && created {
			events = append(events, RoomEvent{RoomCreated, name, s.id})
		}
		if watched {
			events = append(events, RoomEvent{RoomJoined, name, s.id})
		}
	}
	a.mu.Unlock()
	a.tell(events...)
	return err
}

func (a *MemoryAdapter) joinLocked(s *Socket, name string) (created bool) {
	r := a.rooms[name]
	if r == nil {
		r = &room{name: name}
		a.rooms[name] = r
		created = true
	}
	s.rooms = append(s.rooms, membership{room: r, at: len(r.members)})
	r.members = append(r.members, s)
	return created
}

// memberLocked returns the index of the room in s.rooms, -1 if not a member.
func (s *Socket) memberLocked(r *room) int {
	return slices.IndexFunc(s.rooms, func(m membership) bool { return m.room == r })
}

// hasLocked reports whether s is in the room of that name. It takes the
// shorter of two ways: a client in a thousand rooms that asks for them again
// and again would else hold the lock for long.
func (a *MemoryAdapter) hasLocked(s *Socket, name string) bool {
	r := a.rooms[name]
	if r == nil {
		return false
	}
	if len(r.members) < len(s.rooms) {
		return slices.Contains(r.members, s)
	}
	return s.memberLocked(r) >= 0
}

// Leave removes a socket from a room.
func (a *MemoryAdapter) Leave(s *Socket, name string) {
	var events []RoomEvent
	watched := a.watched()
	a.mu.Lock()
	if i := s.memberLocked(a.rooms[name]); i >= 0 {
		deleted := a.leaveLocked(s, i)
		if watched {
			events = append(events, RoomEvent{RoomLeft, name, s.id})
		}
		if watched && deleted {
			events = append(events, RoomEvent{RoomDeleted, name, s.id})
		}
	}
	a.mu.Unlock()
	a.tell(events...)
}

// leaveLocked removes s from its i-th room: the last member takes its place.
func (a *MemoryAdapter) leaveLocked(s *Socket, i int) (deleted bool) {
	m := s.rooms[i]
	last := len(m.room.members) - 1
	if moved := m.room.members[last]; moved != s {
		m.room.members[m.at] = moved
		moved.rooms[moved.memberLocked(m.room)].at = m.at
	}
	m.room.members[last] = nil
	m.room.members = m.room.members[:last]
	s.rooms[i] = s.rooms[len(s.rooms)-1]
	s.rooms[len(s.rooms)-1] = membership{}
	s.rooms = s.rooms[:len(s.rooms)-1]
	if last == 0 {
		delete(a.rooms, m.room.name)
	}
	return last == 0
}

// LeaveAll removes a socket from its rooms and from the namespace.
func (a *MemoryAdapter) LeaveAll(s *Socket) {
	var events []RoomEvent
	watched := a.watched()
	a.mu.Lock()
	if a.byID[s.id] != s {
		a.mu.Unlock()
		return
	}
	for len(s.rooms) > 0 {
		name := s.rooms[len(s.rooms)-1].room.name
		deleted := a.leaveLocked(s, len(s.rooms)-1)
		if watched {
			events = append(events, RoomEvent{RoomLeft, name, s.id})
		}
		if watched && deleted {
			events = append(events, RoomEvent{RoomDeleted, name, s.id})
		}
	}
	s.rooms = nil
	last := len(a.list) - 1
	a.list[s.at] = a.list[last]
	a.list[s.at].at = s.at
	a.list[last] = nil
	a.list = a.list[:last]
	delete(a.byID, s.id)
	a.mu.Unlock()
	if watched {
		events = append(events, RoomEvent{RoomLeft, s.id, s.id}, RoomEvent{RoomDeleted, s.id, s.id})
	}
	a.tell(events...)
}

// roomsOf returns the names of the rooms of s, its own first.
func (a *MemoryAdapter) roomsOf(s *Socket) []string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if a.byID[s.id] != s {
		return nil
	}
	names := append(make([]string, 0, len(s.rooms)+1), s.id)
	for _, m := range s.rooms {
		names = append(names, m.room.name)
	}
	return names
}

func (a *MemoryAdapter) watched() bool {
	a.ns.hooks.mu.RLock()
	defer a.ns.hooks.mu.RUnlock()
	return len(a.ns.hooks.onRoom) > 0
}

func (a *MemoryAdapter) tell(events ...RoomEvent) {
	if len(events) == 0 {
		return
	}
	a.ns.hooks.mu.RLock()
	fns := a.ns.hooks.onRoom
	a.ns.hooks.mu.RUnlock()
	for _, e := range events {
		for _, fn := range fns {
			fn(e)
		}
	}
}
