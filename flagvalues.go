package tickwire

import (
	"errors"
	"time"
)

// offDuration is a flag for a time of the Options whose zero means the default
// there, and whose 0 on the command line means off.
type offDuration time.Duration

func (v *offDuration) Set(text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return errors.New("no time, such as 10s or 1m")
	case d < 0:
		return errors.New("less than 0")
	case d == 0:
		d = -1
	}
	*v = offDuration(d)
	return nil
}

func (v *offDuration) String() string { return max(time.Duration(*v), 0).String() }

// secretValue is a flag for bytes that nobody may see.
type secretValue []byte

func (v *secretValue) Set(text string) error {
	*v = []byte(text)
	return nil
}

// String is what is shown, so not the secret.
func (v *secretValue) String() string {
	if v == nil || len(*v) == 0 {
		return ""
	}
	return "(secret)"
}
