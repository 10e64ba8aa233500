package engine

import (
	"context"
	"time"
)

// Retire refuses new sessions (503) and ends the open ones with reason
// ServerShutdown one after the other, evenly over a time: clients that connect
// again, to another server, do not all arrive there at once. It returns when the
// last one is ended or ctx ends; Close is still to be called.
func (srv *Server) Retire(ctx context.Context, over time.Duration) {
	all := srv.stop()
	began := time.Now()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for i, s := range all {
		due := over / time.Duration(len(all)) * time.Duration(i)
		pause.Reset(due - time.Since(began)) // what is past fires at once
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		s.Close(ServerShutdown)
	}
}
