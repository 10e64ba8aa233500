package tickwire

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Drain ends Serve as the end of its context does, and returns at once. More
// than one call is one drain.
func (s *Server) Drain() { s.drainOnce.Do(func() { close(s.drainAsked) }) }

// Times of the end that no option sets.
const (
	closeTimeout = 5 * time.Second       // for connections that are told of their end to close
	closeEach    = 10 * time.Millisecond // between two connections: few need less than DrainSpread
)

// drain ends politely what runs, and cuts what is left when its time is over:
// not ready, no new lobbies, matches end, connections close one after the other.
// The listener stays open until the end: a client on long-polling needs new
// requests to hear what is going on.
func (s *Server) drain(web *http.Server, stopQueue, stopBots func()) error {
	o, began := &s.opt, time.Now()
	s.draining.Store(true)
	notifyStopping(o.drainTime())
	o.Log.Info().Dur("delay", o.DrainDelay).Dur("deadline", o.DrainTimeout).Msg("draining")
	time.Sleep(o.DrainDelay) // load balancers learn that the server is not ready
	stopQueue()
	s.endMatches()
	stopBots()
	s.retire()
	err := s.closeAll(web)
	o.Log.Info().Dur("took", time.Since(began)).Msg("drained")
	return err
}

// endMatches tells everybody and waits for the matches, which the deadline cuts.
func (s *Server) endMatches() {
	ctx, cancel := context.WithTimeout(context.Background(), s.opt.DrainTimeout)
	defer cancel()
	s.gateway.Drain(s.lobbies.DrainNotice(ctx))
	s.lobbies.Drain(ctx) // an error is the deadline: matches were cut
}

// retire closes the connections one by one, so that their players do not all
// come to another server in the same second.
func (s *Server) retire() {
	over := min(s.opt.DrainSpread, closeEach*time.Duration(s.io.Engine().Sessions()))
	ctx, cancel := context.WithTimeout(context.Background(), s.opt.DrainSpread)
	defer cancel()
	s.io.Retire(ctx, over)
}

func (s *Server) closeAll(web *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	err := s.io.Close(ctx)
	if web.Shutdown(ctx) != nil {
		return errors.Join(err, web.Close())
	}
	return err
}

// drainTime is how long a drain takes at most.
func (o *Options) drainTime() time.Duration {
	return o.DrainDelay + o.DrainTimeout + o.DrainSpread + closeTimeout
}
