package engine

import (
	"net/url"
	"testing"
)

// FuzzParam compares with net/url, which reads the same query.
func FuzzParam(f *testing.F) {
	for _, query := range []string{
		"EIO=4&transport=websocket&sid=abc", "", "sid", "sid=", "=4", "&&sid=1&sid=2", "si%64=a+b%20c", "sid=%zz&sid=ok", "a;sid=1&sid=2;", "%zz=1&sid=3",
	} {
		f.Add(query, "sid")
	}
	f.Fuzz(func(t *testing.T, query, name string) {
		want, err := url.ParseQuery(query)
		if err != nil && len(want) == 0 && len(query) > 1000 {
			return // too many parameters for net/url
		}
		if got := param(query, name); got != want.Get(name) {
			t.Errorf("%q in %q is %q, want %q", name, query, got, want.Get(name))
		}
		if got := hasParam(query, name); got != want.Has(name) {
			t.Errorf("%q in %q is there: %v", name, query, got)
		}
	})
}
