package lobby_test

import (
	"testing"

	"tickwire/lobby"
)

func TestInputDecode(t *testing.T) {
	var v struct {
		MoveX int8 `json:"moveX"`
		Shoot bool `json:"shoot"`
	}
	in := lobby.Input{Raw: []byte("\x82\xa5moveX\xff\xa5shoot\xc3")}
	for range 3 {
		if err := in.Decode(&v); err != nil || v.MoveX != -1 || !v.Shoot {
			t.Errorf("decoded %+v, %v", v, err)
		}
	}
	if err := in.Decode(new(string)); err == nil {
		t.Error("a map is no string")
	}
	if err := (lobby.Input{}).Decode(&v); err == nil {
		t.Error("nothing was decoded")
	}
}

// A browser's numbers are float64 unless they are whole.
func TestInputDecodesWhatBrowsersSend(t *testing.T) {
	var v struct{ X, Y float32 }
	in := lobby.Input{Raw: []byte("\x82\xa1X\xcb\x40\x29\x00\x00\x00\x00\x00\x00\xa1Y\x07")}
	if err := in.Decode(&v); err != nil || v.X != 12.5 || v.Y != 7 {
		t.Errorf("decoded %+v, %v", v, err)
	}
}
