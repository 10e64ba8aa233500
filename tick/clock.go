package tick

import (
	"cmp"
	"time"
)

// Policy says what a [Clock] does with deadlines that have passed unused.
type Policy uint8

const (
	// CatchUp runs late steps at once, at most MaxDue in a row, and drops the
	// rest. The simulation keeps real time through short stalls.
	CatchUp Policy = iota
	// Skip runs one step and drops the other late ones. The grid stays where it
	// is: after a stall the simulation is behind by what was dropped.
	Skip
	// Stretch runs one step and, when a whole step or more was missed, moves the
	// grid so that the next step gets a full interval. The simulation slows down
	// under load instead of hurrying.
	Stretch
)

// defaultMaxDue bounds the catch-up of a Clock that does not say: enough for
// one long collection of garbage, too few to fall into a spiral.
const defaultMaxDue = 3

// Clock hands out the steps of a simulation at a fixed rate. It is pure: it
// reads no clock and starts nothing. The zero value with Hz or Step set is
// ready; the first deadline is the one given to Start, or the time of the first
// call of Due.
type Clock struct {
	// Hz is the number of steps in a second. The grid is exact, also where a
	// step is no whole number of nanoseconds (60 Hz): a million seconds hold
	// sixty million steps.
	Hz int
	// Step is the time between two steps, for rates that are no whole number of
	// steps per second. Hz has precedence.
	Step time.Duration
	// MaxDue is the most steps that one Due answers. Default 3.
	MaxDue int
	// Policy says what happens with missed deadlines. Default CatchUp.
	Policy Policy

	origin  time.Time
	n       int64 // deadlines of the grid that are used up; the next is n
	started bool
}

// Start sets the first deadline. Everything before is forgotten.
func (c *Clock) Start(first time.Time) {
	c.origin, c.n, c.started = first, 0, true
}

// Interval returns the time between two steps, rounded down to a nanosecond.
func (c *Clock) Interval() time.Duration {
	if c.Hz > 0 {
		return time.Second / time.Duration(c.Hz)
	}
	return c.Step
}

// Next returns the deadline of the next step: absolute, and with a monotonic
// reading if Start was given one.
func (c *Clock) Next() time.Time {
	return c.origin.Add(c.offset(c.n))
}

// Due returns how many steps are to be run now, and how many deadlines passed
// that will never get a step.
func (c *Clock) Due(now time.Time) (steps, dropped int) {
	if !c.started {
		c.Start(now)
	}
	late := now.Sub(c.origin)
	if late < 0 {
		return 0, 0
	}
	passed := c.passed(late) - c.n
	if passed <= 0 {
		return 0, 0
	}
	c.n += passed
	most := int64(cmp.Or(c.MaxDue, defaultMaxDue))
	if c.Policy != CatchUp {
		most = 1
	}
	if c.Policy == Stretch && passed > 1 {
		c.origin, c.n = now, 1
	}
	steps = int(min(passed, most))
	return steps, int(passed) - steps
}

// offset returns the time from the first deadline to the nth.
func (c *Clock) offset(n int64) time.Duration {
	if c.Hz <= 0 {
		return time.Duration(n) * c.Step
	}
	hz := int64(c.Hz)
	// Whole seconds first: n*1e9 would overflow after two years at 128 Hz.
	return time.Duration(n/hz)*time.Second + time.Duration(n%hz*int64(time.Second)/hz)
}

// passed returns the number of deadlines in the closed interval from the first
// one to late after it. It is the inverse of offset: the largest n with
// offset(n-1) <= late.
func (c *Clock) passed(late time.Duration) int64 {
	if c.Hz <= 0 {
		return int64(late/max(c.Step, 1)) + 1
	}
	hz := int64(c.Hz)
	seconds, rest := int64(late/time.Second), int64(late%time.Second)
	return seconds*hz + ((rest+1)*hz-1)/int64(time.Second) + 1
}
