// Package config reads the settings of a program: each by a flag, an environment
// variable or a line of a file, which count in this order. Every value that is
// given is checked, also one that another takes the place of, and an error names
// the flag, the variable or the line. Settings are defined on a standard
// [flag.FlagSet], in groups that the help text shows.
//
// A [Set] is for one goroutine. What a file, a variable or a flag holds is the
// operator's and trusted, but for its size: a file that was named by mistake is
// refused, not read to its end.
package config
