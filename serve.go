package tickwire

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// Serve serves on a listener, which it closes, until ctx ends or [Server.Drain]
// is called. Then it drains: /healthz turns to 503, new lobbies are refused,
// clients are told (server:drain) and matches end, at the latest when
// DrainTimeout is over; then connections are closed one after the other. It
// returns when everything it started has ended. It may be called once.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	web := s.webServer(s.handler)
	redirect, err := s.listenRedirect(ctx, listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer redirect.close()
	operator, err := s.listenOps(ctx, listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer s.runAlarm()()
	stopQueue := s.runQueue()
	defer stopQueue()
	defer s.runTraces()()
	defer operator.close()
	defer s.runPulse()()
	s.serveOps(operator)
	served := make(chan error, 1)
	go func() { served <- web.Serve(s.encryption.around(listener)) }() // ends by Shutdown or Close, below
	s.serving.Store(true)
	s.opt.Log.Info().Str("addr", listener.Addr().String()).Msg("listening")
	if s.opt.Listening != nil {
		s.opt.Listening(s.publicURL(listener.Addr()))
	}
	botCtx, stopBots := context.WithCancel(context.WithoutCancel(ctx))
	var bots sync.WaitGroup
	s.startBots(botCtx, &bots, s.ownURL(listener.Addr()))

	defer s.supervise()()

	select {
	case err = <-served:
	case <-ctx.Done():
	case <-s.drainAsked:
	}
	drainErr := s.drain(web, stopQueue, func() { stopBots(); bots.Wait() })
	if err == nil {
		err = <-served
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(err, drainErr)
	}
	return drainErr
}

// runAlarm wakes up the matches until stop is called; the drain has ended them by
// then.
func (s *Server) runAlarm() (stop func()) {
	if s.alarm == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.alarm.Run(ctx) }) // its error is the context's
	return func() { cancel(); wg.Wait() }
}

// runQueue makes matches until stop is called, which may be more than once.
func (s *Server) runQueue() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.queue.Run(ctx) })
	return func() { cancel(); wg.Wait() }
}

// runPulse watches over the process until stop is called.
func (s *Server) runPulse() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.ops.Run(ctx) })
	return func() { cancel(); wg.Wait() }
}
