package sio

import (
	"slices"

	"tickwire/codec/socketio"
)

// On registers a handler for an event of this socket. Handlers of one event
// run in the order in which they were registered.
func (s *Socket) On(event string, fn func(*Event)) {
	s.listen(func(l *listeners) { l.on(event, &handler{fn: fn}) })
}

// Once registers a handler for the next event of that name.
func (s *Socket) Once(event string, fn func(*Event)) {
	s.listen(func(l *listeners) { l.on(event, &handler{fn: fn, once: true}) })
}

// Off removes this socket's handlers for an event.
func (s *Socket) Off(event string) {
	s.listen(func(l *listeners) { delete(l.events, event) })
}

// OnAny registers a handler for all events of this socket. It runs before
// socket middleware and the handlers of the event.
func (s *Socket) OnAny(fn func(*Event)) {
	s.listen(func(l *listeners) { l.any = append(l.any, fn) })
}

// PrependAny is OnAny, before those registered already.
func (s *Socket) PrependAny(fn func(*Event)) {
	s.listen(func(l *listeners) { l.any = slices.Insert(slices.Clone(l.any), 0, fn) })
}

// OffAny removes the handlers of OnAny.
func (s *Socket) OffAny() { s.listen(func(l *listeners) { l.any = nil }) }

// OnAnyOutgoing registers a listener for all events sent to this socket,
// broadcasts included, acknowledgements and [Stamped] not. It runs in the
// goroutine that emits, before the event is sent, and must not block.
func (s *Socket) OnAnyOutgoing(fn func(event string, args Args)) {
	s.listen(func(l *listeners) { l.anyOutgoing = append(l.anyOutgoing, fn) })
	s.watched.Store(true)
}

// OffAnyOutgoing removes the listeners of OnAnyOutgoing.
func (s *Socket) OffAnyOutgoing() {
	s.listen(func(l *listeners) { l.anyOutgoing = nil })
	s.watched.Store(false)
}

// Use registers socket middleware. It runs for each event before the handlers,
// may change the arguments and refuses the event with an error, which goes to
// OnError.
func (s *Socket) Use(fn func(*Event) error) {
	s.listen(func(l *listeners) { l.use = append(l.use, fn) })
}

// OnError registers a handler for errors of socket middleware and of [Handle].
func (s *Socket) OnError(fn func(error)) {
	s.listen(func(l *listeners) { l.onError = append(l.onError, fn) })
}

// OnDisconnecting registers a handler for the socket being about to leave; it
// is still in its rooms.
func (s *Socket) OnDisconnecting(fn func(Reason)) {
	s.listen(func(l *listeners) {
		l.disconnecting = append(l.disconnecting, func(_ *Socket, r Reason) { fn(r) })
	})
}

// OnDisconnect registers a handler for the socket having left.
func (s *Socket) OnDisconnect(fn func(Reason)) {
	s.listen(func(l *listeners) {
		l.disconnect = append(l.disconnect, func(_ *Socket, r Reason) { fn(r) })
	})
}

func (s *Socket) listen(register func(*listeners)) {
	s.mu.Lock()
	if s.own == nil {
		s.own = new(listeners)
	}
	register(s.own)
	s.mu.Unlock()
}

// route is what one event runs through.
type route struct {
	name       string
	anyA, anyB []func(*Event) // namespace, socket
	fnsA, fnsB []*handler
	use        []func(*Event) error
}

func (r *route) empty() bool {
	return len(r.anyA)+len(r.anyB)+len(r.fnsA)+len(r.fnsB)+len(r.use) == 0
}

func (s *Socket) route(name []byte) (r route) {
	h := &s.ns.hooks
	h.mu.RLock()
	r.anyA = h.listeners.any
	if e := h.listeners.events[string(name)]; e != nil {
		r.name, r.fnsA = e.name, e.list
	}
	h.mu.RUnlock()
	s.mu.Lock()
	if s.own != nil {
		r.anyB, r.use = s.own.any, s.own.use
		if e := s.own.events[string(name)]; e != nil {
			r.name, r.fnsB = e.name, e.list
		}
	}
	s.mu.Unlock()
	if r.name == "" {
		r.name = string(name)
	}
	return r
}

// onEvent runs the handlers of an event, in turn.
func (s *Socket) onEvent(p socketio.Packet) {
	var number [24]byte
	name, args, err := p.Data.EventName(number[:0])
	if err != nil {
		return // cannot be: the packet was checked
	}
	r := s.route(name)
	if r.empty() {
		return
	}
	e := &Event{Name: r.name, socket: s, args: args, id: p.ID, wants: p.HasID}
	s.run(e, &r)
}

func (s *Socket) run(e *Event, r *route) {
	defer s.contain(e.Name)
	for _, fns := range [...][]func(*Event){r.anyA, r.anyB} {
		for _, fn := range fns {
			fn(e)
		}
	}
	for _, fn := range r.use {
		if err := fn(e); err != nil {
			s.fail(err)
			return
		}
	}
	for _, list := range [...][]*handler{r.fnsA, r.fnsB} {
		for _, h := range list {
			if !s.Connected() {
				return
			}
			if h.once {
				s.listen(func(l *listeners) { l.remove(e.Name, h) })
			}
			h.fn(e)
		}
	}
}

// fail tells the OnError handlers.
func (s *Socket) fail(err error) {
	s.mu.Lock()
	var fns []func(error)
	if s.own != nil {
		fns = s.own.onError
	}
	s.mu.Unlock()
	for _, fn := range fns {
		fn(err)
	}
}

// notifyOutgoing runs the catch-all listeners for an event being sent.
func (s *Socket) notifyOutgoing(event string, data Raw) {
	s.mu.Lock()
	var fns []func(string, Args)
	if s.own != nil {
		fns = s.own.anyOutgoing
	}
	s.mu.Unlock()
	if len(fns) == 0 {
		return
	}
	defer s.contain("outgoing")
	_, args, _ := data.EventName(nil)
	for _, fn := range fns {
		fn(event, args)
	}
}
