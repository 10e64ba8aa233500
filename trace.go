package tickwire

import (
	"context"
	"errors"

	"tickwire/lobby"
	"tickwire/tick/flight"
)

// newTraces makes what writes a trace when a step of a match goes over its
// budget; nil without a folder for them.
func newTraces(o *Options) (*flight.Recorder, error) {
	if o.TraceDir == "" {
		return nil, nil
	}
	traces, err := flight.New(flight.Options{Dir: o.TraceDir, Log: o.Log})
	if err != nil {
		return nil, err
	}
	tell := o.Lobby.Overran
	o.Lobby.Overran = func(slow lobby.Overrun) {
		traces.Dump(slow.Game + "-" + slow.Match)
		if tell != nil {
			tell(slow)
		}
	}
	return traces, nil
}

// runTraces keeps the last seconds in memory until stop is called.
func (s *Server) runTraces() (stop func()) {
	if s.traces == nil {
		return func() {}
	}
	return background(func(ctx context.Context) {
		if err := s.traces.Run(ctx); !errors.Is(err, context.Canceled) {
			s.opt.Log.Warn().Err(err).Msg("no traces of slow steps")
		}
	})
}
