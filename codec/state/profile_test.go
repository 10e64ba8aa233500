package state_test

import (
	"math"
	"testing"

	"tickwire/codec/state"
)

func TestProfile(t *testing.T) {
	for _, form := range []state.Form{state.MForm, state.BForm} {
		w, movers, ids := crowd(100, 0)
		w.Everybody().AppendKeyframe(nil, form)
		p := w.StartProfile()
		bytes := 0
		for tick := range 50 {
			drive(movers, ids, tick)
			w.Commit()
			bytes += len(w.Everybody().AppendSteady(nil, form))
		}
		w.StopProfile()
		w.Everybody().AppendKeyframe(nil, form)

		if n, b := p.Frames(); n != 50 || b != bytes {
			t.Errorf("form %d: %d frames of %d bytes, made 50 of %d", form, n, b, bytes)
		}
		share, counts := 0.0, map[string]int{}
		for _, c := range p.Costs(w.Schema()) {
			share += c.Share
			counts[c.Field] = c.Count
			if c.Bytes <= 0 {
				t.Errorf("form %d: %q took %v bytes", form, c.Field, c.Bytes)
			}
		}
		if math.Abs(share-1) > 0.05 { // heads and padding belong to no type
			t.Errorf("form %d: parts make up %.3f of the frames", form, share)
		}
		if counts["x"] == 0 || counts["x"] != counts["heading"] || counts["hp"] != 0 {
			t.Errorf("form %d: counts %v", form, counts)
		}
	}
}
