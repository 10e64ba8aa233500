package tickwire

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the pages that are made from the settings")

const (
	configPage    = "docs/configuration.md"
	configExample = "deploy/tickwire.conf.example"
	beginTables   = "<!-- made by: go test -run TestConfigurationPage . -update -->\n"
	endTables     = "<!-- end -->\n"
)

// TestConfigurationPage: the tables of the page and the example file are what
// the flags say.
func TestConfigurationPage(t *testing.T) {
	page, err := os.ReadFile(configPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), beginTables)
	_, after, ok2 := strings.Cut(rest, endTables)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the tables", configPage)
	}
	set := newSettings(&Options{Name: "tickwire"})
	for path, want := range map[string]string{
		configPage:    before + beginTables + tables(set) + endTables + after,
		configExample: exampleFile(set),
	} {
		got, _ := os.ReadFile(path)
		if string(got) == want {
			continue
		}
		if !*update {
			t.Errorf("%s is not what the flags say: go test -run TestConfigurationPage . -update", path)
		} else if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func tables(s *settings) string {
	var out bytes.Buffer
	for _, g := range s.groups {
		fmt.Fprintf(&out, "\n### %s\n\n| setting | value | default | |\n|---|---|---|---|\n", g.title)
		for _, f := range g.flags {
			arg, text := flag.UnquoteUsage(f)
			fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", f.Name, arg, shownDefault(f), strings.ReplaceAll(text, "|", `\|`))
		}
	}
	return out.String() + "\n"
}

func exampleFile(s *settings) string {
	var out bytes.Buffer
	out.WriteString("# All settings with their defaults. Take the # away to set one, and try the file\n# with: gameserver check-config --config=FILE\n# See docs/configuration.md.\n")
	for _, g := range s.groups {
		fmt.Fprintf(&out, "\n## %s\n", g.title)
		for _, f := range g.flags {
			if f.Name == "config" {
				continue
			}
			_, text := flag.UnquoteUsage(f)
			fmt.Fprintf(&out, "\n# %s\n#%s\n", text, appendLine(nil, f.Name, f.DefValue))
		}
	}
	return out.String()
}

// TestExampleFile: with every # taken away it is a file of settings that means
// the defaults.
func TestExampleFile(t *testing.T) {
	text, err := os.ReadFile(configExample)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "#"); ok && !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "#") {
			line = rest
		}
		lines = append(lines, line)
	}
	var o, plain Options
	set, err := read(&o, []string{"--config", write(t, "example.conf", strings.Join(lines, ""))})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(set.names()); len(set.values) != n { // with --config
		t.Errorf("%d settings, want %d", len(set.values), n)
	}
	defaults := newSettings(&plain)
	for _, name := range set.names() {
		if a, b := set.flags.Lookup(name).Value.String(), defaults.flags.Lookup(name).Value.String(); a != b && name != "config" {
			t.Errorf("%s: %q, and the default is %q", name, a, b)
		}
	}
}

// TestSecurityPageNamesSettings: what it says in terms of flags exists, and no
// bound is left out.
func TestSecurityPageNamesSettings(t *testing.T) {
	page, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	set := newSettings(&Options{Name: "tickwire"})
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`--([a-z0-9-]+)`").FindAllStringSubmatch(string(page), -1) {
		if named[m[1]] = true; set.flags.Lookup(m[1]) == nil {
			t.Errorf("there is no --%s", m[1])
		}
	}
	for _, g := range set.groups {
		for _, f := range g.flags {
			if g.title == "Limits" && !named[f.Name] {
				t.Errorf("--%s is not on the page", f.Name)
			}
		}
	}
}
