package config

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The values that settings have, as package flag takes them: the variable of an
// option is converted to one of these types.

// OffTime is a flag for a time that an option keeps with zero for its default:
// 0 as a setting means off, which the option keeps as less than zero.
type OffTime time.Duration

func (v *OffTime) Set(text string) error {
	d, err := parseTime(text)
	if err != nil {
		return err
	}
	if d == 0 {
		d = -1
	}
	*v = OffTime(d)
	return nil
}

func (v *OffTime) String() string { return max(time.Duration(*v), 0).String() }

// Time is a flag for a time.
type Time time.Duration

func (v *Time) Set(text string) error {
	d, err := parseTime(text)
	if err == nil {
		*v = Time(d)
	}
	return err
}

func (v *Time) String() string { return time.Duration(*v).String() }

// PositiveTime is a flag for a time that cannot be 0, which would mean the default.
type PositiveTime time.Duration

func (v *PositiveTime) Set(text string) error {
	d, err := parseTime(text)
	switch {
	case err != nil:
		return err
	case d == 0:
		return errors.New("must be more than 0")
	}
	*v = PositiveTime(d)
	return nil
}

func (v *PositiveTime) String() string { return time.Duration(*v).String() }

func parseTime(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, errNoTime
	case d < 0:
		return 0, errors.New("less than 0")
	}
	return d, nil
}

// Bound is a flag for a bound that an option keeps with zero for its default: 0
// as a setting means none, which the option keeps as less than zero.
type Bound int

func (v *Bound) Set(text string) error {
	err := (*Count)(v).Set(text)
	if *v == 0 {
		*v = -1
	}
	return err
}

func (v *Bound) String() string { return strconv.Itoa(max(int(*v), 0)) }

// Count is a flag for a number that is not less than 0.
type Count int

func (v *Count) Set(text string) error {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return errors.New("no number")
	case n < 0:
		return errors.New("less than 0")
	}
	*v = Count(n)
	return nil
}

func (v *Count) String() string { return strconv.Itoa(int(*v)) }

// Size is a flag for a number of bytes, with a lowest value.
type Size struct {
	Bytes *int
	Least int // 0 means that 0 is no bound, kept as -1
}

var units = []struct {
	name  string
	bytes int
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}}

func (v Size) Set(text string) error {
	number, unit := text, 1
	for _, u := range units {
		if rest, ok := strings.CutSuffix(text, u.name); ok {
			number, unit = rest, u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	switch {
	case err != nil:
		return errors.New("no size, such as 65536, 64KiB or 1MiB")
	case n < int64(v.Least) && n*int64(unit) < int64(v.Least):
		return fmt.Errorf("less than %d", v.Least)
	case n > 1<<40/int64(unit):
		return errors.New("more than 1 TiB")
	case n == 0:
		n = -1
	}
	*v.Bytes = int(n) * unit
	return nil
}

func (v Size) String() string {
	if v.Bytes == nil { // package flag asks a zero value
		return ""
	}
	n := max(*v.Bytes, 0)
	for _, u := range units {
		if n > 0 && n%u.bytes == 0 {
			return strconv.Itoa(n/u.bytes) + u.name
		}
	}
	return strconv.Itoa(n)
}

// List is a flag for words with commas between them.
type List []string

func (v *List) Set(text string) error {
	*v = nil
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			*v = append(*v, word)
		}
	}
	return nil
}

func (v *List) String() string { return strings.Join(*v, ",") }

// Secret is a flag for bytes that nobody may see.
type Secret []byte

func (v *Secret) Set(text string) error {
	*v = []byte(text)
	return nil
}

// String is what is shown, so not the secret.
func (v *Secret) String() string {
	if v == nil || len(*v) == 0 {
		return ""
	}
	return "(secret)"
}

// Anything is a flag that stands for f and takes every value: for a set that is
// only compared with another.
func Anything(f *flag.Flag) flag.Value { return &anything{text: f.DefValue, isSwitch: IsSwitch(f)} }

type anything struct {
	text     string
	isSwitch bool
}

func (v *anything) Set(text string) error { v.text = text; return nil }
func (v *anything) String() string        { return v.text }
func (v *anything) IsBoolFlag() bool      { return v.isSwitch }
