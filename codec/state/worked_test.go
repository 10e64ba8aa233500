package state_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"tickwire/codec/state"
)

// TestWorkedExample pins the frames that docs/state-format.md explains bit by bit.
func TestWorkedExample(t *testing.T) {
	type Player struct {
		X    float32 `sync:"min=0,max=4096,step=0.125,pred"`
		Y    float32 `sync:"min=0,max=4096,step=0.125,pred"`
		HP   uint8   `sync:""`
		Name string  `sync:""`
	}
	w := state.NewWorld(state.Options{})
	players := state.Register[Player](w, "Player")
	ann := players.Spawn(Player{X: 100, Y: 200, HP: 100, Name: "ann"})
	bob := players.Spawn(Player{X: 1000, Y: 5, HP: 100, Name: "bob"})
	v := w.Everybody()
	check := func(form state.Form, got []byte, want string) {
		t.Helper()
		if h := hex.EncodeToString(got); h != strings.ReplaceAll(want, " ", "") {
			t.Errorf("tick %d, form %d:\n got %s\nwant %s", w.Tick(), form, h, strings.ReplaceAll(want, " ", ""))
		}
	}
	walk := func(to float32) {
		players.Edit(ann).X = to / 8
		w.Commit()
	}

	w.Commit()
	check(state.BForm, v.AppendKeyframe(nil, state.BForm), "03 01 31 41 06 11 c8 10 c9 3a cc cd 8d 40 9f 88 02 88 64 2d f6 26 06")
	check(state.MForm, v.AppendKeyframe(nil, state.MForm), "94 03 01 00 91 94 00 90 92 95 00 cd0320 cd0640 64 a3616e6e 95 01 cd1f40 28 64 a3626f62 90")

	players.Edit(bob).HP = 93
	walk(812)
	check(state.BForm, v.AppendSteady(nil, state.BForm), "01 01 01 c1 e2 00 5d")
	check(state.MForm, v.AppendSteady(nil, state.MForm), "94 01 02 01 91 94 00 90 90 96 00 01 cd032c 01 04 5d")

	walk(824)
	check(state.BForm, v.AppendSteady(nil, state.BForm), "01 02 01 41 02")
	walk(824)
	players.Despawn(bob)
	walk(824)
	walk(850)
	coalesced, ok := v.AppendCoalesced(nil, 3, state.BForm)
	if !ok {
		t.Fatal("tick 3 is within reach")
	}
	check(state.BForm, coalesced, "02 03 03 35 91 38 ac 06")
	coalesced, _ = v.AppendCoalesced(nil, 3, state.MForm)
	check(state.MForm, coalesced, "94 02 06 03 91 94 00 91 01 90 93 00 01 cd0352")
}
