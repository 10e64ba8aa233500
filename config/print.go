package config

import (
	"flag"
	"fmt"
	"io"
)

// Print writes the settings in force as a file of settings, which without its
// secrets means the same.
func (s *Set) Print(out io.Writer) {
	for i, g := range s.groups {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "# %s\n", g.Title)
		for _, f := range g.Flags {
			origin, set := s.origin[f.Name]
			if !set {
				origin = "default"
			}
			line := string(AppendLine(nil, f.Name, f.Value.String()))
			switch {
			case f.Name == fileFlag:
				line = "# " + line
			case s.secret[f.Name] && f.Value.String() != "":
				line = "# " + f.Name + " = (secret)"
			}
			fmt.Fprintf(out, "%-40s # %s\n", line, origin)
		}
	}
}

// Help writes what settings there are.
func (s *Set) Help(out io.Writer) {
	for _, g := range s.groups {
		fmt.Fprintf(out, "\n%s\n\n", g.Title)
		for _, f := range g.Flags {
			arg, text := flag.UnquoteUsage(f)
			fmt.Fprintf(out, "  --%s %s\n        %s\n        default %s, environment %s\n", f.Name, arg, text, ShownDefault(f), s.Variable(f.Name))
		}
	}
}

// ShownDefault is the default of a setting for people.
func ShownDefault(f *flag.Flag) string {
	if f.DefValue == "" {
		return "none"
	}
	return f.DefValue
}
