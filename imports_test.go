package tickwire_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the architecture: which packages of ours each package may
// reach, directly or not. A prefix ending in "/..." allows a whole subtree.
// docs/decisions.md tells why each arrow is there.
var mayImport = map[string][]string{
	"codec/engineio":      {},
	"codec/socketio":      {},
	"codec/state":         {},
	"codec/replay":        {"codec/socketio"},
	"tick":                {},
	"clients/js":          {},
	"clients/js/test/...": {"..."},
	"auth":                {},
	"config":              {},
	"edge":                {"sio/engine", "codec/engineio"},
	"clients/go":          {"codec/..."},
	"sio/engine":          {"codec/engineio"},
	"sio":                 {"sio/engine", "codec/engineio", "codec/socketio", "clients/js"},
	"tick/flight":         {},
	"lobby":               {"lobby/matchmaker", "tick", "codec/state", "codec/socketio", "codec/replay"},
	"lobby/matchmaker":    {},
	"lobby/rating":        {},
	"lobby/party":         {"lobby", "lobby/matchmaker", "tick", "codec/..."},
	"lobby/queue":         {"lobby", "lobby/matchmaker", "lobby/rating", "tick", "codec/..."},
	"ops/agones":          {},
	"deploy":              {},
	"lobby/lobbytest":     {"lobby", "lobby/matchmaker", "tick", "codec/..."},
	"lobby/gateway":       {"lobby", "lobby/matchmaker", "lobby/party", "lobby/queue", "lobby/rating", "sio", "sio/engine", "tick", "codec/...", "clients/js"},
	"games/chat":          {"sio", "sio/engine", "lobby", "lobby/gateway", "lobby/matchmaker", "lobby/party", "lobby/queue", "lobby/rating", "tick", "codec/...", "clients/js"},
	"games/...":           {"lobby", "lobby/matchmaker", "tick", "codec/state", "codec/socketio", "codec/replay"},
	"ops":                 {"lobby", "lobby/gateway", "lobby/party", "lobby/queue", "lobby/matchmaker", "lobby/rating", "sio", "sio/engine", "tick/...", "tick", "codec/...", "clients/js"},
	"sio/acceptance":      {"sio", "sio/engine", "codec/engineio", "codec/socketio", "clients/js"},
	"sio/hostile":         {"sio", "sio/engine", "codec/engineio", "codec/socketio", "clients/js"},
	"bench/...":           {"..."},
	"cmd/...":             {"..."},
	"":                    {"auth", "edge", "clients/...", "codec/...", "config", "lobby", "lobby/gateway", "lobby/matchmaker", "lobby/party", "lobby/queue", "lobby/rating", "ops", "ops/agones", "sio", "sio/engine", "tick", "tick/flight"},
}

func TestImportsFollowTheArchitecture(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := ours(fields[0])
		allowed, ok := ruleFor(pkg)
		if !ok {
			t.Errorf("package %q has no rule in mayImport: decide who it may import", pkg)
			continue
		}
		for _, dep := range fields[1:] {
			if !strings.HasPrefix(dep, "tickwire") {
				continue
			}
			if !slices.ContainsFunc(allowed, func(p string) bool { return matches(p, ours(dep)) }) {
				t.Errorf("%s must not import %s", pkg, ours(dep))
			}
		}
	}
}

func ours(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "tickwire"), "/")
}

func ruleFor(pkg string) ([]string, bool) {
	if rule, ok := mayImport[pkg]; ok {
		return rule, true
	}
	for pattern, rule := range mayImport {
		if strings.HasSuffix(pattern, "/...") && matches(pattern, pkg) {
			return rule, true
		}
	}
	return nil, false
}

func matches(pattern, pkg string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "..."); ok {
		return strings.HasPrefix(pkg, prefix)
	}
	return pattern == pkg
}
