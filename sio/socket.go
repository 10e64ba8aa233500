package sio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// Socket is one client inside one namespace.
type Socket struct {
	// What a broadcast looks at, together: it finds every socket cold.
	ses    *engine.Session
	ns     *Namespace
	state  atomic.Int32
	at     int32 // index in MemoryAdapter.list; guarded by its lock
	parser Parser

	// Set before the socket is connected, read-only after, as ses, ns and parser.
	recovered bool
	watched   atomic.Bool // at any time: has catch-all listeners for outgoing events
	conn      *conn
	id        string
	pid       string // private id for recovery, empty if off
	auth      Raw
	issued    int64         // Unix time in ns
	saved     *SavedSession // state being restored
	since     uint64        // last event recorded before it was connected

	rooms []membership // guarded by MemoryAdapter.mu

	mu       sync.Mutex // guards the following
	data     any
	own      *listeners
	acks     map[uint64]pendingAck
	context  *ending // nil: nobody asked for it
	endCause error
}

// ending is the context of a socket that somebody waits for.
type ending struct {
	ctx context.Context
	end context.CancelCauseFunc
}

// States of a socket.
const (
	stateConnecting = iota
	stateConnected
	stateEnded
)

func newSocket(c *conn, ns *Namespace, auth Raw) *Socket {
	s := &Socket{ses: c.ses, ns: ns, parser: c.parser, conn: c, id: randomID(idSize / 4 * 3), auth: auth, issued: time.Now().UnixNano()}
	if ns.recovers() {
		s.pid = randomID(18)
	}
	return s
}

// idSize is the length of our ids. An adapter may restore others.
const idSize = 20

// randomID returns n random bytes in characters that are safe in URLs.
func randomID(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// ID returns the socket's public id, 20 characters.
func (s *Socket) ID() string { return s.id }

// Namespace returns the namespace of the socket.
func (s *Socket) Namespace() *Namespace { return s.ns }

// Session returns the connection below, which the client's sockets in other
// namespaces share.
func (s *Socket) Session() *engine.Session { return s.ses }

// Connected reports whether the socket is connected. It is false in middleware
// and from the moment of the disconnection.
func (s *Socket) Connected() bool { return s.state.Load() == stateConnected }

// Recovered reports whether the client came back to its state: same id, rooms
// and data, events that it missed sent again.
func (s *Socket) Recovered() bool { return s.recovered }

// Parser returns the parser that the client uses.
func (s *Socket) Parser() Parser { return s.parser }

// Handshake holds the facts of a socket's connection.
type Handshake struct {
	Headers http.Header // of the session's first request
	Query   url.Values  // of the session's first request
	URL     string      // of the session's first request
	Address string      // of the peer, as the listener saw it
	Secure  bool        // over TLS
	XDomain bool        // sent with an Origin header
	Issued  time.Time   // when the client asked to join the namespace
	Auth    Raw         // the client's auth payload, a map or empty
}

// Handshake returns the facts of the connection, made anew at each call.
func (s *Socket) Handshake() Handshake {
	h := s.ses.Handshake()
	return Handshake{
		Headers: h.Headers(), Query: h.Query(), URL: h.URL, Address: h.Address,
		Secure: h.Secure, XDomain: h.XDomain, Issued: time.Unix(0, s.issued), Auth: s.auth,
	}
}

// Auth returns the client's auth payload, a map or empty.
func (s *Socket) Auth() Raw { return s.auth }

// Data returns what SetData was given.
func (s *Socket) Data() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data
}

// SetData attaches a value of the application's. It survives recovery, and
// FetchSockets shows it if it has a wire form.
func (s *Socket) SetData(v any) {
	s.mu.Lock()
	s.data = v
	s.mu.Unlock()
}

// Join adds the socket to rooms.
func (s *Socket) Join(rooms ...string) error {
	if !s.Connected() {
		return ErrDisconnected
	}
	return s.ns.adapter.Join(s, rooms)
}

