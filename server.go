package tickwire

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"tickwire/clients/js"
	"tickwire/edge"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/lobby/queue"
	"tickwire/ops"
	"tickwire/sio"
	"tickwire/tick"
	"tickwire/tick/flight"
)

// Server is a game server. Its methods may be called by any goroutine.
type Server struct {
	// Set by New, read-only after.
	opt        Options
	io         *sio.Server
	lobbies    *lobby.Directory
	gateway    *gateway.Gateway
	queue      *queue.Service
	alarm      *tick.Driver // nil: the studio has its own
	traces     *flight.Recorder
	mux        *http.ServeMux
	handler    http.Handler // the mux behind what knows the peers' addresses
	ops        *ops.Server
	identities *identities
	encryption encryption
	door       door
	botToken   string

	serving, draining atomic.Bool
	drainAsked        chan struct{} // closed by Drain
	drainOnce         sync.Once
}

// New makes a server. It starts nothing. The error tells what is wrong with
// the games or the options.
func New(o Options) (*Server, error) {
	o = o.withDefaults()
	o.Lobby.Games, o.Lobby.Log = o.Games, o.Log
	var alarm *tick.Driver
	if o.Lobby.Timers == nil {
		alarm = new(tick.Driver)
		o.Lobby.Timers = alarm
	}
	traces, err := newTraces(&o)
	if err != nil {
		return nil, err
	}
	lobbies, err := lobby.New(o.Lobby)
	if err != nil {
		return nil, fmt.Errorf("games: %w", err)
	}
	s := &Server{opt: o, lobbies: lobbies, alarm: alarm, traces: traces, mux: http.NewServeMux(), botToken: rand.Text(), drainAsked: make(chan struct{})}
	s.door = o.Network.door()
	if s.encryption, err = newEncryption(&o); err != nil {
		return nil, err
	}
	if s.identities, err = newIdentities(&o, s.botToken); err != nil {
		return nil, err
	}
	o.Queue.Lobbies, o.Queue.Log = lobbies, o.Log
	if s.queue, err = queue.New(o.Queue); err != nil {
		return nil, err
	}
	if err := s.newIO(); err != nil {
		return nil, err
	}
	s.handler = edge.Proxies{Trusted: o.Network.TrustedProxies, Header: o.Network.ProxyHeader}.Handler(o.TLS.strict(edge.Bodies(s.mux, o.Network.RequestTimeout)))
	s.mux.Handle("/socket.io/", s.io)
	s.Handle("/sdk/", secured(http.StripPrefix("/sdk", &static{files: clientjs.FS}), nil))
	s.Handle("GET /healthz", http.HandlerFunc(s.health))
	if o.ServeReplays {
		s.handleReplays()
	}
	if o.Page != nil {
		page := &static{files: o.Page}
		page.warn(o.Log)
		s.Handle("/", secured(page, o.PageHeaders))
	}
	if s.ops, err = s.newOps(); err != nil {
		return nil, err
	}
	if o.Setup != nil {
		o.Setup(s)
	}
	return s, nil
}

// newIO makes the Socket.IO server with the lobby protocol on it.
func (s *Server) newIO() error {
	o := s.opt.Socket
	if err := s.opt.Network.applyTo(&o.Engine, s.door.rates, s.opt.Log); err != nil {
		return err
	}
	o.Log = s.opt.Log
	if s.identities.tokens != nil {
		o.Recovery.RunMiddlewares = true // a token may have expired meanwhile
	}
	s.io = sio.New(o)
	if s.identities.tokens != nil {
		s.io.Of("/").Use(s.Admit)
	}
	s.gateway = gateway.Attach(s.io, gateway.Options{
		Lobbies: s.lobbies, Queue: s.queue, Parties: s.opt.Parties, BotToken: s.botToken, Identify: s.Identity, Log: s.opt.Log,
	})
	return nil
}

// IO is the Socket.IO server. The default namespace carries the lobby
// protocol; other namespaces are the studio's.
func (s *Server) IO() *sio.Server { return s.io }

// Lobbies knows all lobbies.
func (s *Server) Lobbies() *lobby.Directory { return s.lobbies }

// Queue brings players who wait into matches. It runs while Serve does.
func (s *Server) Queue() *queue.Service { return s.queue }

// Handle adds an HTTP handler, by the pattern rules of http.ServeMux. Call it
// from Options.Setup. Taken are /socket.io/, /sdk/, /healthz, /replays/ if
// served, and with a page, the rest as far as no pattern is more specific. A
// request's body and its answer have Network.RequestTimeout, unless h sets
// deadlines of its own by http.ResponseController; an address has
// Network.RequestRatePerAddress of such requests. The request's RemoteAddr is
// the player's also behind a trusted proxy.
func (s *Server) Handle(pattern string, h http.Handler) {
	s.mux.Handle(pattern, s.door.requests.Handler(s.opt.Network.deadlines(h)))
}

// Handler serves everything; for programs with a listener of their own. Without
// Serve, matches wake up by the runtime's timers unless Options.Lobby has others.
func (s *Server) Handler() http.Handler { return s.handler }

// Run listens on Options.Addr and serves until ctx ends; then it drains as
// Serve does.
func (s *Server) Run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.opt.Addr)
	if err != nil {
		return fmt.Errorf("players' listener (--addr takes another address): %w", err)
	}
	return s.Serve(ctx, listener)
}

// health is 200 while new players are welcome, for load balancers.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if s.draining.Load() {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}
