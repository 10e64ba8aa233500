package sio

import (
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

// Namespace is a part of the server that clients connect to by name, with
// handlers, middleware and rooms of its own.
type Namespace struct {
	// Set when made, read-only after.
	srv     *Server
	name    string
	parent  *ParentNamespace // nil unless made on demand
	local   *MemoryAdapter
	adapter Adapter

	pins   int           // clients about to connect; guarded by srv.mu
	ackIDs atomic.Uint64 // last acknowledgement id, shared by all sockets

	hooks hooks
}

// hooks are what the application registered on a namespace, and what children
// of a parent inherit.
type hooks struct {
	mu           sync.RWMutex // guards the following; slices are only appended to
	middleware   []func(*Socket) error
	onConnect    []func(*Socket)
	listeners    listeners // of all sockets
	onServerSide map[string][]func(*ServerEvent)
	onRoom       []func(RoomEvent)
}

func newNamespace(srv *Server, name string, parent *ParentNamespace) *Namespace {
	ns := &Namespace{srv: srv, name: name, parent: parent}
	if parent != nil {
		ns.hooks.inherit(&parent.hooks)
	}
	ns.local = newMemoryAdapter(ns)
	ns.adapter = srv.opts.NewAdapter(ns, ns.local)
	return ns
}

// Name returns the name, with its leading slash.
func (ns *Namespace) Name() string { return ns.name }

// Server returns the server of the namespace.
func (ns *Namespace) Server() *Server { return ns.srv }

// Adapter returns what keeps the rooms and delivers broadcasts.
func (ns *Namespace) Adapter() Adapter { return ns.adapter }

// Use registers connection middleware. For each client all run in order before
// it is connected; an error refuses it (see [ConnectError]). They may block.
// Socket.Context ends when the client leaves meanwhile.
func (ns *Namespace) Use(fn func(*Socket) error) { ns.hooks.use(fn) }

// OnConnect registers a handler for new sockets. It should not block.
func (ns *Namespace) OnConnect(fn func(*Socket)) { ns.hooks.connect(fn) }

// On registers a handler for an event of any socket of the namespace. It costs
// no memory per socket. Handlers of the namespace run before the socket's own.
func (ns *Namespace) On(event string, fn func(*Event)) {
	ns.hooks.listen(func(l *listeners) { l.on(event, &handler{fn: fn}) })
}

// OnAny registers a handler for all events of all sockets; it runs before the
// socket middleware and the handlers of the event.
func (ns *Namespace) OnAny(fn func(*Event)) {
	ns.hooks.listen(func(l *listeners) { l.any = append(l.any, fn) })
}

// OnDisconnecting registers a handler for sockets about to leave: they are
// still in their rooms.
func (ns *Namespace) OnDisconnecting(fn func(*Socket, Reason)) {
	ns.hooks.listen(func(l *listeners) { l.disconnecting = append(l.disconnecting, fn) })
}

// OnDisconnect registers a handler for sockets that have left.
func (ns *Namespace) OnDisconnect(fn func(*Socket, Reason)) {
	ns.hooks.listen(func(l *listeners) { l.disconnect = append(l.disconnect, fn) })
}

// OnRoom registers a listener for the life of rooms. It is called in the
// goroutine that joins or leaves, after the fact.
func (ns *Namespace) OnRoom(fn func(RoomEvent)) {
	ns.hooks.mu.Lock()
	ns.hooks.onRoom = append(ns.hooks.onRoom, fn)
	ns.hooks.mu.Unlock()
}

// Sockets yields the sockets connected now, to this server.
func (ns *Namespace) Sockets() iter.Seq[*Socket] { return ns.local.all(BroadcastOptions{}) }

// Socket returns a socket connected to this server by its id, or nil.
func (ns *Namespace) Socket(id string) *Socket { return ns.local.socket(id) }

// To starts a broadcast to the sockets that are in any of the rooms.
func (ns *Namespace) To(rooms ...string) Broadcast { return Broadcast{ns: ns}.To(rooms...) }

// Except starts a broadcast to all sockets but those in any of the rooms.
func (ns *Namespace) Except(rooms ...string) Broadcast { return Broadcast{ns: ns}.Except(rooms...) }

// All starts a broadcast to all sockets of the namespace.
func (ns *Namespace) All() Broadcast { return Broadcast{ns: ns} }

// Emit sends an event to all sockets of the namespace.
func (ns *Namespace) Emit(event string, args ...any) error { return ns.All().Emit(event, args...) }

// Send sends a prepared event to all sockets of the namespace.
func (ns *Namespace) Send(p *Prepared) error { return ns.All().Send(p) }

// ServerEvent is an event from another server of the cluster.
type ServerEvent struct {
	Name string
	args Args
	ack  func(args []any) error
}

// Args returns the arguments, valid during the handler.
func (e *ServerEvent) Args() Args { return e.args }

// Ack answers if the other server asked for it; once, from any one goroutine.
func (e *ServerEvent) Ack(args ...any) error {
	ack := e.ack
	if ack == nil {
		return nil
	}
	e.ack = nil
	return ack(args)
}

// OnServerSide registers a handler for an event that another server of the
// cluster sent with ServerSideEmit.
func (ns *Namespace) OnServerSide(event string, fn func(*ServerEvent)) {
	ns.hooks.serverSide(event, fn)
}

// ServerSideEmit sends an event to the other servers of the cluster.
func (ns *Namespace) ServerSideEmit(event string, args ...any) error {
	data, err := eventData(event, args)
	if err != nil {
		return err
	}
	return ns.adapter.ServerSideEmit(data)
}

// ServerSideEmitAck is ServerSideEmit that collects the answers. done is called
// once, with what has come and [ErrTimeout] if not all did in time.
func (ns *Namespace) ServerSideEmitAck(timeout time.Duration, done func([]Args, error), event string, args ...any) error {
	data, err := eventData(event, args)
	if err != nil {
		return err
	}
	return ns.adapter.ServerSideEmitAck(data, timeout, done)
}

// Stats are counts of a namespace on this server.
type Stats struct {
	Sockets  int // connected sockets
	Rooms    int // rooms, each socket's own included
	Sessions int // states kept for recovery
	Packets  int // events kept for recovery
}

// Stats returns the counts of this moment.
func (ns *Namespace) Stats() Stats { return ns.local.stats() }

func (h *hooks) use(fn func(*Socket) error) {
	h.mu.Lock()
	h.middleware = append(h.middleware, fn)
	h.mu.Unlock()
}

func (h *hooks) connect(fn func(*Socket)) {
	h.mu.Lock()
	h.onConnect = append(h.onConnect, fn)
	h.mu.Unlock()
}

func (h *hooks) listen(register func(*listeners)) {
	h.mu.Lock()
	register(&h.listeners)
	h.mu.Unlock()
}

func (h *hooks) serverSide(event string, fn func(*ServerEvent)) {
	h.mu.Lock()
	if h.onServerSide == nil {
		h.onServerSide = make(map[string][]func(*ServerEvent))
	}
	h.onServerSide[event] = append(h.onServerSide[event], fn)
	h.mu.Unlock()
}

// inherit copies the hooks that a parent has now.
func (h *hooks) inherit(from *hooks) {
	from.mu.RLock()
	defer from.mu.RUnlock()
	h.middleware = clip(from.middleware)
	h.onConnect = clip(from.onConnect)
	h.listeners = from.listeners.clone()
	h.onRoom = clip(from.onRoom)
}

// snapshot returns the middleware and the connect handlers of this moment.
func (h *hooks) snapshot() (middleware []func(*Socket) error, onConnect []func(*Socket)) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.middleware, h.onConnect
}
