package tickwire

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/rs/zerolog"
)

// Reload reads certificate files, the keys for players' tokens and the operator's
// API keys anew. What is broken stays as it was, and the error tells. Who is
// connected stays connected.
func (s *Server) Reload() error {
	var errs []error
	if s.encryption.files != nil {
		errs = append(errs, s.encryption.files.Reload())
	}
	if s.identities.tokens != nil {
		if err := s.identities.tokens.Reload(); err != nil {
			errs = append(errs, fmt.Errorf("players' tokens: %w", err))
		}
	}
	return errors.Join(append(errs, s.reloadOpsKeys())...)
}

// onHangup reloads at each SIGHUP until stop is called. When the terminal that
// the server was started from is gone, which SIGHUP means as well, end is called.
func (in invocation) onHangup(s *Server, running *settings, end func()) (stop func()) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	wasTerminal := in.terminal()
	wait := background(func(ctx context.Context) {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
			}
			if wasTerminal && !in.terminal() {
				end()
				return
			}
			in.reload(s, running)
		}
	})
	return func() { signal.Stop(hangups); wait() }
}

// reload takes what can change while the server runs: the level of the log,
// certificates, keys.
func (in invocation) reload(s *Server, running *settings) {
	log := s.opt.Log
	set, err := running.again(in.args, in.environ)
	if err != nil {
		log.Error().Err(err).Msg("reload: the settings are wrong, the old ones stay")
		return
	}
	if err := s.Reload(); err != nil {
		log.Error().Err(err).Msg("reload: the old certificate or keys stay")
		return
	}
	zerolog.SetGlobalLevel(set.level)
	if names := running.restart(set); len(names) > 0 {
		log.Warn().Strs("settings", names).Msg("reload: these take a restart")
	}
	log.Info().Stringer("level", set.level).Msg("reloaded")
}

// restart names the settings that have another value in other, but for those that
// a reload takes.
func (s *settings) restart(other *settings) []string {
	return slices.DeleteFunc(s.Differ(other.Set), func(name string) bool { return name == levelFlag })
}
