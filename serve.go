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
	stopQueue := background(s.queue.Run)
	defer stopQueue()
	defer s.runTraces()()
	defer operator.close()
	defer background(s.ops.Run)()
	s.serveOps(operator)
	served := make(chan error, 1)
	go func() { served <- web.Serve(s.encryption.around(s.io.Engine().Listener(listener, web))) }() // ends by Shutdown or Close, below
	s.serving.Store(true)
	s.opt.Log.Info().Str("addr", listener.Addr().String()).Msg("listening")
	s.tellSending()
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

// tellSending logs how frames leave. Either way is right.
func (s *Server) tellSending() {
	if err := s.io.Engine().IOUring(); err != nil {
		s.opt.Log.Info().Bool("io_uring", false).Str("reason", err.Error()).Msg("frames leave one by one")
		return
	}
	s.opt.Log.Info().Bool("io_uring", true).Msg("frames leave several at a time")
}

// runAlarm wakes up the matches until stop is called; the drain has ended them by
// then.
func (s *Server) runAlarm() (stop func()) {
	if s.alarm == nil {
		return func() {}
	}
	return background(func(ctx context.Context) { _ = s.alarm.Run(ctx) }) // its error is the context's
}

// background runs something on a goroutine until stop is called, which waits for
// its end and may be called more than once.
func background(run func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { run(ctx) })
	return func() { cancel(); wg.Wait() }
}
