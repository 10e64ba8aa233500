package config_test

import (
	"testing"

	"tickwire/config"
)

func FuzzLine(f *testing.F) {
	f.Add("addr", ":3000")
	f.Add("addr", ` "a" # b`)
	f.Add("", "#\"\\\x00\u2028")
	f.Fuzz(func(t *testing.T, name, value string) {
		config.ParseLine(name + "=" + value) // whatever it is, it ends
		if got, back, err := config.ParseLine(string(config.AppendLine(nil, "name", value))); err != nil || got != "name" || back != value {
			t.Errorf("%q came back as %q = %q, %v", value, got, back, err)
		}
	})
}
