package tickwire

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

func TestFlagsAndEnvironment(t *testing.T) {
	t.Setenv("TICKWIRE_BOTS", "7")
	t.Setenv("TICKWIRE_ADDR", ":1111")
	o := Options{Name: "x", Bots: 20}
	level, err := parseFlags(&o, []string{"--addr=127.0.0.1:0", "--log-level", "warn", "--drain-timeout=3s", "--grace=0"}, new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if o.Addr != "127.0.0.1:0" || o.Bots != 7 || o.DrainTimeout != 3*time.Second || o.Grace >= 0 || level != zerolog.WarnLevel {
		t.Errorf("got %+v, level %v", o, level)
	}
}

func TestFlagDefaultsAreTheOptions(t *testing.T) {
	o := Options{Name: "x", Bots: 20}
	level, err := parseFlags(&o, nil, new(bytes.Buffer))
	if err != nil || o.Addr != ":3000" || o.Bots != 20 || o.DrainTimeout != 10*time.Second || o.Grace != 20*time.Second || level != zerolog.InfoLevel {
		t.Errorf("got %+v, level %v, %v", o, level, err)
	}
}

func TestWrongFlags(t *testing.T) {
	for _, args := range [][]string{{"--port=1"}, {"--bots=many"}, {"--log-level=loud"}, {"--log-level="}, {"serve"}} {
		if _, err := parseFlags(&Options{}, args, new(bytes.Buffer)); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

func TestHelpIsComplete(t *testing.T) {
	var out bytes.Buffer
	_, err := parseFlags(&Options{Name: "gameserver", Bots: 20}, []string{"--help"}, &out)
	if !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{
		"--addr host:port", "default :3000", "TICKWIRE_ADDR", "--bots number", "default 20", "TICKWIRE_BOTS",
		"--drain-timeout time", "default 10s", "TICKWIRE_DRAIN_TIMEOUT", "--grace time", "default 20s", "TICKWIRE_GRACE", "--log-level level", "TICKWIRE_LOG_LEVEL", "SIGTERM",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("help does not say %q:\n%s", want, out.String())
		}
	}
}
