package lobby

import (
	"math"
	"strings"
)

// field is something that a query can ask of a lobby.
type field struct {
	name  string
	label string // of meta
}

func fieldOf(name string) (f field, ok bool) {
	if label, ok := strings.CutPrefix(name, "meta."); ok {
		return field{"meta", label}, label != "" && len(label) <= 32
	}
	switch name {
	case "id", "game", "name", "phase", "players", "max", "free", "password", "locked":
		return field{name: name}, true
	}
	return field{}, false
}

// of returns the value as a string, float64 or bool; nil if it is not there.
func (f field) of(s *Summary) any {
	switch f.name {
	case "id":
		return s.ID
	case "game":
		return s.Game
	case "name":
		return s.Name
	case "phase":
		return string(s.Phase)
	case "players":
		return float64(s.Players)
	case "max":
		return float64(s.Max)
	case "free":
		return float64(max(0, s.Max-s.Players-s.Reserved))
	case "password":
		return s.Password
	case "locked":
		return s.Locked
	}
	return plain(s.Meta[f.label])
}

// plain reduces a value to one of the three kinds that are compared; nil for
// all others.
func plain(v any) any {
	switch v := v.(type) {
	case string, bool:
		return v
	default:
		if n, ok := number(v); ok && !math.IsNaN(n) {
			return n
		}
	}
	return nil
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case int:
		return float64(v), true
	case int8:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	}
	return 0, false
}

func kindOf(v any) int {
	switch v.(type) {
	case float64:
		return 0
	case string:
		return 1
	case bool:
		return 2
	}
	return 3
}