// Leave removes the socket from a room.
func (s *Socket) Leave(room string) {
	if s.Connected() {
		s.ns.adapter.Leave(s, room)
	}
}

// Rooms returns the names of the socket's rooms, first its own, which is its
// id. It is empty when the socket has left the namespace.
func (s *Socket) Rooms() []string { return s.ns.local.roomsOf(s) }

// To starts a broadcast to rooms, this socket excluded.
func (s *Socket) To(rooms ...string) Broadcast { return s.Broadcast().To(rooms...) }

// Except starts a broadcast to the namespace without rooms and this socket.
func (s *Socket) Except(rooms ...string) Broadcast { return s.Broadcast().Except(rooms...) }

// Broadcast starts a broadcast to the namespace, this socket excluded.
func (s *Socket) Broadcast() Broadcast {
	return Broadcast{ns: s.ns, o: BroadcastOptions{Except: []string{s.id}}}
}

// Disconnect takes the socket out of its namespace, with closeSession all
// sockets of the client, whose connection is then closed. Nothing is sent to
// the socket after; its disconnect handlers run soon, in the session's turn.
func (s *Socket) Disconnect(closeSession bool) {
	if !closeSession {
		s.leaveNamespace()
		return
	}
	c := s.conn
	c.mu.Lock()
	sockets := append([]*Socket(nil), c.sockets...)
	c.mu.Unlock()
	for _, other := range sockets {
		other.leaveNamespace()
	}
	c.ses.Close(engine.ForcedClose)
}

func (s *Socket) leaveNamespace() {
	if s.end(ServerNamespaceDisconnect) {
		s.conn.send(socketio.Packet{Type: socketio.Disconnect, Namespace: s.ns.name})
	}
}

// end begins the end of a connected socket. The rest happens in turn.
func (s *Socket) end(reason Reason) bool {
	if !s.state.CompareAndSwap(stateConnected, stateEnded) {
		return false
	}
	s.conn.remove(s)
	s.conn.post(func() { s.tearDown(reason) })
	return true
}

// tearDown runs the last handlers and forgets the socket, in turn.
func (s *Socket) tearDown(reason Reason) {
	s.ns.srv.stats.end(reason)
	for _, fn := range s.endHandlers(func(l *listeners) []func(*Socket, Reason) { return l.disconnecting }) {
		s.callEnd("disconnecting", fn, reason)
	}
	if s.pid != "" && reason.recoverable() {
		s.ns.adapter.Persist(SavedSession{ID: s.id, PID: s.pid, Rooms: s.Rooms()[1:], Data: s.Data(), since: s.since})
	}
	s.ns.adapter.LeaveAll(s)
	s.failAcks()
	for _, fn := range s.endHandlers(func(l *listeners) []func(*Socket, Reason) { return l.disconnect }) {
		s.callEnd("disconnect", fn, reason)
	}
	s.endContext(ErrDisconnected)
	s.ns.srv.cleanUp(s.ns)
}

// endHandlers returns the namespace's handlers, then the socket's own.
func (s *Socket) endHandlers(of func(*listeners) []func(*Socket, Reason)) []func(*Socket, Reason) {
	s.ns.hooks.mu.RLock()
	all := of(&s.ns.hooks.listeners)
	s.ns.hooks.mu.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own == nil {
		return all
	}
	return append(clip(all), of(s.own)...)
}

func (s *Socket) callEnd(where string, fn func(*Socket, Reason), reason Reason) {
	defer s.contain(where)
	fn(s, reason)
}

// remote describes s for FetchSockets.
func (s *Socket) remote() RemoteSocket {
	data, err := socketio.AppendValue(nil, s.Data())
	if err != nil {
		data = nil // has no wire form
	}
	return RemoteSocket{ID: s.id, Handshake: s.Handshake(), Rooms: s.Rooms(), Data: data, Adapter: s.ns.adapter}
}
