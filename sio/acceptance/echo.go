package main

import "tickwire/sio/engine"

// echo sends every message back.
type echo struct{ session *engine.Session }

func newEcho(o *options) *engine.Server {
	e := o.echoEngine()
	e.Accept = func(s *engine.Session) engine.Handler { return echo{s} }
	return engine.New(e)
}

func (e echo) Message(data []byte, binary bool) {
	if binary {
		e.session.Send(engine.NewBinary(data))
	} else {
		e.session.Send(engine.NewText(data))
	}
}

func (echo) Closed(engine.Reason, error) {}
