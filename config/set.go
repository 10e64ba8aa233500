package config

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

var errNoTime = errors.New("no time, such as 10s or 1m")

// Set is the settings of a program. Reading them again takes the values that
// hold then.
type Set struct {
	flags  *flag.FlagSet
	prefix string // of the environment variables
	groups []Group
	secret map[string]bool   // whose values are never shown
	origin map[string]string // name → where its value comes from; missing: the default
	values map[string]string // name → value as it was given
	file   string
}

// Group is a part of the help text.
type Group struct {
	Title string
	Flags []*flag.Flag // by name
}

// New makes a set without settings. The variable of a setting is its name in
// capital letters, with _ for -, behind the prefix.
func New(program, prefix string) *Set {
	return &Set{
		flags: flag.NewFlagSet(program, flag.ContinueOnError), prefix: prefix,
		secret: map[string]bool{}, origin: map[string]string{}, values: map[string]string{},
	}
}

// fileFlag is the setting that names the file with the others.
const fileFlag = "config"

// FileFlag defines the setting "config", which names the file. Call it in one
// of the groups.
func (s *Set) FileFlag(flags *flag.FlagSet, usage string) {
	flags.StringVar(&s.file, fileFlag, "", usage)
}

// Group collects the settings that define defines. Their defaults are the values
// that they have then.
func (s *Set) Group(title string, define func(*flag.FlagSet)) {
	known := map[string]bool{}
	s.flags.VisitAll(func(f *flag.Flag) { known[f.Name] = true })
	define(s.flags)
	g := Group{Title: title}
	s.flags.VisitAll(func(f *flag.Flag) {
		if !known[f.Name] {
			g.Flags = append(g.Flags, f)
		}
	})
	s.groups = append(s.groups, g)
}

// Secret says that the value of a setting is never shown.
func (s *Set) Secret(name string) { s.secret[name] = true }

// Groups are the settings, as they were defined.
func (s *Set) Groups() []Group { return s.groups }

// Lookup returns a setting; nil if there is none of that name.
func (s *Set) Lookup(name string) *flag.Flag { return s.flags.Lookup(name) }

// Origin is where the value of a setting comes from: "--bots", "environment
// TICKWIRE_BOTS", "game.conf:7"; "" is the default.
func (s *Set) Origin(name string) string { return s.origin[name] }

// Names are all settings, sorted.
func (s *Set) Names() (names []string) {
	s.flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// Differ names the settings that were given another value in other.
func (s *Set) Differ(other *Set) (names []string) {
	for _, name := range s.Names() {
		if name != fileFlag && s.values[name] != other.values[name] {
			names = append(names, name)
		}
	}
	return names
}

// assignment is a value that a flag or a variable gives to a setting.
type assignment struct{ name, value, origin string }

// Read takes the values from the file, the environment and the command line. The
// error is flag.ErrHelp when help is asked for.
func (s *Set) Read(args, environ []string) error {
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
		if a.name == fileFlag {
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
func (s *Set) parse(args []string) (found []assignment, err error) {
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
			return nil, fmt.Errorf("no flag --%s%s: see --help", name, DidYouMean(name, s.Names()))
		case valued:
		case IsSwitch(f):
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

// IsSwitch reports whether a flag can go without a value. Source: package flag.
func IsSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// set gives one setting a value.
func (s *Set) set(name, value, origin string) error {
	if err := s.flags.Set(name, value); err != nil {
		if s.secret[name] {
			return errors.New("invalid value")
		}
		if g, ok := s.flags.Lookup(name).Value.(flag.Getter); ok {
			if _, ok := g.Get().(time.Duration); ok { // one of package flag, which says "parse error"
				err = errNoTime
			}
		}
		return fmt.Errorf("invalid value %q: %w", value, err)
	}
	s.origin[name], s.values[name] = origin, value
	return nil
}

// Variable is the environment variable of a setting.
func (s *Set) Variable(name string) string {
	return s.prefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// serviceLink are the variables that Kubernetes sets in every container beside
// a Service whose name is that of the program.
var serviceLink = regexp.MustCompile(`^(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

// variables are the settings in the environment. An empty variable is none, as
// container files cannot always leave one out.
func (s *Set) variables(environ []string) (found []assignment, err error) {
	byVariable := map[string]string{}
	for _, name := range s.Names() {
		byVariable[s.Variable(name)] = name
	}
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		key, value, _ := strings.Cut(entry, "=")
		rest, ours := strings.CutPrefix(key, s.prefix)
		if !ours || value == "" || serviceLink.MatchString(rest) || rest == "PORT" && strings.Contains(value, "://") {
			continue
		}
		name, ok := byVariable[key]
		if !ok {
			return nil, fmt.Errorf("environment variable %s is no setting%s: see --help", key, DidYouMean(key, slices.Sorted(maps.Keys(byVariable))))
		}
		found = append(found, assignment{name, value, "environment " + key})
	}
	return found, nil
}
