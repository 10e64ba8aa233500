package sio

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"tickwire/codec/socketio"
)

// connect handles a CONNECT packet. Where nothing can wait the client is
// connected at once; else on a goroutine, so that a slow middleware does not
// hold up the session's other namespaces.
//
// A CONNECT takes the place of an earlier one for the same namespace, decided
// or not: official clients send two when an application calls connect() on a
// socket that connects by itself, and a server must not keep both.
func (c *conn) connect(name string, auth Raw) {
	c.cancelAttempt(name)
	if s := c.socket(name); s != nil {
		s.end(ClientNamespaceDisconnect)
		c.runTasks() // its last handlers, before the new one's first
	}
	a := c.newAttempt(name)
	if a == nil {
		c.refuse(name, errTooManyNamespaces)
		return
	}
	ns := c.srv.pin(name)
	if ns != nil && c.direct(ns, auth) {
		a.socket = newSocket(c, ns, auth.Clone())
		c.conclude(a, nil)
		return
	}
	if c.beginAttempt() { // else the server is shutting down
		go c.attempt(a, ns, auth.Clone()) // ends with the middleware
	}
}

// newAttempt notes an attempt; nil if the session is in too many namespaces.
func (c *conn) newAttempt(name string) *attempt {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sockets)+max(len(c.attempts), int(c.running)) >= c.srv.opts.MaxNamespaces {
		return nil
	}
	a := &attempt{name: name}
	c.attempts = append(c.attempts, a)
	return a
}

// cancelAttempt forgets an undecided attempt and reports whether there was one.
func (c *conn) cancelAttempt(name string) bool {
	c.mu.Lock()
	i := slices.IndexFunc(c.attempts, func(a *attempt) bool { return a.name == name })
	if i < 0 {
		c.mu.Unlock()
		return false
	}
	a := c.attempts[i]
	a.cancelled = true
	c.attempts = slices.Delete(c.attempts, i, i+1)
	c.mu.Unlock()
	c.abort(a)
	return true
}

// abort ends the context that the middleware of a cancelled attempt looks at.
func (c *conn) abort(a *attempt) {
	c.mu.Lock()
	s := a.socket // nil: not made yet, whoever makes it looks at cancelled
	c.mu.Unlock()
	if s != nil {
		s.endContext(ErrDisconnected)
	}
}

// direct reports whether nothing stands between CONNECT and being connected.
func (c *conn) direct(ns *Namespace, auth Raw) bool {
	middleware, _ := ns.hooks.snapshot()
	return len(middleware) == 0 && (!ns.recovers() || auth.Get("pid").IsNil())
}

func (c *conn) beginAttempt() bool {
	c.srv.mu.RLock()
	defer c.srv.mu.RUnlock()
	if c.srv.closed {
		return false
	}
	c.srv.attempts.Add(1)
	c.mu.Lock()
	c.running++
	c.mu.Unlock()
	return true
}

func (c *conn) endAttempt() {
	c.mu.Lock()
	c.running--
	c.mu.Unlock()
	c.srv.attempts.Done()
}

// attempt runs what may wait: the decision to make a namespace, recovery,
// connection middleware.
func (c *conn) attempt(a *attempt, ns *Namespace, auth Raw) {
	defer c.endAttempt()
	if ns == nil {
		var err error
		if ns, err = c.pinChild(a.name, auth); err != nil {
			c.post(func() { c.conclude(a, err) })
			return
		}
	}
	s := newSocket(c, ns, auth)
	c.mu.Lock()
	a.socket = s
	cancelled := a.cancelled
	c.mu.Unlock()
	if cancelled {
		s.endContext(ErrDisconnected)
	}
	s.restore()
	err := s.runMiddleware()
	c.post(func() { c.conclude(a, err) })
}

// pinChild contains panics of the application's match function.
func (c *conn) pinChild(name string, auth Raw) (ns *Namespace, err error) {
	defer func() {
		if v := recover(); v != nil {
			c.srv.stats.panics.Add(1)
			c.srv.opts.Log.Error().Str("ns", name).Str("panic", fmt.Sprint(v)).Bytes("stack", debug.Stack()).Msg("namespace match panicked")
			err = errInternal
		}
	}()
	return c.srv.pinChild(name, auth)
}

func (s *Socket) runMiddleware() (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.ns.srv.stats.panics.Add(1)
			s.ns.srv.opts.Log.Error().Str("ns", s.ns.name).Str("panic", fmt.Sprint(v)).Bytes("stack", debug.Stack()).Msg("middleware panicked")
			err = errInternal
		}
	}()
	if s.recovered && !s.ns.srv.opts.Recovery.RunMiddlewares {
		return nil
	}
	middleware, _ := s.ns.hooks.snapshot()
	for _, fn := range middleware {
		if err := fn(s); err != nil {
			return err
		}
	}
	return nil
}

