package clientjs_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tickwire/clients/js"
)

// The classic script is what the modules are now.
func TestClassicScriptIsCurrent(t *testing.T) {
	source, err := os.ReadFile("embed.go")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^//go:generate go (tool esbuild .*) --outfile=dist/socket\.io\.js$`).FindSubmatch(source)
	if line == nil {
		t.Fatal("embed.go has no go:generate line for dist/socket.io.js")
	}
	out := filepath.Join(t.TempDir(), "socket.io.js")
	cmd := exec.CommandContext(t.Context(), "go", append(strings.Fields(string(line[1])), "--outfile="+out)...)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	want, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got, err := clientjs.FS.ReadFile("dist/socket.io.js")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("dist/socket.io.js is not what its sources give: run go generate ./clients/js")
	}
}

var imports = regexp.MustCompile(`(?m)^(?:import|export) [^;]*? from "([^"]+)";`)

// What the modules import is embedded, and nothing else is: no test, no
// dependency, no tool's configuration.
func TestEmbeddedModules(t *testing.T) {
	reached := map[string]bool{"dist/socket.io.js": true}
	var visit func(name string)
	visit = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		source, err := clientjs.FS.ReadFile(name)
		if err != nil {
			t.Error(err)
			return
		}
		for _, m := range imports.FindAllSubmatch(source, -1) {
			visit(filepath.ToSlash(filepath.Join(filepath.Dir(name), string(m[1]))))
		}
	}
	visit("index.js")
	visit("classic.js")
	err := fs.WalkDir(clientjs.FS, ".", func(name string, d fs.DirEntry, err error) error {
		// transport.js holds types alone: only comments name it.
		if err == nil && !d.IsDir() && !reached[name] && name != "engine/transport.js" {
			t.Errorf("%s is embedded but imported by nothing", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
