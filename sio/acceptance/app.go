package main

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tickwire/sio"
	"tickwire/sio/engine"
)

// app is the server of the Socket.IO mode.
type app struct {
	srv *sio.Server
	dyn *sio.ParentNamespace

	logs           bool // the names of events are noted
	middlewareRuns atomic.Int64
	opened         atomic.Int64 // sessions ever opened
	ticker         ticker

	mu          sync.Mutex // guards the following
	refusals    []refusal
	disconnects []disconnect
	flaky       map[string]int
}

func newApp(o *options) *app {
	a := &app{logs: o.log, flaky: make(map[string]int)}
	opts := o.sio()
	opts.OnSession = func(*engine.Session) { a.opened.Add(1) }
	opts.Engine.AllowRequest = func(r *http.Request) error {
		if _, denied := r.Header["X-Deny"]; denied {
			return errors.New("denied by allowRequest")
		}
		return nil
	}
	opts.Engine.InitialHeaders = func(h http.Header, _ *http.Request) { h.Set("x-gs-initial", "1") }
	opts.Engine.Headers = func(h http.Header, _ *http.Request) { h.Set("x-gs", "1") }
	opts.Engine.OnConnectionError = a.refused
	a.srv = sio.New(opts)
	a.namespaces()
	return a
}

// namespaces registers the namespaces and their middleware.
func (a *app) namespaces() {
	main := a.srv.Of("/")
	main.Use(func(*sio.Socket) error {
		a.middlewareRuns.Add(1)
		return nil
	})
	main.OnConnect(a.standard)

	a.srv.Of("/custom").OnConnect(a.standard)

	auth := a.srv.Of("/auth")
	auth.Use(func(s *sio.Socket) error {
		s.SetData(map[string]any{"mw": []any{"first"}})
		return nil
	})
	auth.Use(checkToken)
	auth.OnConnect(a.standard)

	slow := a.srv.Of("/slow")
	slow.Use(func(s *sio.Socket) error { return wait(s, 400*time.Millisecond) })
	slow.OnConnect(a.standard)

	a.dyn = a.srv.OfPattern(regexp.MustCompile(`^/dyn-\d+$`))
	a.dyn.Use(func(s *sio.Socket) error {
		if s.Auth().Get("reject").Truthy() {
			return errors.New("rejected by dyn")
		}
		return nil
	})
	a.dyn.OnConnect(a.standard)

	byFunction := a.srv.OfMatch(func(name string, auth sio.Raw) bool {
		allow, _ := auth.Get("allow").Any()
		return strings.HasPrefix(name, "/fn/") && allow == true
	})
	byFunction.OnConnect(a.standard)
}

// wait passes the time unless the client leaves.
func wait(s *sio.Socket, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-s.Context().Done():
		return s.Context().Err()
	}
}

func checkToken(s *sio.Socket) error {
	data := s.Data().(map[string]any)
	data["mw"] = append(data["mw"].([]any), "second")
	raw := s.Auth().Get("token")
	if len(raw) == 0 {
		return errors.New("missing token")
	}
	token, _ := raw.Any()
	switch token {
	case "secret":
		return nil
	case "deferred":
		return wait(s, 200*time.Millisecond)
	}
	return &sio.ConnectError{Message: "not authorized", Data: map[string]any{
		"code": 4001, "token": token, "nested": map[string]any{"list": []any{1, "é", nil}},
	}}
}
