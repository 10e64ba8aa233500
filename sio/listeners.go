package sio

import "slices"

// listeners are the handlers registered on a socket, or on a namespace for all
// its sockets. Slices are only appended to, so a slice read under the owner's
// lock may be used after.
type listeners struct {
	events        map[string]*eventHandlers
	any           []func(*Event)
	anyOutgoing   []func(event string, args Args)
	use           []func(*Event) error
	onError       []func(error)
	disconnecting []func(*Socket, Reason)
	disconnect    []func(*Socket, Reason)
}

// eventHandlers are the handlers of one event. They are replaced, not changed.
type eventHandlers struct {
	name string // saves making a string for each packet
	list []*handler
}

type handler struct {
	fn   func(*Event)
	once bool
}

func (l *listeners) on(event string, h *handler) {
	if l.events == nil {
		l.events = make(map[string]*eventHandlers)
	}
	var list []*handler
	if old := l.events[event]; old != nil {
		list = clip(old.list)
	}
	l.events[event] = &eventHandlers{name: event, list: append(list, h)}
}

// remove takes out one handler.
func (l *listeners) remove(event string, h *handler) {
	old := l.events[event]
	if old == nil {
		return
	}
	list := slices.DeleteFunc(slices.Clone(old.list), func(x *handler) bool { return x == h })
	if len(list) == 0 {
		delete(l.events, event)
		return
	}
	l.events[event] = &eventHandlers{name: event, list: list}
}

func (l *listeners) clone() listeners {
	c := *l
	c.events = make(map[string]*eventHandlers, len(l.events))
	for name, h := range l.events {
		c.events[name] = h
	}
	c.any, c.anyOutgoing, c.use = clip(l.any), clip(l.anyOutgoing), clip(l.use)
	c.onError = clip(l.onError)
	c.disconnecting, c.disconnect = clip(l.disconnecting), clip(l.disconnect)
	return c
}

// clip makes append copy, so that sharers of s never see each other's.
func clip[S ~[]E, E any](s S) S { return slices.Clip(s) }
