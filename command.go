package tickwire

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// command is what the first word behind the program's name may be.
type command struct {
	name string
	line string // of the help text
	run  func(invocation) int
}

// commands is a function because "help" lists them all.
func commands() []command {
	return []command{
		{"serve", "run the server; the default", serveCommand},
		{"check-config", "check all settings and the files that they name, and say what is wrong", checkConfigCommand},
		{"print-config", "print the settings in force as a settings file, with their origin and without secrets", printConfigCommand},
		{"replay", "run the match of a log again and say where it goes another way", replayCommand},
		{"healthcheck", "ask the server that runs with these settings how it is; exit status 0 = well", healthcheckCommand},
		{"version", "print the version, the revision and what it was built with", versionCommand},
		{"help", "print this text", helpCommand},
	}
}

func commandNames() (names []string) {
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// settings reads what the operator has set into in.options; nil means that the
// command ends with this exit status.
func (in *invocation) settings() (*settings, int) {
	set := newSettings(&in.options)
	switch err := set.Read(in.args, in.environ); {
	case errors.Is(err, flag.ErrHelp):
		return nil, helpCommand(*in)
	case err != nil:
		return nil, in.wrong(err)
	}
	return set, exitDone
}

func helpCommand(in invocation) int {
	o := in.options
	usage(in.stdout, in.options.Name, newSettings(&o))
	return exitDone
}

func usage(out io.Writer, name string, s *settings) {
	fmt.Fprintf(out, "%s runs a game server: the page at /, Socket.IO at /socket.io/, the client modules at /sdk/.\n\nUsage: %s [command] [--setting=value ...]\n\nCommands\n\n", name, name)
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-14s %s\n", c.name, c.line)
	}
	s.Help(out)
	fmt.Fprintf(out, "\nA flag counts more than the environment, which counts more than the file.\n"+
		"SIGTERM or SIGINT: new lobbies are refused, matches end, clients are told; a second signal ends the process at once.\n"+
		"Logs go to standard error, pretty on a terminal and as JSON lines otherwise.\n")
}

// checkConfigCommand says all that is wrong, not only the first.
func checkConfigCommand(in invocation) int {
	set, code := in.settings()
	if set == nil {
		return code
	}
	problems := set.check()
	for _, p := range problems {
		fmt.Fprintf(in.stderr, "%s: %v\n", in.options.Name, p)
	}
	if len(problems) > 0 {
		return exitWrong
	}
	fmt.Fprintln(in.stdout, "the settings are fine")
	return exitDone
}

func printConfigCommand(in invocation) int {
	set, code := in.settings()
	if set != nil {
		set.Print(in.stdout)
	}
	return code
}
