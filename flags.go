package tickwire

import (
	"cmp"
	"flag"

	"tickwire/auth"
	"tickwire/config"
)

// levelFlag is the setting that a reload takes.
const levelFlag = "log-level"

// define names all settings. A new one is a line here, in its group, that
// points into the options; help, environment, file, check-config and
// print-config follow by themselves, and docs/configuration.md by
//
//	go test -run TestConfigurationPage . -update
func (s *settings) define() {
	s.Group("General", s.generalFlags)
	s.Group("Network", s.networkFlags)
	s.Group("Encryption", s.tlsFlags)
	s.Group("Limits", s.limitFlags)
	s.Group("Matches", s.matchFlags)
	s.Group("Players", s.playerFlags)
	s.Group("Operator", s.operatorFlags)
	if s.options.Flags != nil {
		s.Group(s.options.Name, s.options.Flags)
	}
}

func (s *settings) generalFlags(flags *flag.FlagSet) {
	o := s.options
	s.FileFlag(flags, "`file` of settings, a line \"name = value\" each")
	flags.StringVar(&o.Addr, "addr", cmp.Or(o.Addr, defaultAddr), "`host:port` to listen on; an empty host means all, port 0 a free one")
	flags.Var((*config.Time)(&o.DrainDelay), "drain-delay",
		"`time` from SIGTERM, while the server is not ready, to its refusing new lobbies: for load balancers to notice")
	o.DrainTimeout = cmp.Or(o.DrainTimeout, defaultDrainTimeout)
	flags.Var((*config.PositiveTime)(&o.DrainTimeout), "drain-timeout",
		"`time` that running matches then have to end, such as 10s or 1m")
	o.DrainSpread = cmp.Or(o.DrainSpread, defaultDrainSpread)
	flags.Var((*config.PositiveTime)(&o.DrainSpread), "drain-spread",
		"`time` over which many connections are closed after that, and in which clients are asked to come back")
	flags.Var((*levelValue)(&s.level), levelFlag, "least important `level` to log: debug, info, warn, error, disabled")
}

func (s *settings) matchFlags(flags *flag.FlagSet) {
	o := s.options
	flags.Var((*config.Count)(&o.Bots), "bots", "`number` of bots that play in the first drop-in game")
	o.Grace = cmp.Or(o.Grace, o.Lobby.Grace, defaultGrace)
	flags.Var((*config.OffTime)(&o.Grace), "grace", "`time` that the seat of a player whose connection broke is held; 0 = not at all")
	flags.BoolVar(&o.Lobby.Replays.Off, "replay-off", o.Lobby.Replays.Off, "`true` records no matches")
	flags.StringVar(&o.Lobby.Replays.Dir, "replay-dir", o.Lobby.Replays.Dir,
		"`folder` that keeps the logs of matches, for "+o.Name+" replay; empty = the last ones are kept in memory")
	flags.StringVar(&o.TraceDir, "trace-dir", o.TraceDir,
		"`folder` for traces of steps that went over their budget, for go tool trace; empty = none")
	flags.BoolVar(&o.ServeReplays, "replay-serve", o.ServeReplays, "`true` lets everybody list and watch the matches recorded, under /replays/")
}

func (s *settings) playerFlags(flags *flag.FlagSet) {
	t := &s.options.Tokens
	flags.Var((*config.Secret)(&t.Secret), "jwt-secret", "shared `secret` of at least 32 bytes for players' tokens (HS256); better in a file: --jwt-secret-file")
	s.Secret("jwt-secret")
	flags.StringVar(&t.SecretFile, "jwt-secret-file", t.SecretFile, "`file` with the shared secret; SIGHUP reads it anew")
	flags.StringVar(&t.KeysFile, "jwt-keys-file", t.KeysFile, "`file` with a JSON Web Key Set of public keys for players' tokens (EdDSA, RS256); SIGHUP reads it anew")
	flags.StringVar(&t.Audience, "jwt-audience", t.Audience, "`name` that tokens must be for (claim aud); empty = any")
	flags.StringVar(&t.Issuer, "jwt-issuer", t.Issuer, "`name` that tokens must be from (claim iss); empty = any")
	t.Leeway = cmp.Or(t.Leeway, auth.DefaultLeeway)
	flags.Var((*config.OffTime)(&t.Leeway), "jwt-leeway", "`time` by which the clocks of this machine and of who signs may differ")
	flags.BoolVar(&s.options.RefuseGuests, "refuse-guests", s.options.RefuseGuests, "`true` turns players without a token away")
}

func (s *settings) operatorFlags(flags *flag.FlagSet) {
	o := s.options
	flags.StringVar(&o.OpsAddr, "ops-addr", cmp.Or(o.OpsAddr, opsAuto),
		"`host:port` of the operator's listener; auto = 127.0.0.1 and the port after that of --addr, off = none")
	flags.Var((*opsKeysValue)(&o.OpsKeys), "ops-keys", "API `keys` that open the operator's listener, \"name:secret\" with commas between; better in a file: --ops-keys-file")
	s.Secret("ops-keys")
	flags.StringVar(&o.OpsKeysFile, "ops-keys-file", o.OpsKeysFile, "`file` with API keys, a line \"name:secret\" each; without keys the operator's listener serves this machine alone")
}
