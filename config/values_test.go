package config_test

import (
	"testing"

	"tickwire/config"
)

// TestSizes: what a size is printed as is a size.
func TestSizes(t *testing.T) {
	for text, want := range map[string]string{"1024": "1KiB", "1KiB": "1KiB", "1500": "1500B", "1MB": "1MB", "1000000": "1MB", "3 GiB": "3GiB", "0": "0"} {
		bytes := 1
		v := config.Size{Bytes: &bytes}
		if err := v.Set(text); err != nil || v.String() != want {
			t.Errorf("%s: %s, %v", text, v, err)
		}
		if err := v.Set(v.String()); err != nil || v.String() != want {
			t.Errorf("%s again: %s, %v", want, v, err)
		}
	}
}
