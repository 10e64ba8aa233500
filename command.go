package tickwire

import (
	"errors"
	"flag"
	"fmt"
	"slices"
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
	switch err := set.read(in.args, in.environ); {
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
		set.print(in.stdout)
	}
	return code
}

// didYouMean names what somebody may have wanted to write, or nothing.
func didYouMean(wrong string, names []string) string {
	best, distance := "", len(wrong)/3+2 // more differences are another word
	for _, name := range names {
		if d := editDistance(wrong, name); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// editDistance counts the letters to insert, delete or replace.
func editDistance(a, b string) int {
	if len(a) > 100 || len(b) > 100 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = slices.Min([]int{replace, row[j] + 1, row[j+1] + 1})
		}
	}
	return row[len(b)]
}
