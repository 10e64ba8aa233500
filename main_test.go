package tickwire

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tickwire/config"
	"tickwire/lobby"
)

// read reads settings over the given options.
func read(o *Options, args []string, environ ...string) (*settings, error) {
	s := newSettings(o)
	return s, s.Read(args, environ)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsAreTheOptions(t *testing.T) {
	o := Options{Name: "x", Bots: 20}
	s, err := read(&o, nil)
	if err != nil || o.Addr != ":3000" || o.Bots != 20 || o.DrainTimeout != 10*time.Second || o.Grace != 20*time.Second || s.level != zerolog.InfoLevel {
		t.Errorf("got %+v, level %v, %v", o, s.level, err)
	}
}

// TestPrecedence sets one value everywhere, and takes one place after another away.
func TestPrecedence(t *testing.T) {
	file := write(t, "a.conf", "bots = 3\naddr = :1 # comment\n")
	config := "TICKWIRE_CONFIG=" + file
	for _, test := range []struct {
		args, environ []string
		bots          int
		origin        string
	}{
		{[]string{"--bots=1", "--config", file}, []string{"TICKWIRE_BOTS=2"}, 1, "--bots"},
		{[]string{"--bots=9", "-bots", "1"}, []string{"TICKWIRE_BOTS=2", config}, 1, "--bots"},
		{nil, []string{"TICKWIRE_BOTS=2", config}, 2, "environment TICKWIRE_BOTS"},
		{nil, []string{"TICKWIRE_BOTS=", config}, 3, file + ":1"},
		{[]string{"--config="}, []string{config}, 20, ""},
	} {
		o := Options{Name: "x", Bots: 20}
		s, err := read(&o, test.args, test.environ...)
		if err != nil || o.Bots != test.bots || s.Origin("bots") != test.origin {
			t.Errorf("%q %q: %d bots from %q, %v", test.args, test.environ, o.Bots, s.Origin("bots"), err)
		}
	}
}

// TestWrongSettings: each is refused by a sentence that names it.
func TestWrongSettings(t *testing.T) {
	for _, test := range []struct {
		args    []string
		environ string
		file    string
		want    string
	}{
		{args: []string{"--port=1"}, want: "no flag --port: see --help"},
		{args: []string{"--adr=:1"}, want: `no flag --adr (did you mean "addr"?): see --help`},
		{args: []string{"--tls-key=k.pem"}, want: `no flag --tls-key (did you mean "tls-key-file"?): see --help`},
		{args: []string{"--pause=15"}, want: `--pause: invalid value "15": no time, such as 10s or 1m`},
		{args: []string{"--bots=many"}, want: `--bots: invalid value "many"`},
		{args: []string{"--log-level=loud"}, want: `--log-level: invalid value "loud": no level "loud"`},
		{args: []string{"--log-level="}, want: "--log-level"},
		{args: []string{"--bots"}, want: "--bots: no value"},
		{args: []string{"--grace=-1s"}, want: "--grace"},
		{args: []string{"extra"}, want: `unexpected argument "extra"`},
		{args: []string{"-"}, want: `unexpected argument "-"`},
		{environ: "TICKWIRE_PORT=1", want: "environment variable TICKWIRE_PORT is no setting"},
		{environ: "TICKWIRE_ADRR=1", want: `(did you mean "TICKWIRE_ADDR"?)`},
		{environ: "TICKWIRE_BOTS=x", want: `environment TICKWIRE_BOTS: invalid value "x"`},
		{file: "\n# fine\nbots = x\n", want: `a.conf:3: bots: invalid value "x"`},
		{file: "bots = x\n", args: []string{"--bots=1"}, want: "a.conf:1: bots"}, // also where a flag counts
		{file: "bot = 1\n", want: `a.conf:1: no setting "bot" (did you mean "bots"?)`},
		{file: "bots 1\n", want: `a.conf:1: not of the form "name = value"`},
		{file: "= 1\n", want: "a.conf:1: not of the form"},
		{file: "bots = 1\nbots = 2\n", want: "a.conf:2: bots was set before in line 1"},
		{file: "addr = \":1\n", want: "a.conf:1: quotes that do not close"},
		{file: "addr = \":1\" 2\n", want: "a.conf:1: text behind the closing quotes"},
		{file: "config = b.conf\n", want: "a.conf:1: a file cannot name another"},
		{args: []string{"--config=/nowhere.conf"}, want: "/nowhere.conf"},
		{args: []string{"--config=/dev/zero"}, want: "/dev/zero: more than"},
	} {
		args := test.args
		if test.file != "" {
			args = append(args, "--config="+write(t, "a.conf", test.file))
		}
		_, err := read(&Options{Flags: func(f *flag.FlagSet) { f.Duration("pause", 0, "") }}, args, test.environ)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q %q %q: %v, want %q", args, test.environ, test.file, err, test.want)
		}
	}
}

