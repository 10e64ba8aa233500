package tickwire

import (
	"flag"
	"fmt"
	"io"
)

func usage(out io.Writer, name string, s *settings) {
	fmt.Fprintf(out, "%s runs a game server: the page at /, Socket.IO at /socket.io/, the client modules at /sdk/.\n\nUsage: %s [command] [--setting=value ...]\n\nCommands\n\n", name, name)
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-14s %s\n", c.name, c.line)
	}
	for _, g := range s.groups {
		fmt.Fprintf(out, "\n%s\n\n", g.title)
		for _, f := range g.flags {
			arg, text := flag.UnquoteUsage(f)
			fmt.Fprintf(out, "  --%s %s\n        %s\n        default %s, environment %s\n", f.Name, arg, text, shownDefault(f), variable(f.Name))
		}
	}
	fmt.Fprintf(out, "\nA flag counts more than the environment, which counts more than the file.\n"+
		"SIGTERM or SIGINT: new lobbies are refused, matches end, clients are told; a second signal ends the process at once.\n"+
		"Logs go to standard error, pretty on a terminal and as JSON lines otherwise.\n")
}

func shownDefault(f *flag.Flag) string {
	if f.DefValue == "" {
		return "none"
	}
	return f.DefValue
}
