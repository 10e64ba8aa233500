package sio

import (
	"iter"
	"sync"
)

// ParentNamespace makes namespaces on demand, when a client asks for a name
// that it matches. They inherit what is registered on it at that moment.
type ParentNamespace struct {
	srv   *Server
	match func(name string, auth Raw) bool
	hooks hooks

	mu       sync.RWMutex // guards the following
	children []*Namespace
}

func newParent(srv *Server, match func(string, Raw) bool) *ParentNamespace {
	return &ParentNamespace{srv: srv, match: match}
}

func (p *ParentNamespace) add(ns *Namespace) {
	p.mu.Lock()
	p.children = append(p.children, ns)
	p.mu.Unlock()
}

func (p *ParentNamespace) remove(ns *Namespace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, child := range p.children {
		if child == ns { // a new slice: Children may be iterating over this one
			p.children = append(append([]*Namespace(nil), p.children[:i]...), p.children[i+1:]...)
			return
		}
	}
}

// Children yields the namespaces made so far that still exist.
func (p *ParentNamespace) Children() iter.Seq[*Namespace] {
	return func(yield func(*Namespace) bool) {
		p.mu.RLock()
		children := p.children
		p.mu.RUnlock()
		for _, ns := range children {
			if !yield(ns) {
				return
			}
		}
	}
}

// Use is [Namespace.Use] for all children made from now on.
func (p *ParentNamespace) Use(fn func(*Socket) error) { p.hooks.use(fn) }

// OnConnect is [Namespace.OnConnect] for all children made from now on.
func (p *ParentNamespace) OnConnect(fn func(*Socket)) { p.hooks.connect(fn) }

// On is [Namespace.On] for all children made from now on.
func (p *ParentNamespace) On(event string, fn func(*Event)) {
	p.hooks.listen(func(l *listeners) { l.on(event, &handler{fn: fn}) })
}

// OnAny is [Namespace.OnAny] for all children made from now on.
func (p *ParentNamespace) OnAny(fn func(*Event)) {
	p.hooks.listen(func(l *listeners) { l.any = append(l.any, fn) })
}

// OnDisconnecting is [Namespace.OnDisconnecting] for all children made from now on.
func (p *ParentNamespace) OnDisconnecting(fn func(*Socket, Reason)) {
	p.hooks.listen(func(l *listeners) { l.disconnecting = append(l.disconnecting, fn) })
}

// OnDisconnect is [Namespace.OnDisconnect] for all children made from now on.
func (p *ParentNamespace) OnDisconnect(fn func(*Socket, Reason)) {
	p.hooks.listen(func(l *listeners) { l.disconnect = append(l.disconnect, fn) })
}

// To starts a broadcast to the sockets of all children that are in any of the
// rooms.
func (p *ParentNamespace) To(rooms ...string) Broadcast { return Broadcast{parent: p}.To(rooms...) }

// Except starts a broadcast to the sockets of all children but those in any of
// the rooms.
func (p *ParentNamespace) Except(rooms ...string) Broadcast {
	return Broadcast{parent: p}.Except(rooms...)
}

// All starts a broadcast to the sockets of all children.
func (p *ParentNamespace) All() Broadcast { return Broadcast{parent: p} }

// Emit sends an event to the sockets of all children.
func (p *ParentNamespace) Emit(event string, args ...any) error {
	return p.All().Emit(event, args...)
}
