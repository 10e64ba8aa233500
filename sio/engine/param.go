package engine

import (
	"net/url"
	"strings"
)

// param returns the first value of a parameter of a query, or "". It reads
// what url.ParseQuery reads, without making a map of all.
func param(query, name string) string {
	value, _ := lookUp(query, name)
	return value
}

// hasParam reports whether a query has a parameter.
func hasParam(query, name string) bool {
	_, ok := lookUp(query, name)
	return ok
}

func lookUp(query, name string) (value string, ok bool) {
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" || strings.Contains(pair, ";") {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		if key, err := url.QueryUnescape(key); err != nil || key != name {
			continue
		}
		if value, err := url.QueryUnescape(value); err == nil {
			return value, true
		}
	}
	return "", false
}
