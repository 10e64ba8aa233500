package tickwire

import (
	"fmt"
	"net"
)

// check finds what reading the settings cannot: files that are not what they
// should be, settings that do not go together.
func (s *settings) check() (problems []error) {
	note := func(name string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	_, err := net.ResolveTCPAddr("tcp", s.options.Addr)
	note("addr", err)
	_, err = New(*s.options)
	note("options", err)
	return problems
}
