package tickwire

import (
	"fmt"
	"io"
)

// print writes the settings in force as a settings file, which without its
// secrets means the same.
func (s *settings) print(out io.Writer) {
	for i, g := range s.groups {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "# %s\n", g.title)
		for _, f := range g.flags {
			origin, set := s.origin[f.Name]
			if !set {
				origin = "default"
			}
			line := string(appendLine(nil, f.Name, f.Value.String()))
			switch {
			case f.Name == "config":
				line = "# " + line
			case s.secret[f.Name] && f.Value.String() != "":
				line = "# " + f.Name + " = (secret)"
			}
			fmt.Fprintf(out, "%-40s # %s\n", line, origin)
		}
	}
}
