// Command acceptance is a small server that proves package sio from outside:
// conformance suites, clients of all languages and load generators are pointed
// at it. It uses the public API alone. See README.md for what it does.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "acceptance:", err)
		os.Exit(1)
	}
}

// service is what the two modes have in common.
type service interface {
	http.Handler
	Close(context.Context) error
}

func run() error {
	o := parseFlags()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	srv := newService(o, mux)
	log := logger()
	log.Info().Str("addr", listener.Addr().String()).Msg("listening")

	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }() // ends with web.Close below
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stop() // a second signal ends the process at once
	closing, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	listener.Close()
	err = srv.Close(closing)
	if cut := web.Close(); err == nil {
		err = cut
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func newService(o *options, mux *http.ServeMux) service {
	if o.mode == "engine-echo" {
		srv := newEcho(o)
		mux.Handle("/engine.io/", srv)
		return srv
	}
	a := newApp(o)
	mux.Handle(o.path, a.srv)
	mux.Handle("GET /__stats", a)
	return a.srv
}