// TestForeignVariables: Kubernetes sets these beside a Service named tickwire.
func TestForeignVariables(t *testing.T) {
	_, err := read(&Options{}, nil, "TICKWIRE_SERVICE_HOST=10.0.0.1", "TICKWIRE_SERVICE_PORT=80", "TICKWIRE_SERVICE_PORT_GAME=80",
		"TICKWIRE_PORT=tcp://10.0.0.1:80", "TICKWIRE_PORT_80_TCP=tcp://10.0.0.1:80", "TICKWIRE_PORT_80_TCP_ADDR=10.0.0.1", "HOME=/", "TICKWIREX=1")
	if err != nil {
		t.Error(err)
	}
}

func TestStudiosOwnFlags(t *testing.T) {
	var level string
	o := Options{Name: "cells", Flags: func(f *flag.FlagSet) { f.StringVar(&level, "map", "small", "`name` of the map") }}
	s, err := read(&o, nil, "TICKWIRE_MAP=large")
	if err != nil || level != "large" {
		t.Errorf("map %q, %v", level, err)
	}
	var out bytes.Buffer
	usage(&out, "cells", s)
	if !strings.Contains(out.String(), "\ncells\n\n  --map name") {
		t.Errorf("help:\n%s", out.String())
	}
}

func TestHelpIsComplete(t *testing.T) {
	var out bytes.Buffer
	if code := run(invocation{options: Options{Name: "gameserver", Bots: 20}, args: []string{"--help"}, stdout: &out}); code != exitDone {
		t.Fatalf("exit status %d", code)
	}
	for _, want := range []string{
		"--addr host:port", "default :3000", "TICKWIRE_ADDR", "--bots number", "default 20", "TICKWIRE_BOTS", "--config file", "--ops-addr host:port", "default auto",
		"--drain-timeout time", "default 10s", "TICKWIRE_DRAIN_TIMEOUT", "--grace time", "default 20s", "TICKWIRE_GRACE", "--log-level level", "TICKWIRE_LOG_LEVEL", "SIGTERM",
		"check-config", "print-config", "healthcheck", "version", "serve",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("help does not say %q:\n%s", want, out.String())
		}
	}
}

// TestServeRefusesWhatTheSettingsName: a supervisor need not try again.
func TestServeRefusesWhatTheSettingsName(t *testing.T) {
	var errs bytes.Buffer
	args := []string{"--tls-cert-file=" + write(t, "half.pem", "-----BEGIN CERTIFICATE-----"), "--tls-key-file=" + write(t, "key.pem", "")}
	code := run(invocation{options: Options{Name: "x", Games: []lobby.Game{walkGame(steady)}}, args: args, stdout: &errs, stderr: &errs})
	if code != exitWrong || !strings.Contains(errs.String(), "half.pem") {
		t.Errorf("exit status %d: %s", code, errs.String())
	}
}

// TestPrintedConfigMeansTheSame: what print-config prints is a settings file.
func TestPrintedConfigMeansTheSame(t *testing.T) {
	run1 := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := run(invocation{options: Options{Name: "x"}, args: args, stdout: &out, stderr: &errs}); code != exitDone {
			t.Fatalf("%q: exit status %d, %s", args, code, errs.String())
		}
		return out.String()
	}
	first := run1("print-config", "--bots=3", "--addr", "[::1]:7 # odd", "--grace=0")
	for _, want := range []string{"bots = 3 ", "# --bots\n", `addr = "[::1]:7 # odd" `, "grace = 0s", "# default\n"} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is missing in\n%s", want, first)
		}
	}
	second := run1("print-config", "--config", write(t, "printed.conf", first))
	values := func(text string) (lines []string) {
		for line := range strings.Lines(text) {
			if name, value, err := config.ParseLine(line); name != "" || err != nil {
				lines = append(lines, name+"="+value)
			}
		}
		return lines
	}
	if a, b := strings.Join(values(first), "\n"), strings.Join(values(second), "\n"); a != b {
		t.Errorf("first\n%s\n\nthen\n%s", a, b)
	}
}