// conclude ends an attempt, in turn.
func (c *conn) conclude(a *attempt, err error) {
	s := a.socket
	c.mu.Lock()
	dropped := a.cancelled || c.closed || c.endReason != ""
	if i := slices.Index(c.attempts, a); i >= 0 {
		c.attempts = slices.Delete(c.attempts, i, i+1)
	}
	if !dropped && err == nil {
		c.sockets = append(c.sockets, s)
		c.stopUnjoinedLocked()
	}
	c.mu.Unlock()
	if s != nil {
		defer c.srv.unpin(s.ns)
	}
	switch {
	case dropped && s != nil:
		s.giveBack()
		s.endContext(ErrDisconnected)
	case dropped:
	case err != nil:
		if s != nil {
			s.endContext(err)
		}
		c.refuse(a.name, err)
	default:
		s.open()
	}
}

// refuse answers CONNECT_ERROR. Source: Socket.IO v5, "Connection to a namespace".
func (c *conn) refuse(name string, err error) {
	c.srv.stats.refused.Add(1)
	data := map[string]any{"message": err.Error()}
	if ce, ok := errors.AsType[*ConnectError](err); ok && ce.Data != nil {
		data["data"] = ce.Data
	}
	raw, encodeErr := socketio.AppendValue(nil, data)
	if encodeErr != nil {
		c.srv.opts.Log.Error().Str("ns", name).Err(encodeErr).Msg("data of a connection error")
		raw, _ = socketio.AppendValue(nil, map[string]any{"message": err.Error()})
	}
	c.send(socketio.Packet{Type: socketio.ConnectError, Namespace: name, Data: raw})
}

// restore looks for the state of an earlier connection that the client asks
// to continue.
func (s *Socket) restore() {
	if !s.ns.recovers() {
		return
	}
	pid, ok := s.auth.Get("pid").Text()
	if !ok {
		return
	}
	offset, _ := s.auth.Get("offset").Text()
	saved, ok := s.ns.adapter.Restore(s.Context(), string(pid), string(offset))
	if !ok {
		return
	}
	s.id, s.pid, s.data, s.saved, s.recovered = saved.ID, saved.PID, saved.Data, &saved, true
}

// giveBack keeps the restored state of a client that left before it was
// connected.
func (s *Socket) giveBack() {
	if s.recovered {
		s.ns.adapter.Persist(*s.saved)
	}
}

// open makes s a connected socket, in turn. The client hears of it together with
// the first event, or when the handlers have returned: what they set up (rooms,
// listeners) is there when the client acts on being connected.
func (s *Socket) open() {
	local := s.ns.local
	if r := local.recovery; r != nil {
		r.order.Lock()
		s.since = r.lastSeq()
	}
	s.sayConnected()
	if s.recovered {
		s.sendMissed()
	}
	s.state.Store(stateConnected)
	local.add(s)
	if s.recovered {
		s.ns.srv.stats.recovered.Add(1)
		s.ns.adapter.Join(s, s.saved.Rooms)
		s.saved = nil
	}
	if r := local.recovery; r != nil {
		r.order.Unlock()
	}
	_, onConnect := s.ns.hooks.snapshot()
	for _, fn := range onConnect {
		s.callConnect(fn)
	}
	s.ses.Flush()
}

func (s *Socket) callConnect(fn func(*Socket)) {
	defer s.contain("connect")
	fn(s)
}

func (s *Socket) sayConnected() {
	buf := scratches.Get().(*scratch)
	defer buf.release()
	data := append(buf.data[:0], "\x81\xa3sid"...) // MessagePack: {"sid": …
	if s.pid != "" {
		data = append(data[:0], "\x82\xa3pid"...) // {"pid": …, "sid": …
		data, _ = socketio.AppendValue(data, s.pid)
		data = append(data, "\xa3sid"...)
	}
	data, _ = socketio.AppendValue(data, s.id)
	buf.data = data
	s.conn.hold(socketio.Packet{Type: socketio.Connect, Namespace: s.ns.name, Data: data})
}

// sendMissed sends the events that the client missed. Their offsets are in
// them already.
func (s *Socket) sendMissed() {
	missed := s.saved.Missed
	if r := s.ns.local.recovery; r != nil {
		missed = append(missed, r.missedLocked(s.saved)...)
	}
	for _, data := range missed {
		s.conn.hold(socketio.Packet{Type: socketio.Event, Namespace: s.ns.name, Data: data})
	}
}

// Context is ended when the socket is disconnected, or when the client leaves
// while connection middleware runs.
func (s *Socket) Context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.context == nil {
		s.context = &ending{}
		s.context.ctx, s.context.end = context.WithCancelCause(context.Background())
		if s.endCause != nil {
			s.context.end(s.endCause)
		}
	}
	return s.context.ctx
}

func (s *Socket) endContext(cause error) {
	s.mu.Lock()
	if s.endCause == nil {
		s.endCause = cause
	}
	c := s.context
	s.mu.Unlock()
	if c != nil {
		c.end(cause)
	}
}
