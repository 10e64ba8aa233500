package sio

import (
	"context"
	"time"
)

// Adapter keeps the rooms of a namespace and delivers broadcasts. The in-memory
// one ([MemoryAdapter]) knows the sockets of this server. An adapter for a
// cluster embeds it for them, and in addition tells the other servers. The
// methods are those of the reference's adapter class, and a [Prepared] gives
// the packet as MessagePack, which is what its Redis adapters exchange; so one
// that works together with Node's fits. What comes from the other servers goes
// to the embedded adapter: Deliver, BroadcastAck, FetchSockets, SocketsJoin,
// SocketsLeave, DisconnectSockets, ServerSideEvent.
//
// Methods are called concurrently and must not wait for the network, except
// those that take a context.
type Adapter interface {
	// Join and Leave add and remove a socket of this server.
	Join(s *Socket, rooms []string) error
	Leave(s *Socket, room string)
	// LeaveAll removes a socket from all rooms, its own included.
	LeaveAll(s *Socket)

	// Broadcast sends p to the sockets that o selects.
	Broadcast(p *Prepared, o BroadcastOptions) error
	// BroadcastAck sends p with an acknowledgement id. clients is called for
	// each server with the number of its sockets reached, ack for each answer.
	// cancel, to be called at the end, forgets acknowledgements not answered.
	BroadcastAck(p *Prepared, o BroadcastOptions, clients func(int), ack func(Args)) (cancel func(), err error)

	FetchSockets(ctx context.Context, o BroadcastOptions) ([]RemoteSocket, error)
	SocketsJoin(o BroadcastOptions, rooms []string)
	SocketsLeave(o BroadcastOptions, rooms []string)
	DisconnectSockets(o BroadcastOptions, closeSession bool)

	// ServerSideEmit sends the array of event name and arguments to the other
	// servers of the cluster.
	ServerSideEmit(event Raw) error
	ServerSideEmitAck(event Raw, timeout time.Duration, done func([]Args, error)) error
	// ServerCount returns the number of servers, this one included.
	ServerCount() int

	// Persist keeps the state of a socket that lost its connection. Restore
	// takes it out, once, with the events that the client missed after offset.
	Persist(SavedSession)
	Restore(ctx context.Context, pid, offset string) (s SavedSession, ok bool)

	// Close ends the adapter of a namespace that is no more.
	Close() error
}

// BroadcastOptions select the sockets of a broadcast.
type BroadcastOptions struct {
	Rooms  []string // sockets in any of them; none: all sockets
	Except []string // but not those in any of these

	Volatile   bool // drop for clients that are not ready
	Uncompress bool // do not compress
	Local      bool // only sockets of this server
	Timeout    time.Duration
}

// SavedSession is the state of a socket that lost its connection.
type SavedSession struct {
	ID     string   // the socket's id, public
	PID    string   // the private id that the client must show
	Rooms  []string // without its own
	Data   any
	Missed []Raw // events to send again, arrays of name and arguments

	since uint64 // in memory: the last event that the client has
}

// RoomEventKind says what happened to a room.
type RoomEventKind byte

// The kinds.
const (
	RoomCreated RoomEventKind = iota // somebody joined first
	RoomDeleted                      // the last one left
	RoomJoined
	RoomLeft
)

// RoomEvent tells about the life of a room.
type RoomEvent struct {
	Kind   RoomEventKind
	Room   string
	Socket string // who joined or left
}
