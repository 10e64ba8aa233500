package tickwire

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"tickwire/ops/agones"
)

// supervise tells whoever runs this process how it is, until stop is called:
// systemd by its notify socket and watchdog, Agones by its sidecar. Where there
// is neither, it does nothing.
func (s *Server) supervise() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	_, _ = daemon.SdNotify(false, daemon.SdNotifyReady) // fails without systemd
	if limit, err := daemon.SdWatchdogEnabled(false); err != nil {
		s.opt.Log.Warn().Err(err).Msg("no watchdog of systemd")
	} else if limit > 0 {
		wg.Go(func() { s.feedWatchdog(ctx, limit/2) })
	}
	if agones.Enabled() {
		reporter := agones.Reporter{Healthy: s.ops.Alive, Rooms: s.rooms, Log: s.opt.Log}
		wg.Go(func() { reporter.Run(ctx) })
	}
	return func() { cancel(); wg.Wait() }
}

func (s *Server) rooms() (count, limit int) { return s.lobbies.Lobbies(), s.lobbies.MaxLobbies() }

// feedWatchdog has systemd restart a process whose matches do not wake up any
// more.
func (s *Server) feedWatchdog(ctx context.Context, every time.Duration) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		if err := s.ops.Alive(); err != nil {
			s.opt.Log.Error().Err(err).Msg("the watchdog of systemd is not fed")
			continue
		}
		_, _ = daemon.SdNotify(false, daemon.SdNotifyWatchdog)
	}
}

// notifyStopping tells systemd to wait for the end of a drain.
func notifyStopping(limit time.Duration) {
	_, _ = daemon.SdNotify(false, fmt.Sprintf("%s\nEXTEND_TIMEOUT_USEC=%d", daemon.SdNotifyStopping, limit.Microseconds()))
}
