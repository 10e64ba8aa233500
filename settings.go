package tickwire

import (
	"flag"

	"github.com/rs/zerolog"

	"tickwire/config"
)

// settings are what operators may set of the Options.
type settings struct {
	*config.Set
	base    Options  // before anything was set
	options *Options // what the flags point into

	level zerolog.Level
}

// newSettings defines the settings; their defaults are what o says.
func newSettings(o *Options) *settings {
	s := &settings{Set: config.New(o.Name, "TICKWIRE_"), base: *o, options: o, level: zerolog.InfoLevel}
	s.define()
	return s
}

// again reads the settings anew, beside those that a server runs with. A
// studio's own are only looked at: its variables are in use.
func (s *settings) again(args, environ []string) (*settings, error) {
	o := s.base
	groups := s.Groups()
	own := groups[len(groups)-1]
	if o.Flags != nil {
		o.Flags = func(flags *flag.FlagSet) {
			for _, f := range own.Flags {
				flags.Var(config.Anything(f), f.Name, f.Usage)
			}
		}
	}
	set := newSettings(&o)
	return set, set.Read(args, environ)
}
