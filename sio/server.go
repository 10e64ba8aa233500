package sio

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"tickwire/sio/engine"
)

// Server is a Socket.IO server. It is an http.Handler for all requests below
// its path ("/socket.io/").
type Server struct {
	// Set by New, read-only after.
	opts   Options
	engine *engine.Server
	root   *Namespace
	assets func() map[string]asset // the browser client, made on first use

	attempts sync.WaitGroup // goroutines that connect a client to a namespace
	stats    counters

	mu         sync.RWMutex // guards the following
	namespaces map[string]*Namespace
	parents    []*ParentNamespace
	children   int // namespaces made on demand
	onNew      []func(*Namespace)
	closed     bool
}

// New makes a server. It starts nothing.
func New(o Options) *Server {
	srv := &Server{opts: o.withDefaults(), assets: sync.OnceValue(loadAssets), namespaces: make(map[string]*Namespace)}
	srv.opts.Engine.Accept = srv.accept
	srv.engine = engine.New(srv.opts.Engine)
	srv.root = newNamespace(srv, "/", nil) // always there
	srv.namespaces["/"] = srv.root
	return srv
}

// Engine returns the Engine.IO server below.
func (srv *Server) Engine() *engine.Server { return srv.engine }

// ServeHTTP serves the transports and the browser client.
func (srv *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !srv.opts.DisableClient && srv.serveClient(w, r) {
		return
	}
	srv.engine.ServeHTTP(w, r)
}

func (srv *Server) accept(ses *engine.Session) engine.Handler {
	if srv.opts.OnSession != nil {
		srv.opts.OnSession(ses)
	}
	return newConn(srv, ses)
}

// Of returns the namespace with this name, made on first use. The leading
// slash may be left out; "" and "/" are the main namespace.
func (srv *Server) Of(name string) *Namespace {
	if name == "/" {
		return srv.root
	}
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	srv.mu.Lock()
	ns, found := srv.namespaces[name]
	if !found {
		ns = newNamespace(srv, name, nil)
		srv.namespaces[name] = ns
	}
	srv.mu.Unlock()
	if !found {
		srv.announce(ns)
	}
	return ns
}

// OfPattern makes namespaces on demand, for names that the pattern matches.
// Anchor it: `^/room-\d+$`.
func (srv *Server) OfPattern(pattern *regexp.Regexp) *ParentNamespace {
	return srv.OfMatch(func(name string, _ Raw) bool { return pattern.MatchString(name) })
}

// OfMatch makes namespaces on demand, for names that match accepts. It gets
// the client's auth payload too and may block; it is called on a goroutine of
// its own and must be safe for concurrent use. Parents are asked in the order
// in which they were made.
func (srv *Server) OfMatch(match func(name string, auth Raw) bool) *ParentNamespace {
	p := newParent(srv, match)
	srv.mu.Lock()
	srv.parents = append(srv.parents, p)
	srv.mu.Unlock()
	return p
}

// OnNewNamespace registers fn to be called for each namespace made from now on.
func (srv *Server) OnNewNamespace(fn func(*Namespace)) {
	srv.mu.Lock()
	srv.onNew = append(srv.onNew, fn)
	srv.mu.Unlock()
}

func (srv *Server) announce(ns *Namespace) {
	srv.mu.RLock()
	fns := srv.onNew
	srv.mu.RUnlock()
	for _, fn := range fns {
		fn(ns)
	}
}

// Namespaces yields the namespaces that exist now, by name.
func (srv *Server) Namespaces() iter.Seq[*Namespace] {
	srv.mu.RLock()
	all := maps.Clone(srv.namespaces)
	srv.mu.RUnlock()
	return func(yield func(*Namespace) bool) {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !yield(all[name]) {
				return
			}
		}
	}
}

// pin returns the namespace for a client that connects, and keeps it from
// being cleaned up until unpin. With auth given it may be made on demand.
func (srv *Server) pin(name string) *Namespace {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ns := srv.namespaces[name]
	if ns != nil {
		ns.pins++
	}
	return ns
}

// pinChild makes the namespace on demand if a parent accepts the name.
func (srv *Server) pinChild(name string, auth Raw) (*Namespace, error) {
	srv.mu.RLock()
	parents := srv.parents
	srv.mu.RUnlock()
	for _, p := range parents {
		if p.match(name, auth) {
			return srv.makeChild(p, name)
		}
	}
	return nil, errInvalidNamespace
}

func (srv *Server) makeChild(p *ParentNamespace, name string) (*Namespace, error) {
	srv.mu.Lock()
	ns, found := srv.namespaces[name]
	if !found {
		if srv.children >= srv.opts.MaxChildren {
			srv.mu.Unlock()
			return nil, errTooManyNamespaces
		}
		srv.children++
		ns = newNamespace(srv, name, p)
		srv.namespaces[name] = ns
		p.add(ns)
	}
	ns.pins++
	srv.mu.Unlock()
	if !found {
		srv.announce(ns)
	}
	return ns, nil
}

// unpin ends what pin began.
func (srv *Server) unpin(ns *Namespace) {
	srv.mu.Lock()
	ns.pins--
	srv.mu.Unlock()
	srv.cleanUp(ns)
}

// cleanUp removes a namespace made on demand that nobody is in.
func (srv *Server) cleanUp(ns *Namespace) {
	if ns.parent == nil || !srv.opts.CleanupEmptyChildNamespaces {
		return
	}
	srv.mu.Lock()
	empty := ns.pins == 0 && ns.local.Len() == 0 && srv.namespaces[ns.name] == ns
	if empty {
		delete(srv.namespaces, ns.name)
		srv.children--
		ns.parent.remove(ns)
	}
	srv.mu.Unlock()
	if empty {
		ns.adapter.Close()
	}
}

var (
	errInvalidNamespace  = &ConnectError{Message: "Invalid namespace"}
	errTooManyNamespaces = &ConnectError{Message: "too many namespaces"}
	errInternal          = &ConnectError{Message: "internal error"}
)

// Close ends the server: sockets are disconnected with [ServerShuttingDown],
// their handlers run, sessions and adapters are closed. It waits for all that,
// at most until ctx ends, after which connections are cut.
func (srv *Server) Close(ctx context.Context) error {
	srv.mu.Lock()
	srv.closed = true
	srv.mu.Unlock()
	for ns := range srv.Namespaces() {
		for s := range ns.Sockets() {
			s.end(ServerShuttingDown)
		}
	}
	err := srv.engine.Close(ctx)
	srv.waitAttempts(ctx)
	for ns := range srv.Namespaces() {
		ns.adapter.Close()
	}
	return err
}

// waitAttempts waits for connection middleware that still runs.
func (srv *Server) waitAttempts(ctx context.Context) {
	done := make(chan struct{})
	go func() { // ends with the last attempt, which the middleware decides
		srv.attempts.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// Retire refuses new sessions and ends those that are open, one after the other,
// evenly over a time; their sockets end with [ServerShuttingDown]. Clients that
// connect again at once come spread over that time. It returns when ctx ends at
// the latest; Close is still to be called.
func (srv *Server) Retire(ctx context.Context, over time.Duration) {
	srv.engine.Retire(ctx, over)
}
