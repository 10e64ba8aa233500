package tickwire

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"

	"github.com/rs/zerolog"
)

// Reload reads certificate files, the keys for players' tokens and the operator's
// API keys anew. What is
// broken stays as it was, and the error tells. Who is connected stays connected.
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
	ctx, cancel := context.WithCancel(context.Background())
	wasTerminal := in.terminal()
	var wg sync.WaitGroup
	wg.Go(func() { // ends by stop
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
	return func() { signal.Stop(hangups); cancel(); wg.Wait() }
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
	if names := running.differ(set); len(names) > 0 {
		log.Warn().Strs("settings", names).Msg("reload: these take a restart")
	}
	log.Info().Stringer("level", set.level).Msg("reloaded")
}

// again reads the settings anew, beside those that a server runs with. A
// studio's own are only looked at: its variables are in use.
func (s *settings) again(args, environ []string) (*settings, error) {
	o := s.base
	own := s.groups[len(s.groups)-1]
	if o.Flags != nil {
		o.Flags = func(flags *flag.FlagSet) {
			for _, f := range own.flags {
				flags.Var(&anyValue{text: f.DefValue, isSwitch: isSwitch(f)}, f.Name, f.Usage)
			}
		}
	}
	set := newSettings(&o)
	return set, set.read(args, environ)
}

// anyValue is a flag that takes everything.
type anyValue struct {
	text     string
	isSwitch bool
}

func (v *anyValue) Set(text string) error { v.text = text; return nil }
func (v *anyValue) String() string        { return v.text }
func (v *anyValue) IsBoolFlag() bool      { return v.isSwitch }

// differ names the settings that have another value in other, but for those that
// a reload takes.
func (s *settings) differ(other *settings) (names []string) {
	for _, name := range s.names() {
		if slices.Contains([]string{"log-level", "config"}, name) {
			continue
		}
		if s.values[name] != other.values[name] {
			names = append(names, name)
		}
	}
	return names
}
