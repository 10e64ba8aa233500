package tickwire

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/rs/zerolog"
	"golang.org/x/term"

	"tickwire/config"
)

// Main is a studio's whole main function: it does what the sub-command says,
// which without one is to run a server with the settings of flags, environment
// and file until SIGTERM or SIGINT, and exits. Exit status: 0 after a polite
// end, 1 when it could not be done, 2 for a wrong setting. A second signal ends
// the process at once.
func Main(o Options) {
	o.Name = cmp.Or(o.Name, "tickwire")
	os.Exit(run(invocation{options: o, args: os.Args[1:], environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr}))
}

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitWrong  = 2 // the settings
)

// invocation is one run of the program.
type invocation struct {
	options Options
	args    []string // behind the name of the program or sub-command
	environ []string // NAME=value

	stdout, stderr io.Writer
}

// run finds the sub-command; without one it is "serve".
func run(in invocation) int {
	name := "serve"
	if len(in.args) > 0 && !strings.HasPrefix(in.args[0], "-") {
		name, in.args = in.args[0], in.args[1:]
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(in)
		}
	}
	return in.wrong(fmt.Errorf("no command %q%s: see %s help", name, config.DidYouMean(name, commandNames()), in.options.Name))
}

// wrong says what is wrong with the settings.
func (in invocation) wrong(err error) int {
	fmt.Fprintf(in.stderr, "%s: %v\n", in.options.Name, err)
	return exitWrong
}

// failed says why a command could not do what it should.
func (in invocation) failed(err error) int {
	fmt.Fprintf(in.stderr, "%s: %v\n", in.options.Name, err)
	return exitFailed
}

// terminal reports whether a person reads the log.
func (in invocation) terminal() bool {
	file, ok := in.stderr.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// serveCommand runs the server until it is told to end.
func serveCommand(in invocation) int {
	set, code := in.settings()
	if set == nil {
		return code
	}
	o := in.options
	zerolog.SetGlobalLevel(set.level) // the process is ours; the level can change while it runs
	o.Log = newLog(in.stderr, in.terminal())
	if in.terminal() && o.Listening == nil {
		o.Listening = func(url string) {
			fmt.Fprintf(in.stderr, "\n  Open %s in a browser. Ctrl-C ends the server.\n\n", url)
		}
	}
	in.options = o
	return in.serve(set)
}

func (in invocation) serve(set *settings) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	context.AfterFunc(ctx, stop) // from the second signal on, Go's default holds: the process ends
	s, err := New(in.options)
	if err != nil {
		return in.wrong(err)
	}
	defer in.onHangup(s, set, s.Drain)()
	if err := s.Run(ctx); err != nil {
		in.options.Log.Error().Err(err).Msg("stopped")
		return exitFailed
	}
	return exitDone
}

// newLog is pretty for people and JSON for machines.
func newLog(out io.Writer, terminal bool) zerolog.Logger {
	if terminal {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: "15:04:05"}
	}
	return zerolog.New(out).With().Timestamp().Logger()
}
