package main_test

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var shell = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestExamplesOfTheControlAPI runs the curl examples of docs/operations.md, one
// after the other in one shell, against the real binary.
func TestExamplesOfTheControlAPI(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(page), "\n## Control API\n")
	if !ok {
		t.Fatal("docs/operations.md has no section on the control API")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var script strings.Builder
	for _, block := range shell.FindAllStringSubmatch(section, -1) {
		script.WriteString(block[1])
	}
	keys := t.TempDir() + "/keys"
	if err := os.WriteFile(keys, []byte("docs:correct-horse-battery\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "--bots=2", "--ops-keys-file="+keys, "--drain-timeout=1s")
	waitFor(t, p.ops+"/metrics", `tickwire_players{game="arena"} 2`)

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sh := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script.String())
	sh.Env = append(os.Environ(), "OPS="+p.ops+"/api/v1", "KEY=correct-horse-battery")
	out, err := sh.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`"alive":true`, `"matches":[{`, `"tickets":["`, `"what":"reserved"`, `"lobbies":`, `"costs":[`, `"level":"debug"`, `"draining":true`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no answer has %s:\n%s", want, out)
		}
	}
	<-p.read // the drain ends it
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
}
