package tickwire

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/rs/zerolog"

	"tickwire/config"
	"tickwire/edge"
	"tickwire/ops"
)

// originsValue is a list that holds origins.
type originsValue []string

func (v *originsValue) Set(text string) error {
	var list config.List
	_ = list.Set(text)
	if _, err := edge.CORS(list); err != nil {
		return err
	}
	*v = originsValue(list)
	return nil
}

func (v *originsValue) String() string { return strings.Join(*v, ",") }

// prefixesValue is a flag for networks, and addresses that stand for themselves.
type prefixesValue []netip.Prefix

func (v *prefixesValue) Set(text string) error {
	var list config.List
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
