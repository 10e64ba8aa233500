package ops

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/rs/zerolog"

	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/lobby/queue"
	"tickwire/sio"
	"tickwire/tick"
)

// Options say what a Server looks at.
type Options struct {
	// Lobbies is the directory of the game server. Required.
	Lobbies *lobby.Directory

	// IO and Gateway are asked for the metrics of connections. Nil: those are
	// left out.
	IO      *sio.Server
	Gateway *gateway.Gateway

	// Queue is the matchmaking. Nil: there is none.
	Queue *queue.Service

	// Alarm wakes up the matches; /livez watches it while it runs. Nil: the
	// runtime's timers do.
	Alarm *tick.Driver

	// Refused counts whom the program turned away at its door, by the name of the
	// bound. Nil: the metric is left out.
	Refused func() map[string]uint64

	// Ready tells whether new players are welcome; the error says why not and
	// is shown to whoever asks. Default: always.
	Ready func() error

	// Drain begins to shut the server down and returns at once. Nil: the API does
	// not offer it.
	Drain func()

	// LogLevel and SetLogLevel are the least important level that is logged.
	// Default: zerolog's global one.
	LogLevel    func() zerolog.Level
	SetLogLevel func(zerolog.Level)

	// Version of the program.
	Version string

	// Keys that open what is not health. Empty: this machine alone may use it.
	Keys []Key

	// Log receives what was done and by whom.
	Log zerolog.Logger
}

// Server is the operator's side, an http.Handler.
type Server struct {
	opt     Options
	started time.Time
	pulse   *pulse
	guard   *guard
	once    *onceOnly
	mux     *http.ServeMux
}

// New makes a server. It starts nothing. The error tells what is wrong with the
// keys.
func New(o Options) (*Server, error) {
	if o.Ready == nil {
		o.Ready = func() error { return nil }
	}
	if o.LogLevel == nil || o.SetLogLevel == nil {
		o.LogLevel, o.SetLogLevel = zerolog.GlobalLevel, zerolog.SetGlobalLevel
	}
	s := &Server{
		opt: o, started: time.Now(), mux: http.NewServeMux(), guard: newGuard(), once: newOnceOnly(),
		pulse: newPulse(o.Alarm, func() { o.Lobbies.Lobbies() }),
	}
	if err := s.SetKeys(o.Keys); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("GET /livez", s.livez)
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.Handle("GET /metrics", s.metrics())
	s.mux.Handle("/debug/pprof/", s.guard.before(profiles()))
	s.mountAPI()
	s.mux.Handle("GET /ops/", page())
	s.mux.Handle("GET /{$}", http.RedirectHandler("/ops/", http.StatusFound))
	return s, nil
}

// SetKeys replaces the API keys, for requests from now on.
func (s *Server) SetKeys(keys []Key) error {
	ring, err := newKeyring(keys)
	if err != nil {
		return fmt.Errorf("API keys: %w", err)
	}
	s.guard.keys.Store(ring)
	return nil
}

// ServeHTTP answers the operator.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Run keeps the watchdog of /livez going until ctx ends.
func (s *Server) Run(ctx context.Context) { s.pulse.run(ctx) }

// Alive tells what /livez tells: nil, or what hangs.
func (s *Server) Alive() error { return s.pulse.err() }

// Ready tells what /readyz tells: nil, or why new players are not welcome.
func (s *Server) Ready() error { return s.opt.Ready() }

func (s *Server) livez(w http.ResponseWriter, _ *http.Request) { answerHealth(w, s.Alive()) }

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) { answerHealth(w, s.Ready()) }

func answerHealth(w http.ResponseWriter, err error) {
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}
