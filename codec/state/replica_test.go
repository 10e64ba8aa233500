package state_test

import (
	"errors"
	"testing"

	"tickwire/codec/state"
)

// TestBrokenFrames: each frame is wrong in one way; none is taken, and a
// keyframe mends everything.
func TestBrokenFrames(t *testing.T) {
	type Thing struct {
		N    uint8   `sync:"bits=4"`
		Turn float32 `sync:"angle,bits=8"`
		S    string  `sync:"max=3"`
	}
	w := state.NewWorld(state.Options{})
	things := state.Register[Thing](w, "Thing")
	things.Spawn(Thing{N: 1, S: "a"})
	w.Commit()
	key := w.Everybody().Keyframe(state.MForm)
	for name, test := range map[string]struct {
		frame []byte
		want  error
	}{
		"empty":             {nil, state.ErrMalformed},
		"no frame":          {[]byte{0xc0}, state.ErrMalformed},
		"class 0":           {[]byte{0x94, 0, 2, 1, 0x90}, state.ErrMalformed},
		"class 4":           {[]byte{0x94, 4, 2, 1, 0x90}, state.ErrMalformed},
		"another base":      {[]byte{0x94, 1, 9, 8, 0x90}, state.ErrBaseline},
		"steady over two":   {[]byte{0x94, 1, 3, 1, 0x90}, state.ErrMalformed},
		"over none":         {[]byte{0x94, 2, 1, 1, 0x90}, state.ErrMalformed},
		"over 65":           {[]byte{0x94, 2, 66, 1, 0x90}, state.ErrMalformed},
		"unknown type":      {[]byte{0x94, 1, 2, 1, 0x91, 0x94, 1, 0x90, 0x90, 0x90}, state.ErrMalformed},
		"type twice":        {[]byte{0x94, 1, 2, 1, 0x92, 0x94, 0, 0x90, 0x90, 0x90, 0x94, 0, 0x90, 0x90, 0x90}, state.ErrMalformed},
		"nobody there":      {[]byte{0x94, 1, 2, 1, 0x91, 0x94, 0, 0x90, 0x90, 0x93, 5, 1, 1}, state.ErrMalformed},
		"empty mask":        {[]byte{0x94, 1, 2, 1, 0x91, 0x94, 0, 0x90, 0x90, 0x92, 0, 0}, state.ErrMalformed},
		"mask too wide":     {[]byte{0x94, 1, 2, 1, 0x91, 0x94, 0, 0x90, 0x90, 0x93, 0, 8, 1}, state.ErrMalformed},
		"number too big":    {[]byte{0x94, 1, 2, 1, 0x91, 0x94, 0, 0x90, 0x90, 0x93, 0, 1, 16}, state.ErrMalformed},
		"number below":      {[]byte{0x94, 1, 2, 1, 0x91, 0x94, 0, 0x90, 0x90, 0x93, 0, 1, 0xff}, state.ErrMalformed},
		"text too long":     {[]byte{0x94, 1, 2, 1, 0x91, 0x94, 0, 0x90, 0x90, 0x93, 0, 4, 0xa4, 'a', 'b', 'c', 'd'}, state.ErrMalformed},
		"text is no UTF-8":  {[]byte{0x94, 1, 2, 1, 0x91, 0x94, 0, 0x90, 0x90, 0x93, 0, 4, 0xa1, 0xff}, state.ErrMalformed},
		"array of billions": {[]byte{0x94, 1, 2, 1, 0xdd, 0xff, 0xff, 0xff, 0xff}, state.ErrMalformed},
		"something after":   {[]byte{0x94, 1, 2, 1, 0x90, 0}, state.ErrMalformed},
		"wrong CRC":         {[]byte{0x95, 1, 2, 1, 0x90, 7}, state.ErrDiverged},
		"other form":        {[]byte{0x01, 1, 1, 0}, state.ErrBaseline},
	} {
		r, err := state.NewReplica(w.Schema().Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Apply(key); err != nil {
			t.Fatal(err)
		}
		if err := r.Apply(test.frame); !errors.Is(err, test.want) || r.Synced() {
			t.Errorf("%s: %v, synced %v, want %v", name, err, r.Synced(), test.want)
		}
		if err := r.Apply([]byte{0x94, 1, 2, 1, 0x90}); !errors.Is(err, state.ErrBaseline) {
			t.Errorf("%s: a delta was taken afterwards: %v", name, err)
		}
		if err := r.Apply(key); err != nil || !r.Synced() {
			t.Errorf("%s: the keyframe does not mend it: %v", name, err)
		}
	}
}

// TestAngleATurnLower: −1 of 256 steps is 255.
func TestAngleATurnLower(t *testing.T) {
	type Thing struct {
		Turn uint8 `sync:"angle,bits=8"`
	}
	w := state.NewWorld(state.Options{})
	state.Register[Thing](w, "Thing")
	w.Commit()
	r, err := state.NewReplica(w.Schema().Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Apply([]byte{0x94, 3, 1, 0, 0x91, 0x94, 0, 0x90, 0x91, 0x92, 0, 0xff, 0x90}); err != nil {
		t.Fatal(err)
	}
	for _, row := range r.Entities("Thing") {
		if row.Stored(0) != 255 {
			t.Errorf("got %d", row.Stored(0))
		}
	}
}
