package client

import (
	"encoding/hex"
	"errors"
	"testing"
)

// The frames are those of docs/state-format.md and their truncations.
func TestReadHead(t *testing.T) {
	tests := []struct {
		form, frame string
		last        uint32
		want        Frame
		err         error
	}{
		{"M", "9401020191940090909600", 1, Frame{Tick: 2, Base: 1}, nil},
		{"M", "9402cd012ccd012890", 296, Frame{Tick: 300, Base: 296}, nil},
		{"M", "9403ce00010000" + "00" + "90", 0, Frame{Tick: 65536, Keyframe: true}, nil},
		{"M", "9303020190", 0, Frame{}, errFrame},
		{"M", "9403cd01", 0, Frame{}, errFrame},
		{"B", "030131", 0, Frame{Tick: 1, Keyframe: true}, nil},
		{"B", "010101c1", 257, Frame{Tick: 258, Base: 257}, nil},
		{"B", "02030335", 3, Frame{Tick: 6, Base: 3}, nil},
		{"B", "010201", 3, Frame{}, errFrame}, // of another base
		{"B", "0401", 0, Frame{}, errFrame},
		{"B", "01", 0, Frame{}, errFrame},
		{"B", "0203ff", 3, Frame{}, errFrame},
	}
	for _, test := range tests {
		frame, err := hex.DecodeString(test.frame)
		if err != nil {
			t.Fatal(err)
		}
		var f Frame
		err = f.ReadHead(test.form, test.last, frame)
		if !errors.Is(err, test.err) {
			t.Errorf("%s %s: error %v, want %v", test.form, test.frame, err, test.err)
		}
		if err == nil && f != test.want {
			t.Errorf("%s %s: got %+v, want %+v", test.form, test.frame, f, test.want)
		}
	}
}
