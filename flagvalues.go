package tickwire

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tickwire/ops"
)

// offDuration is a flag for a time of the Options whose zero means the default
// there, and whose 0 on the command line means off.
type offDuration time.Duration

func (v *offDuration) Set(text string) error {
	d, err := parseTime(text)
	if err != nil {
		return err
	}
	if d == 0 {
		d = -1
	}
	*v = offDuration(d)
	return nil
}

func (v *offDuration) String() string { return max(time.Duration(*v), 0).String() }

// timeValue is a flag for a time.
type timeValue time.Duration

func (v *timeValue) Set(text string) error {
	d, err := parseTime(text)
	if err == nil {
		*v = timeValue(d)
	}
	return err
}

func (v *timeValue) String() string { return time.Duration(*v).String() }

// positiveTime is a flag for a time that cannot be 0, which would mean the default.
type positiveTime time.Duration

func positive(d *time.Duration) *positiveTime { return (*positiveTime)(d) }

func (v *positiveTime) Set(text string) error {
	d, err := parseTime(text)
	switch {
	case err != nil:
		return err
	case d == 0:
		return errors.New("must be more than 0")
	}
	*v = positiveTime(d)
	return nil
}

func (v *positiveTime) String() string { return time.Duration(*v).String() }

func parseTime(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, errors.New("no time, such as 10s or 1m")
	case d < 0:
		return 0, errors.New("less than 0")
	}
	return d, nil
}

// boundValue is a flag for a bound of the Options whose zero means the default
// there, and whose 0 on the command line means none.
type boundValue int

func (v *boundValue) Set(text string) error {
	err := (*countValue)(v).Set(text)
	if *v == 0 {
		*v = -1
	}
	return err
}

func (v *boundValue) String() string { return strconv.Itoa(max(int(*v), 0)) }

// countValue is a flag for a number that is not less than 0.
type countValue int

func (v *countValue) Set(text string) error {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return errors.New("no number")
	case n < 0:
		return errors.New("less than 0")
	}
	*v = countValue(n)
	return nil
}

func (v *countValue) String() string { return strconv.Itoa(int(*v)) }

// sizeValue is a flag for a number of bytes, with a lowest value.
type sizeValue struct {
	bytes *int
	least int // 0 means that none is no bound, kept as -1
}

var units = []struct {
	name  string
	bytes int
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}}

func (v sizeValue) Set(text string) error {
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
	case n < int64(v.least) && n*int64(unit) < int64(v.least):
		return fmt.Errorf("less than %d", v.least)
	case n > 1<<40/int64(unit):
		return errors.New("more than 1 TiB")
	case n == 0:
		n = -1
	}
	*v.bytes = int(n) * unit
	return nil
}

func (v sizeValue) String() string {
	if v.bytes == nil { // package flag asks a zero value
		return ""
	}
	n := max(*v.bytes, 0)
	for _, u := range units {
		if n > 0 && n%u.bytes == 0 {
			return strconv.Itoa(n/u.bytes) + u.name
		}
	}
	return strconv.Itoa(n)
}

// listValue is a flag for words with commas between them.
type listValue []string

func (v *listValue) Set(text string) error {
	*v = nil
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			*v = append(*v, word)
		}
	}
	return nil
}

func (v *listValue) String() string { return strings.Join(*v, ",") }

// originsValue is a listValue that holds origins.
type originsValue []string

func (v *originsValue) Set(text string) error {
	var list listValue
	_ = list.Set(text)
	if _, err := corsFor(list); err != nil {
		return err
	}
	*v = originsValue(list)
	return nil
}

func (v *originsValue) String() string { return strings.Join(*v, ",") }

// prefixesValue is a flag for networks, and addresses that stand for themselves.
type prefixesValue []netip.Prefix

func (v *prefixesValue) Set(text string) error {
	var list listValue
	_ = list.Set(text)
	var all []netip.Prefix
	for _, word := range list {
		prefix, err := netip.ParsePrefix(word)
		if ip, err2 := netip.ParseAddr(word); err != nil && err2 == nil {
			prefix, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return fmt.Errorf("%q is no network such as 10.0.0.0/8", word)
		}
		all = append(all, prefix.Masked())
	}
	*v = all
	return nil
}

func (v *prefixesValue) String() string {
	var words []string
	for _, p := range *v {
		words = append(words, p.String())
	}
	return strings.Join(words, ",")
}

// levelValue is a flag for a level of the log.
type levelValue zerolog.Level

func (v *levelValue) Set(text string) error {
	level, err := zerolog.ParseLevel(text)
	if err != nil || text == "" {
		return fmt.Errorf("no level %q", text)
	}
	*v = levelValue(level)
	return nil
}

func (v *levelValue) String() string { return zerolog.Level(*v).String() }

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

// opsKeysValue is a flag for the operator's API keys.
type opsKeysValue []ops.Key

func (v *opsKeysValue) Set(text string) error {
	keys, err := ops.ParseKeys(strings.NewReader(text))
	if err == nil {
		*v = keys
	}
	return err
}

// String is what is shown, so not the secrets.
func (v *opsKeysValue) String() string {
	if v == nil || len(*v) == 0 {
		return ""
	}
	return "(secret)"
}
