package sio

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// Broadcast sends p to the sockets of this server that o selects.
func (a *MemoryAdapter) Broadcast(p *Prepared, o BroadcastOptions) error {
	if a.recovery != nil && !o.Volatile {
		return a.broadcastRecorded(p, o)
	}
	a.Deliver(p, o)
	return nil
}

// Deliver is Broadcast without keeping p for recovery: for adapters that keep
// it elsewhere.
func (a *MemoryAdapter) Deliver(p *Prepared, o BroadcastOptions) {
	var few few
	sockets, list := a.pick(o, &few)
	var b engine.Batch
	defer b.Flush()
	for _, s := range sockets {
		s.deliver(&b, p, o)
	}
	a.giveBack(list)
}

// Select yields the sockets of this server that o selects.
func (a *MemoryAdapter) Select(o BroadcastOptions) iter.Seq[*Socket] { return a.all(o) }

// broadcastRecorded keeps p for recovery too. Listeners are told first, as they
// may emit themselves.
func (a *MemoryAdapter) broadcastRecorded(p *Prepared, o BroadcastOptions) error {
	for s := range a.all(o) {
		if s.watched.Load() && s.Connected() {
			s.notifyOutgoing(p.name, p.Data())
		}
	}
	a.recovery.order.Lock()
	defer a.recovery.order.Unlock()
	p, err := a.recovery.recordLocked(p, o)
	if err != nil {
		return err
	}
	var b engine.Batch
	defer b.Flush() // before others have their turn: what they record is sent later
	for s := range a.all(o) {
		if s.Connected() {
			s.transmit(&b, p, o)
		}
	}
	return nil
}

// BroadcastAck sends p to the sockets of this server that o selects and passes
// their acknowledgements to ack, in the turn of each session.
func (a *MemoryAdapter) BroadcastAck(p *Prepared, o BroadcastOptions, clients func(int), ack func(Args)) (cancel func(), err error) {
	id := a.ns.ackIDs.Add(1)
	p = p.withID(id)
	var few few
	sockets, list := a.pick(o, &few)
	reached := make([]*Socket, 0, len(sockets))
	for _, s := range sockets {
		if s.expect(id, pendingAck{fn: func(args Args, err error) {
			if err == nil {
				ack(args)
			}
		}}) == nil {
			reached = append(reached, s)
		}
	}
	a.giveBack(list)
	clients(len(reached))
	var b engine.Batch
	defer b.Flush()
	for _, s := range reached {
		s.deliver(&b, p, o)
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

// ServerSideEvent runs the handlers for an event that another server of the
// cluster sent. ack, if not nil, takes the array of the answer's arguments.
func (a *MemoryAdapter) ServerSideEvent(event Raw, ack func(Raw)) error {
	name, args, err := event.Event()
	if err != nil {
		return err
	}
	e := &ServerEvent{Name: name, args: args}
	if ack != nil {
		e.ack = func(args []any) error {
			data, err := socketio.AppendArray(nil, args...)
			if err == nil {
				ack(data)
			}
			return err
		}
	}
	a.ns.hooks.mu.RLock()
	fns := a.ns.hooks.onServerSide[name]
	a.ns.hooks.mu.RUnlock()
	for _, fn := range fns {
		a.callServerSide(fn, e)
	}
	return nil
}

func (a *MemoryAdapter) callServerSide(fn func(*ServerEvent), e *ServerEvent) {
	defer func() {
		if v := recover(); v != nil {
			a.ns.srv.stats.panics.Add(1)
			a.ns.srv.opts.Log.Error().Str("ns", a.ns.name).Str("handler", e.Name).
				Str("panic", fmt.Sprint(v)).Bytes("stack", debug.Stack()).Msg("server-side handler panicked")
		}
	}()
	fn(e)
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
