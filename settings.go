package tickwire

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rs/zerolog"
)

// settings are what operators may set, each by a flag, an environment variable
// or a line of a file, which count in this order. Every value that is given is
// checked, also one that another takes the place of. Reading it again takes
// the values that hold then.
type settings struct {
	base    Options  // before anything was set
	options *Options // what the flags point into
	flags   *flag.FlagSet
	groups  []group
	secret  map[string]bool   // whose values are never shown
	origin  map[string]string // name → where its value comes from; missing: the default
	values  map[string]string // name → value as it was given

	file  string
	level zerolog.Level
}

// group is a part of the help text.
type group struct {
	title string
	flags []*flag.Flag // in the order of their definition
}

// newSettings defines the settings; their defaults are what o says.
func newSettings(o *Options) *settings {
	s := &settings{
		base: *o, options: o, flags: flag.NewFlagSet(o.Name, flag.ContinueOnError),
		secret: map[string]bool{}, origin: map[string]string{}, values: map[string]string{}, level: zerolog.InfoLevel,
	}
	s.define()
	return s
}

// group collects what define defines.
func (s *settings) group(title string, define func(*flag.FlagSet)) {
	known := map[string]bool{}
	s.flags.VisitAll(func(f *flag.Flag) { known[f.Name] = true })
	define(s.flags)
	g := group{title: title}
	s.flags.VisitAll(func(f *flag.Flag) {
		if !known[f.Name] {
			g.flags = append(g.flags, f)
		}
	})
	s.groups = append(s.groups, g)
}

// assignment is a value that a flag or a variable gives to a setting.
type assignment struct{ name, value, origin string }

// read takes the values from the file, the environment and the command line.
func (s *settings) read(args, environ []string) error {
	flags, err := s.parse(args)
	if err != nil {
		return err
	}
	variables, err := s.variables(environ)
	if err != nil {
		return err
	}
	given := append(variables, flags...) // the last one counts
	for _, a := range given {
		if a.name == "config" {
			s.file = a.value
		}
	}
	if s.file != "" {
		if err := s.readFile(s.file); err != nil {
			return err
		}
	}
	for _, a := range given {
		if err := s.set(a.name, a.value, a.origin); err != nil {
			return fmt.Errorf("%s: %w", a.origin, err)
		}
	}
	return nil
}

// parse reads a command line as package flag does: -name=value, --name=value,
// --name value, and --name for a switch.
func (s *settings) parse(args []string) (found []assignment, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if len(arg) < 2 || arg[0] != '-' {
			return nil, fmt.Errorf("unexpected argument %q: see --help", arg)
		}
		name, value, valued := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		f := s.flags.Lookup(name)
		switch {
		case name == "help" || name == "h":
			return nil, flag.ErrHelp
		case f == nil:
			return nil, fmt.Errorf("no flag --%s%s: see --help", name, didYouMean(name, s.names()))
		case valued:
		case isSwitch(f):
			value = "true"
		case len(args) == 0:
			return nil, fmt.Errorf("--%s: no value: see --help", name)
		default:
			value, args = args[0], args[1:]
		}
		found = append(found, assignment{name, value, "--" + name})
	}
	return found, nil
}

// isSwitch reports whether a flag can go without a value. Source: package flag.
func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// set gives one setting a value.
func (s *settings) set(name, value, origin string) error {
	if err := s.flags.Set(name, value); err != nil {
		if s.secret[name] {
			return errors.New("invalid value")
		}
		return fmt.Errorf("invalid value %q: %w", value, err)
	}
	s.origin[name], s.values[name] = origin, value
	return nil
}

// names are all settings, sorted.
func (s *settings) names() (names []string) {
	s.flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

const envPrefix = "TICKWIRE_"

// variable is the environment variable of a setting.
func variable(name string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// serviceLink are the variables that Kubernetes sets in every container beside
// a Service of the name tickwire.
var serviceLink = regexp.MustCompile(`^(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

// variables are the settings in the environment. An empty variable is none, as
// container files cannot always leave one out.
func (s *settings) variables(environ []string) (found []assignment, err error) {
	byVariable := map[string]string{}
	for _, name := range s.names() {
		byVariable[variable(name)] = name
	}
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		key, value, _ := strings.Cut(entry, "=")
		rest, ours := strings.CutPrefix(key, envPrefix)
		if !ours || value == "" || serviceLink.MatchString(rest) || rest == "PORT" && strings.Contains(value, "://") {
			continue
		}
		name, ok := byVariable[key]
		if !ok {
			return nil, fmt.Errorf("environment variable %s is no setting%s: see --help", key, didYouMean(key, slices.Sorted(maps.Keys(byVariable))))
		}
		found = append(found, assignment{name, value, "environment " + key})
	}
	return found, nil
}
