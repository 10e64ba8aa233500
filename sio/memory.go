package sio

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"
)

// MemoryAdapter keeps the rooms and sockets of one namespace on this server.
//
// Members of a room are a slice, so that a broadcast copies it in one go and
// sends without holding a lock and without walking a map.
type MemoryAdapter struct {
	ns *Namespace

	mu    sync.RWMutex // guards the following and the membership of sockets
	byID  map[string]*Socket
	list  []*Socket
	rooms map[string]*room

	freeMu sync.Mutex // guards the following
	free   []*targets // for broadcasts to use again

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
		a.recovery = newRecovery(o)
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
	s.at = len(a.list)
	a.list = append(a.list, s)
	a.byID[s.id] = s
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
		if name == s.id || s.memberLocked(name) >= 0 {
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
func (s *Socket) memberLocked(name string) int {
	return slices.IndexFunc(s.rooms, func(m membership) bool { return m.room.name == name })
}

// Leave removes a socket from a room.
func (a *MemoryAdapter) Leave(s *Socket, name string) {
	var events []RoomEvent
	watched := a.watched()
	a.mu.Lock()
	if i := s.memberLocked(name); i >= 0 {
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
		moved.rooms[moved.memberLocked(m.room.name)].at = m.at
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

// Broadcast sends p to the sockets of this server that o selects.
func (a *MemoryAdapter) Broadcast(p *Prepared, o BroadcastOptions) error {
	if a.recovery != nil && !o.Volatile {
		return a.broadcastRecorded(p, o)
	}
	t := a.pick(o)
	for _, s := range t.sockets {
		s.deliver(p, o)
	}
	a.giveBack(t)
	return nil
}

// broadcastRecorded keeps p for recovery too. Listeners are told first, as they
// may emit themselves.
func (a *MemoryAdapter) broadcastRecorded(p *Prepared, o BroadcastOptions) error {
	for s := range a.all(o) {
		if s.watched.Load() && s.Connected() {
			s.notifyOutgoing(p.name, p.data)
		}
	}
	a.recovery.order.Lock()
	defer a.recovery.order.Unlock()
	p, err := a.recovery.recordLocked(p, o)
	if err != nil {
		return err
	}
	for s := range a.all(o) {
		if s.Connected() {
			s.transmit(p, o)
		}
	}
	return nil
}

// BroadcastAck sends p to the sockets of this server that o selects and passes
// their acknowledgements to ack, in the turn of each session.
func (a *MemoryAdapter) BroadcastAck(p *Prepared, o BroadcastOptions, clients func(int), ack func(Args)) (cancel func(), err error) {
	id := a.ns.ackIDs.Add(1)
	p = p.withID(id)
	t := a.pick(o)
	reached := make([]*Socket, 0, len(t.sockets))
	for _, s := range t.sockets {
		if s.expect(id, pendingAck{fn: func(args Args, err error) {
			if err == nil {
				ack(args)
			}
		}}) == nil {
			reached = append(reached, s)
		}
	}
	a.giveBack(t)
	clients(len(reached))
	for _, s := range reached {
		s.deliver(p, o)
	}
	return func() {
		for _, s := range reached {
			s.takeAck(id)
		}
	}, nil
}

// FetchSockets returns the sockets of this server that o selects.
func (a *MemoryAdapter) FetchSockets(_ context.Context, o BroadcastOptions) ([]RemoteSocket, error) {
	var list []RemoteSocket
	for s := range a.all(o) {
		if s.Connected() {
			list = append(list, s.remote())
		}
	}
	return list, nil
}

// SocketsJoin makes the sockets of this server that o selects join rooms.
func (a *MemoryAdapter) SocketsJoin(o BroadcastOptions, rooms []string) {
	for s := range a.all(o) {
		s.Join(rooms...)
	}
}

// SocketsLeave makes the sockets of this server that o selects leave rooms.
func (a *MemoryAdapter) SocketsLeave(o BroadcastOptions, rooms []string) {
	for s := range a.all(o) {
		for _, room := range rooms {
			s.Leave(room)
		}
	}
}

// DisconnectSockets disconnects the sockets of this server that o selects.
func (a *MemoryAdapter) DisconnectSockets(o BroadcastOptions, closeSession bool) {
	for s := range a.all(o) {
		s.Disconnect(closeSession)
	}
}

// ServerSideEmit does nothing: there is no other server.
func (a *MemoryAdapter) ServerSideEmit(Raw) error { return nil }

// ServerSideEmitAck calls done with no answers: there is no other server.
func (a *MemoryAdapter) ServerSideEmitAck(_ Raw, _ time.Duration, done func([]Args, error)) error {
	done(nil, nil)
	return nil
}

// ServerCount returns 1.
func (a *MemoryAdapter) ServerCount() int { return 1 }

// Persist keeps the state of a socket that lost its connection.
func (a *MemoryAdapter) Persist(s SavedSession) {
	if a.recovery != nil {
		a.recovery.persist(s)
	}
}

// Restore takes out the state kept for pid, with the events missed after
// offset.
func (a *MemoryAdapter) Restore(_ context.Context, pid, offset string) (SavedSession, bool) {
	if a.recovery == nil {
		return SavedSession{}, false
	}
	return a.recovery.restore(pid, offset)
}

// Close forgets what is kept for recovery.
func (a *MemoryAdapter) Close() error {
	if a.recovery != nil {
		a.recovery.close()
	}
	return nil
}
