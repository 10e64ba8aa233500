package sio

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"
)

// Broadcast says who gets an event. It is a value that never changes: each
// method returns another, so it can be kept and used again, from any goroutine.
// Without rooms it reaches the whole namespace; with several, the union of
// them, each socket once.
type Broadcast struct {
	ns     *Namespace
	parent *ParentNamespace // instead of ns
	o      BroadcastOptions
}

// To adds rooms. A socket's id is a room with that socket in it.
func (b Broadcast) To(rooms ...string) Broadcast {
	if len(b.o.Rooms) == 0 && len(rooms) == 1 {
		b.o.Rooms = []string{rooms[0]} // as below, without growing: this is on the way of most broadcasts
		return b
	}
	b.o.Rooms = append(slices.Clip(b.o.Rooms), rooms...)
	return b
}

// In is To.
func (b Broadcast) In(rooms ...string) Broadcast { return b.To(rooms...) }

// Except takes out the sockets that are in any of the rooms.
func (b Broadcast) Except(rooms ...string) Broadcast {
	b.o.Except = append(slices.Clip(b.o.Except), rooms...)
	return b
}

// Volatile drops the event for clients that cannot take it now.
func (b Broadcast) Volatile() Broadcast {
	b.o.Volatile = true
	return b
}

// Compress says whether the event may be compressed where compression was
// agreed. Default true.
func (b Broadcast) Compress(on bool) Broadcast {
	b.o.Uncompress = !on
	return b
}

// Local keeps the broadcast on this server of a cluster.
func (b Broadcast) Local() Broadcast {
	b.o.Local = true
	return b
}

// Timeout bounds how long [Broadcast.EmitAck] waits.
func (b Broadcast) Timeout(d time.Duration) Broadcast {
	b.o.Timeout = d
	return b
}

// namespaces yields where the broadcast goes.
func (b Broadcast) namespaces() iter.Seq[*Namespace] {
	if b.parent != nil {
		return b.parent.Children()
	}
	return func(yield func(*Namespace) bool) { yield(b.ns) }
}

// prepare encodes an event for the recipients.
func (b Broadcast) prepare(event string, args []any) (*Prepared, error) {
	ns := "/"
	if b.ns != nil {
		ns = b.ns.name
	}
	return prepareFor(ns, b.o.Uncompress, event, args)
}

// Emit encodes an event once and sends it. It never waits for a client.
func (b Broadcast) Emit(event string, args ...any) error {
	p, err := b.prepare(event, args)
	if err != nil {
		return err
	}
	return b.Send(p)
}

// Send sends a prepared event.
func (b Broadcast) Send(p *Prepared) error {
	if b.parent == nil {
		return b.ns.adapter.Broadcast(p, b.o)
	}
	var errs error
	for ns := range b.parent.Children() {
		errs = errors.Join(errs, ns.adapter.Broadcast(p, b.o))
	}
	return errs
}

// EmitAck sends an event and collects one acknowledgement per client. done is
// called once: with all answers, or with those that came within the Timeout
// (default 10 s) and [ErrTimeout]. It runs on the goroutine of the last answer
// or of a timer; it should not block. The answers are copies.
func (b Broadcast) EmitAck(done func([]Args, error), event string, args ...any) error {
	p, err := b.prepare(event, args)
	if err != nil {
		return err
	}
	if b.o.Timeout <= 0 {
		b.o.Timeout = 10 * time.Second
	}
	c := &collector{done: done}
	var errs error
	for ns := range b.namespaces() {
		c.add(ns.adapter.ServerCount())
		cancel, err := ns.adapter.BroadcastAck(p, b.o, c.clients, c.ack)
		if err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		c.onEnd(cancel)
	}
	c.start(b.o.Timeout)
	return errs
}

// collector gathers the answers to one broadcast.
type collector struct {
	mu      sync.Mutex // guards the following
	done    func([]Args, error)
	answers []Args
	missing int // answers still to come
	servers int // servers that have not said how many clients they reached
	started bool
	timer   *time.Timer
	cancels []func()
}

func (c *collector) add(servers int) {
	c.mu.Lock()
	c.servers += servers
	c.mu.Unlock()
}

func (c *collector) onEnd(cancel func()) {
	c.mu.Lock()
	c.cancels = append(c.cancels, cancel)
	c.mu.Unlock()
}

func (c *collector) clients(n int) {
	c.mu.Lock()
	c.servers--
	c.missing += n
	c.finishLocked(nil)
}

func (c *collector) ack(args Args) {
	args = args.Clone()
	c.mu.Lock()
	c.missing--
	c.answers = append(c.answers, args)
	c.finishLocked(nil)
}

func (c *collector) start(timeout time.Duration) {
	c.mu.Lock()
	c.started = true
	c.timer = time.AfterFunc(timeout, func() {
		c.mu.Lock()
		c.finishLocked(ErrTimeout)
	})
	c.finishLocked(nil)
}

// finishLocked releases the lock and ends the collection if it is complete or
// err is set.
func (c *collector) finishLocked(err error) {
	complete := c.started && c.servers <= 0 && c.missing <= 0
	if c.done == nil || !complete && err == nil {
		c.mu.Unlock()
		return
	}
	done := c.done
	c.done = nil
	c.mu.Unlock()
	c.timer.Stop()
	for _, cancel := range c.cancels {
		cancel()
	}
	done(c.answers, err)
}

// FetchSockets returns the matching sockets of all servers. On a cluster it
// waits for the other servers.
func (b Broadcast) FetchSockets(ctx context.Context) ([]RemoteSocket, error) {
	if b.parent != nil {
		return nil, ErrUnsupported // children may differ from server to server
	}
	return b.ns.adapter.FetchSockets(ctx, b.o)
}

// SocketsJoin makes the matching sockets join rooms.
func (b Broadcast) SocketsJoin(rooms ...string) {
	for ns := range b.namespaces() {
		ns.adapter.SocketsJoin(b.o, rooms)
	}
}

// SocketsLeave makes the matching sockets leave rooms.
func (b Broadcast) SocketsLeave(rooms ...string) {
	for ns := range b.namespaces() {
		ns.adapter.SocketsLeave(b.o, rooms)
	}
}

// DisconnectSockets disconnects the matching sockets, with closeSession also
// the connections below.
func (b Broadcast) DisconnectSockets(closeSession bool) {
	for ns := range b.namespaces() {
		ns.adapter.DisconnectSockets(b.o, closeSession)
	}
}

// RemoteSocket describes a socket that may be on another server.
type RemoteSocket struct {
	ID        string
	Handshake Handshake
	Rooms     []string // its own first
	Data      Raw      // what SetData was given, encoded

	Adapter Adapter // reaches it; set by whoever makes the description
}

func (r RemoteSocket) only() BroadcastOptions { return BroadcastOptions{Rooms: []string{r.ID}} }

// Emit sends an event to the socket.
func (r RemoteSocket) Emit(event string, args ...any) error {
	p, err := Prepare(event, args...)
	if err != nil {
		return err
	}
	return r.Adapter.Broadcast(p, r.only())
}

// Join makes the socket join rooms.
func (r RemoteSocket) Join(rooms ...string) { r.Adapter.SocketsJoin(r.only(), rooms) }

// Leave makes the socket leave rooms.
func (r RemoteSocket) Leave(rooms ...string) { r.Adapter.SocketsLeave(r.only(), rooms) }

// Disconnect disconnects the socket, with closeSession also its connection.
func (r RemoteSocket) Disconnect(closeSession bool) {
	r.Adapter.DisconnectSockets(r.only(), closeSession)
}
