package tickwire_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wallClock are the ways in which a time loses its reading of the monotonic
// clock, after which it moves with the machine's.
var wallClock = regexp.MustCompile(`\.Unix(Nano|Milli|Micro)?\(\)|time\.Unix(Milli|Micro)?\(|\.Round\(0\)|\.Truncate\(time|\.UTC\(\)|\.AddDate\(`)

// told are the files that tell people, or peers, the time of day, and what for.
var told = map[string]string{
	"codec/socketio/jsonwrite.go": "Dates of JavaScript",
	"codec/socketio/raw.go":       "Dates of JavaScript",
	"codec/socketio/value.go":     "Dates of JavaScript",
	"lobby/archive.go":            "when a match was recorded",
	"lobby/archivestore.go":       "when a match was recorded",
	"lobby/recorder.go":           "when a match was recorded",
	"sio/engine/firstanswer.go":   "the Date of an answer",
	"sio/engine/server.go":        "a deadline in the past",
	"sio/engine/session.go":       "a deadline in the past",
	"sio/socket.go":               "when a socket connected, for the studio",
	"tick/flight/flight.go":       "names of files",
}

// TestNobodyLivesByTheWallClock: when somebody sets the clock of the machine, or
// it jumps by itself, no tick, timeout, seat, ban or limit moves with it. All of
// them count on the monotonic clock, which Go keeps in a time.Time until
// something takes it out. Only tokens and certificates end by the time of day.
func TestNobodyLivesByTheWallClock(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.Dir}}{{range .GoFiles}} {{.}}{{end}}`,
		"./sio", "./sio/engine", "./lobby/...", "./tick/...", "./codec/...", "./edge").Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	unused := map[string]bool{}
	for name := range told {
		unused[name] = true
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		for _, file := range fields[1:] {
			name, err := filepath.Rel(root, filepath.Join(fields[0], file))
			if err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found := wallClock.Find(content)
			if found != nil && told[name] == "" && !strings.HasPrefix(name, "lobby/lobbytest/") {
				t.Errorf("%s: %s takes the monotonic clock out of a time", name, found)
			}
			if found != nil {
				delete(unused, name)
			}
		}
	}
	for name := range unused {
		t.Errorf("%s does not need to be in the list any more", name)
	}
}
