package engine

import (
	"testing"
	"unsafe"
)

// What a direct write touches of a session is one cache line, the first.
func TestHotFieldsShareACacheLine(t *testing.T) {
	var s Session
	if end := unsafe.Offsetof(s.traffic) + unsafe.Sizeof(s.traffic); end > 64 {
		t.Errorf("the fields of a direct write end at byte %d", end)
	}
}
