package tickwire

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/peterbourgon/ff/v3"
	"github.com/rs/zerolog"
	"golang.org/x/term"
)

// Main is a studio's whole main function: it reads flags and environment, runs
// a server until SIGTERM or SIGINT, and exits. Exit status: 0 after a polite
// end, 1 when the server could not run, 2 for a wrong flag. A second signal
// ends the process at once.
func Main(o Options) {
	os.Exit(run(o, os.Args[1:], os.Stderr))
}

func run(o Options, args []string, stderr *os.File) int {
	o.Name = cmp.Or(o.Name, "tickwire")
	level, err := parseFlags(&o, args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "%s: %v\n", o.Name, err)
		return 2
	}
	terminal := term.IsTerminal(int(stderr.Fd()))
	o.Log = newLog(stderr, terminal).Level(level)
	if terminal && o.Listening == nil {
		o.Listening = func(url string) { fmt.Fprintf(stderr, "\n  Open %s in a browser. Ctrl-C ends the server.\n\n", url) }
	}
	if err := serve(o); err != nil {
		o.Log.Error().Err(err).Msg("stopped")
		return 1
	}
	return 0
}

func serve(o Options) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	context.AfterFunc(ctx, stop) // from the second signal on, Go's default holds: the process ends
	s, err := New(o)
	if err != nil {
		return err
	}
	return s.Run(ctx)
}

// newLog is pretty for people and JSON for machines.
func newLog(out io.Writer, terminal bool) zerolog.Logger {
	if terminal {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: "15:04:05"}
	}
	return zerolog.New(out).With().Timestamp().Logger()
}

// parseFlags overwrites the options that have a flag with what the command
// line or the environment says.
func parseFlags(o *Options, args []string, out io.Writer) (zerolog.Level, error) {
	flags := flag.NewFlagSet(o.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned and printed once
	flags.StringVar(&o.Addr, "addr", cmp.Or(o.Addr, defaultAddr), "`host:port` to listen on; an empty host means all, port 0 a free one")
	flags.IntVar(&o.Bots, "bots", o.Bots, "`number` of bots that play in the first drop-in game")
	flags.DurationVar(&o.DrainTimeout, "drain-timeout", cmp.Or(o.DrainTimeout, defaultDrainTimeout),
		"`time` that SIGTERM leaves running matches and connections to end, such as 10s or 1m")
	flags.DurationVar(&o.Grace, "grace", cmp.Or(o.Grace, o.Lobby.Grace, defaultGrace),
		"`time` that the seat of a player whose connection broke is held; 0 = not at all")
	levelName := flags.String("log-level", "info", "least important `level` to log: debug, info, warn, error, disabled")
	flags.Usage = func() { usage(out, o.Name, flags) }
	if err := ff.Parse(flags, args, ff.WithEnvVarPrefix(envPrefix)); err != nil {
		return 0, err
	}
	if o.Grace == 0 {
		o.Grace = -1
	}
	if flags.NArg() > 0 {
		return 0, fmt.Errorf("unexpected argument %q: see --help", flags.Arg(0))
	}
	level, err := zerolog.ParseLevel(*levelName)
	if err != nil || *levelName == "" {
		return 0, fmt.Errorf("--log-level: no level %q: see --help", *levelName)
	}
	return level, nil
}

const envPrefix = "TICKWIRE"

func usage(out io.Writer, name string, flags *flag.FlagSet) {
	fmt.Fprintf(out, "%s runs a game server: the page at /, Socket.IO at /socket.io/, the client modules at /sdk/.\n\nUsage: %s [--flag=value ...]\n\n", name, name)
	flags.VisitAll(func(f *flag.Flag) {
		arg, text := flag.UnquoteUsage(f)
		env := envPrefix + "_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		fmt.Fprintf(out, "  --%-28s %s\n  %-30s default %s, environment %s\n", f.Name+" "+arg, text, "", f.DefValue, env)
	})
	fmt.Fprintf(out, "\nSIGTERM or SIGINT: new lobbies are refused, matches end, clients are told; a second signal ends the process at once.\n"+
		"Logs go to standard error, pretty on a terminal and as JSON lines otherwise.\n")
}
