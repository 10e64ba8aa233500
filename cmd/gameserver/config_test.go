package main_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tickwire/clients/go"
)

// TestHangupReloads: certificate, keys and level of the log change, who plays
// stays connected, and what is wrong changes nothing.
func TestHangupReloads(t *testing.T) {
	f := configFolder{t, t.TempDir()}
	f.certificate("first.example", time.Hour)
	first := f.keys()
	settings := func(level, more string) {
		f.write("tickwire.conf", fmt.Sprintf("log-level = %s\ntls-cert-file = %s\ntls-key-file = %s\njwt-keys-file = %s\nbots = 2\n%s",
			level, f.path("cert.pem"), f.path("key.pem"), f.path("keys.json"), more))
	}
	settings("info", "")
	p := start(t, "--config="+f.path("tickwire.conf"))
	url := strings.Replace(p.url, "http:", "https:", 1)
	if got := certificateOf(t, url); got != "first.example" {
		t.Fatalf("the certificate is of %s", got)
	}
	old := token(t, jwt.SigningMethodEdDSA, first)
	if got := login(t, url, old); got != "welcome" {
		t.Fatalf("a player: %s", got)
	}
	game := client.NewGame(client.New(client.Options{URL: url, TLS: anyCertificate}))
	frames := make(chan uint32, 1)
	game.OnFrame = func(fr *client.Frame) {
		select {
		case frames <- fr.Tick:
		default:
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := game.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := game.Quick(ctx, client.Request{Game: "arena"}); err != nil {
		t.Fatal(err)
	}

	f.certificate("second.example", time.Hour)
	second := f.keys()
	settings("debug", "max-sessions = 7\n")
	p.hangUp(t)
	p.await(t, "reloaded", 1)
	if l := p.await(t, "reload: these take a restart", 1); !slices.Equal(l.Settings, []string{"max-sessions"}) {
		t.Errorf("these take a restart: %v", l.Settings)
	}
	if got := certificateOf(t, url); got != "second.example" {
		t.Errorf("after SIGHUP the certificate is of %s", got)
	}
	if got := login(t, url, old); !strings.Contains(got, "UNAUTHORIZED") {
		t.Errorf("a token of the old key: %s", got)
	}
	good := token(t, jwt.SigningMethodEdDSA, second)
	if got := login(t, url, good); got != "welcome" {
		t.Errorf("a token of the new key: %s", got)
	}

	f.write("cert.pem", "nonsense")
	f.write("keys.json", "nonsense")
	p.hangUp(t)
	if l := p.await(t, "reload: the old certificate or keys stay", 1); !strings.Contains(l.Error, "cert.pem") || !strings.Contains(l.Error, "keys.json") {
		t.Errorf("it does not name the files: %s", l.Error)
	}
	settings("loud", "")
	p.hangUp(t)
	if l := p.await(t, "reload: the settings are wrong, the old ones stay", 1); !strings.Contains(l.Error, `tickwire.conf:1: log-level: invalid value "loud"`) {
		t.Errorf("it does not name the line: %s", l.Error)
	}
	if cert, player := certificateOf(t, url), login(t, url, good); cert != "second.example" || player != "welcome" {
		t.Errorf("after broken reloads: certificate of %s, a player: %s", cert, player)
	}

	<-frames // an old one may lie there
	select {
	case <-frames:
	case <-game.Conn().Done():
		t.Errorf("the player of the first hour was cut off: %v", game.Conn().Err())
	case <-ctx.Done():
		t.Error("the player of the first hour gets nothing any more")
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.read
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	if !slices.ContainsFunc(p.logs, func(l logLine) bool { return l.Level == "debug" }) {
		t.Error("the level of the log did not change")
	}
}

// TestCommands: what each says, and its exit status.
func TestCommands(t *testing.T) {
	f := configFolder{t, t.TempDir()}
	f.certificate("game.example", time.Hour)
	good := f.write("good.conf", fmt.Sprintf("tls-cert-file = %s\ntls-key-file = %s\n", f.path("cert.pem"), f.path("key.pem")))
	bad := f.write("bad.conf", "# a comment\naddr = :3000\nmax-sesions = 5\n")
	half := f.write("half.conf", "tls-cert-file = /nowhere/cert.pem\njwt-keys-file = /nowhere/keys.json\nops-addr = 127.0.0.1:x\nbyte-rate = 1KiB\n")
	old := configFolder{t, t.TempDir()}
	old.certificate("game.example", -time.Hour)
	expired := old.write("old.conf", fmt.Sprintf("tls-cert-file = %s\ntls-key-file = %s\n", old.path("cert.pem"), old.path("key.pem")))
	for _, test := range []struct {
		args   string
		status int
		say    []string
	}{
		{"version", 0, []string{"gameserver ", "go1.", "linux/"}},
		{"help", 0, []string{"Commands", "--addr"}},
		{"sreve", 2, []string{`no command "sreve" (did you mean "serve"?)`}},
		{"check-config --config=" + good, 0, []string{"fine"}},
		{"check-config --config=" + bad, 2, []string{bad + `:3: no setting "max-sesions" (did you mean "max-sessions"?)`}},
		{"serve --config=" + bad, 2, []string{bad + ":3"}},
		// all that is wrong, at once
		{"check-config --config=" + half, 2, []string{"certificate needs a file", "/nowhere/keys.json", "ops-addr", "byte-rate"}},
		{"check-config --config=" + expired, 2, []string{"has expired"}},
		{"check-config --refuse-guests", 2, []string{"guests are refused"}},
		{"check-config --tls-redirect-addr=:80", 2, []string{"a redirect to https needs a certificate"}},
		{"check-config --acme-hosts=game.example", 2, []string{"ACME needs a folder"}},
		{"print-config --jwt-secret=0123456789abcdef0123456789abcdef --bots=1", 0, []string{"jwt-secret = (secret)", "# --jwt-secret", "bots = 1"}},
		{"healthcheck --addr=127.0.0.1:0", 2, []string{"a free port"}},
		{"serve --tls-cert-file=/nowhere --tls-key-file=/nowhere --addr=127.0.0.1:0", 2, []string{"/nowhere"}},
	} {
		status, said := run(t, strings.Fields(test.args)...)
		if status != test.status {
			t.Errorf("%s: exit status %d, want %d: %s", test.args, status, test.status, said)
		}
		for _, want := range test.say {
			if !strings.Contains(said, want) {
				t.Errorf("%s: it does not say %q: %s", test.args, want, said)
			}
		}
		if strings.Contains(said, "0123456789abcdef") {
			t.Errorf("%s tells the secret: %s", test.args, said)
		}
	}
}

func TestHealthcheck(t *testing.T) {
	f := configFolder{t, t.TempDir()}
	f.certificate("game.example", time.Hour)
	p := start(t, "--bots=0", "--tls-cert-file="+f.path("cert.pem"), "--tls-key-file="+f.path("key.pem"))
	ask := func() (int, string) {
		return run(t, "healthcheck", "--addr="+strings.TrimPrefix(p.url, "http://"), "--ops-addr="+strings.TrimPrefix(p.ops, "http://"),
			"--tls-cert-file="+f.path("cert.pem"), "--tls-key-file="+f.path("key.pem"))
	}
	if status, said := ask(); status != 0 {
		t.Errorf("a server that is well: %d %s", status, said)
	}
	p.cmd.Process.Kill()
	<-p.read
	if status, said := ask(); status != 1 {
		t.Errorf("a server that is gone: %d %s", status, said)
	}
}

// TestNoSecretIsLogged: at the level that tells most.
func TestNoSecretIsLogged(t *testing.T) {
	secret := "secret-0123456789abcdef-of-hs256-0123456789"
	t.Setenv("TICKWIRE_JWT_SECRET", secret)
	key := "key-of-the-operator-0123456789"
	t.Setenv("TICKWIRE_OPS_KEYS", "ann:"+key)
	p := start(t, "--log-level=trace", "--bots=1")
	good, bad := token(t, jwt.SigningMethodHS256, []byte(secret)), token(t, jwt.SigningMethodHS256, []byte("another one"))
	if got := login(t, p.url, good); got != "welcome" {
		t.Fatal(got)
	}
	told := login(t, p.url, bad)
	if !strings.Contains(told, "UNAUTHORIZED") || strings.Contains(told, bad) {
		t.Errorf("the player is told: %s", told)
	}
	// Clients should not, and some will.
	for _, path := range []string{"/socket.io/?EIO=4&transport=polling&token=" + good, "/socket.io/?EIO=3&transport=polling&token=" + good,
		"/socket.io/?EIO=4&transport=polling&sid=" + good, "/socket.io/?EIO=4&transport=" + good, "/" + good} {
		fetch(t, p.url+path)
	}
	fetch(t, p.ops+"/api/v1/lobbies?key="+key)
	if _, printed := run(t, "print-config"); strings.Contains(printed, secret) || strings.Contains(printed, key) {
		t.Errorf("print-config tells a secret: %s", printed)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.read
	_ = p.cmd.Wait()
	for _, l := range p.logs {
		for _, hidden := range []string{secret, key, good, bad, good[strings.LastIndexByte(good, '.'):]} {
			if strings.Contains(l.raw, hidden) {
				t.Errorf("the log tells a secret: %s", l.raw)
			}
		}
	}
	if len(p.logs) < 5 {
		t.Errorf("only %d lines of log", len(p.logs))
	}
}
