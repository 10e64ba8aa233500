package tickwire

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tickwire/config"
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
	for _, g := range s.Groups() {
		fmt.Fprintf(&out, "\n### %s\n\n| setting | value | default | |\n|---|---|---|---|\n", g.Title)
		for _, f := range g.Flags {
			arg, text := flag.UnquoteUsage(f)
			fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", f.Name, arg, config.ShownDefault(f), strings.ReplaceAll(text, "|", `\|`))
		}
	}
	return out.String() + "\n"
}

func exampleFile(s *settings) string {
	var out bytes.Buffer
	out.WriteString("# All settings with their defaults. Take the # away to set one, and try the file\n# with: gameserver check-config --config=FILE\n# See docs/configuration.md.\n")
	for _, g := range s.Groups() {
		fmt.Fprintf(&out, "\n## %s\n", g.Title)
		for _, f := range g.Flags {
			if f.Name == "config" {
				continue
			}
			_, text := flag.UnquoteUsage(f)
			fmt.Fprintf(&out, "\n# %s\n#%s\n", text, config.AppendLine(nil, f.Name, f.DefValue))
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
	defaults := newSettings(&plain)
	for _, name := range set.Names() {
		if set.Origin(name) == "" {
			t.Errorf("%s is not in the file", name)
		}
		if a, b := set.Lookup(name).Value.String(), defaults.Lookup(name).Value.String(); a != b && name != "config" {
			t.Errorf("%s: %q, and the default is %q", name, a, b)
		}
	}
}

// TestPagesNameSettings: what a page says in terms of flags exists, and no bound
// is missing on the page about security.
func TestPagesNameSettings(t *testing.T) {
	set := newSettings(&Options{Name: "tickwire"})
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(pages, "README.md", "CHANGELOG.md") {
		named := flagsOn(t, path)
		for _, name := range named {
			if set.Lookup(name) == nil && name != "help" && name != "frames" { // of a command
				t.Errorf("%s: there is no --%s", path, name)
			}
		}
		for _, g := range set.Groups() {
			for _, f := range g.Flags {
				if path == "docs/security.md" && g.Title == "Limits" && !slices.Contains(named, f.Name) {
					t.Errorf("%s: --%s is missing", path, f.Name)
				}
			}
		}
	}
}

func flagsOn(t *testing.T, path string) (names []string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`--([a-z0-9-]+)").FindAllStringSubmatch(string(page), -1) {
		names = append(names, m[1])
	}
	return names
}
