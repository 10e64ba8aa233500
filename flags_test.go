package tickwire

import (
	"fmt"
	"testing"
	"time"
)

// TestLimitsReachTheirOptions: each flag of a bound sets the option that it is
// about, and 0 takes the bound away.
func TestLimitsReachTheirOptions(t *testing.T) {
	n := func(v int) string { return fmt.Sprint(v) }
	d := func(v time.Duration) string { return v.String() }
	for name, test := range map[string]struct {
		value, want, none string // none: for 0; "" where 0 is refused
		of                func(Options) string
	}{
		"max-sessions":               {"7", "7", "0", func(o Options) string { return n(o.Network.MaxSessions) }},
		"max-sessions-per-address":   {"7", "7", "0", func(o Options) string { return n(o.Network.MaxSessionsPerAddress) }},
		"max-http-conns-per-address": {"7", "7", "0", func(o Options) string { return n(o.Network.MaxConnsPerAddress) }},
		"connect-rate":               {"7", "7", "0", func(o Options) string { return n(o.Network.ConnectRate) }},
		"connect-rate-per-address":   {"7", "7", "0", func(o Options) string { return n(o.Network.ConnectRatePerAddress) }},
		"request-timeout":            {"7s", "7s", "0s", func(o Options) string { return d(o.Network.RequestTimeout) }},
		"packet-rate":                {"7", "7", "0", func(o Options) string { return n(o.Socket.Engine.MaxPacketRate) }},
		"byte-rate":                  {"3MiB", "3145728", "0", func(o Options) string { return n(o.Socket.Engine.MaxByteRate) }},
		"max-payload":                {"64KiB", "65536", "", func(o Options) string { return n(o.Socket.Engine.MaxPayload) }},
		"max-queue":                  {"2MB", "2000000", "", func(o Options) string { return n(o.Socket.Engine.MaxQueueBytes) }},
		"ping-interval":              {"7s", "7s", "", func(o Options) string { return d(o.Socket.Engine.PingInterval) }},
		"ping-timeout":               {"7s", "7s", "", func(o Options) string { return d(o.Socket.Engine.PingTimeout) }},
		"connect-timeout":            {"7s", "7s", "", func(o Options) string { return d(o.Socket.ConnectTimeout) }},
		"max-lobbies":                {"7", "7", "9223372036854775807", func(o Options) string { return n(o.Lobby.MaxLobbies) }},
		"max-lobbies-per-address":    {"7", "7", "0", func(o Options) string { return n(o.Lobby.MaxLobbiesPerAddress) }},
		"max-input":                  {"7", "7", "", func(o Options) string { return n(o.Lobby.MaxInput) }},
		"max-surplus":                {"7", "7", "-1", func(o Options) string { return n(o.Lobby.MaxSurplus) }},
		"max-inbox":                  {"7", "7", "-1", func(o Options) string { return n(o.Lobby.MaxInbox) }},
		"handshake-timeout":          {"7s", "7s", "", func(o Options) string { return d(o.Network.withDefaults().HandshakeTimeout) }},
		"upgrade-timeout":            {"7s", "7s", "", func(o Options) string { return d(o.Socket.Engine.UpgradeTimeout) }},
		"chat-every":                 {"7s", "7s", "", func(o Options) string { return d(o.Lobby.ChatEvery) }},
		"step-limit":                 {"7s", "7s", "-1ns", func(o Options) string { return d(o.Lobby.StepLimit) }},
		"grace":                      {"7s", "7s", "-1ns", func(o Options) string { return d(o.Lobby.Grace) }},
	} {
		var o Options
		if _, err := read(&o, []string{"--" + name + "=" + test.value}); err != nil || test.of(o.withDefaults()) != test.want {
			t.Errorf("--%s=%s: %s, %v", name, test.value, test.of(o.withDefaults()), err)
		}
		o = Options{}
		_, err := read(&o, []string{"--" + name + "=0"})
		if got := test.of(o.withDefaults()); (err == nil) != (test.none != "") || err == nil && got != test.none {
			t.Errorf("--%s=0: %s, %v", name, got, err)
		}
		for _, wrong := range []string{"-1", "many", "", "99999999999999999999", "1 parsec"} {
			if _, err := read(&Options{}, []string{"--" + name + "=" + wrong}); err == nil {
				t.Errorf("--%s=%s was accepted", name, wrong)
			}
		}
	}
}
