package tickwire_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeGameCompiles builds the game that the README shows, word for word.
func TestReadmeGameCompiles(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	game := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(readme)
	if game == nil {
		t.Fatal("README.md shows no Go program")
	}
	formatted := exec.Command("gofmt", "-d")
	formatted.Stdin = strings.NewReader(string(game[1]))
	if diff, err := formatted.Output(); err != nil || len(diff) > 0 {
		t.Errorf("gofmt wants changes: %v\n%s", err, diff)
	}
	// An overlay puts the file into this module without writing to it.
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, game[1], 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	text := `{"Replace": {"` + filepath.Join(root, "cmd", "readme", "main.go") + `": "` + source + `"}}`
	if err := os.WriteFile(overlay, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-overlay="+overlay, "-o", os.DevNull, "./cmd/readme")
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("the README's game does not build: %v\n%s", err, out)
	}
}
