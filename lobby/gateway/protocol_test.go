package gateway

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
	"tickwire/lobby/party"
	"tickwire/lobby/queue"
)

// TestProtocolPage holds docs/protocol.md to what the server registers,
// pushes and answers.
func TestProtocolPage(t *testing.T) {
	content, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	var codes []string
	for _, c := range lobby.Codes() {
		codes = append(codes, string(c))
	}
	pushes := []string{
		lobby.EventUpdate, lobby.EventPlace, lobby.EventChat, lobby.EventClosed, lobby.EventList, lobby.EventMatchStart,
		lobby.EventMatch, lobby.EventTables, lobby.EventMatchEnd, lobby.EventDrain,
		party.EventUpdate, party.EventFollow, party.EventClosed,
		queue.EventStatus, queue.EventMatched, queue.EventClosed,
		lobby.EventAnnounce,
	}
	var reasons []string
	for _, r := range matchmaker.Reasons() {
		reasons = append(reasons, r.String())
	}
	for heading, want := range map[string][]string{
		"## Requests":     slices.Sorted(maps.Keys(requests)),
		"### Matchmaking": slices.Sorted(slices.Values(reasons)),
		"### The clock":   {"clock"},
		"## Pushes":       slices.Sorted(slices.Values(pushes)),
		"## The hot pair": {"i", "s"},
		"## Error codes":  slices.Sorted(slices.Values(codes)),
	} {
		if got := firstColumn(section(page, heading)); !slices.Equal(got, want) {
			t.Errorf("%s: the page has %q, the server %q", heading, got, want)
		}
	}
	for _, reason := range []string{lobby.EndFinished, lobby.EndFault, lobby.EndStuck, lobby.EndDrain, lobby.EndClosed} {
		if !strings.Contains(section(page, "## Pushes"), "`"+reason+"`") {
			t.Errorf("the page does not tell the reason %q of match:end", reason)
		}
	}
	for _, name := range regexp.MustCompile("`([A-Z]+(?:_[A-Z]+)+)`").FindAllStringSubmatch(page, -1) {
		if !slices.Contains(codes, name[1]) {
			t.Errorf("the page names %s, which is no code", name[1])
		}
	}
}

// section is the text under a heading up to the next.
func section(page, heading string) string {
	_, after, _ := strings.Cut(page, "\n"+heading+"\n")
	text, _, _ := strings.Cut(after, "\n#")
	return text
}

// firstColumn lists the names in the first table of a section.
func firstColumn(text string) []string {
	var names []string
	for line := range strings.Lines(text) {
		if cell, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ := strings.Cut(cell, "`")
			names = append(names, name)
		} else if len(names) > 0 {
			break
		}
	}
	slices.Sort(names)
	return names
}
