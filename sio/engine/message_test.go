package engine

import (
	"bytes"
	"testing"
)

// A message made where its data lies is that of a copy, with every header size.
func TestSetBinary(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 127, 1<<16 - 1, 1 << 16} {
		data := bytes.Repeat([]byte{7}, size)
		want := NewBinary(data).frames
		var m Message
		m.SetBinary(append(make([]byte, Front), data...), Front)
		if !bytes.Equal(m.frames, want) {
			t.Errorf("%d bytes: %.20x, want %.20x", size, m.frames, want)
		}
		var st Stamped
		width := min(4, size)
		st.SetBinary(append(make([]byte, Front+3), data...), Front+3, width)
		if !bytes.Equal(st.frames, want) {
			t.Errorf("stamped, %d bytes: %.20x, want %.20x", size, st.frames, want)
		}
		copy(st.slot, "seen")
		if len(st.slot) != width || !bytes.HasSuffix(st.frames, []byte("seen")[:width]) {
			t.Errorf("%d bytes: the slot has %d bytes", size, len(st.slot))
		}
	}
}
