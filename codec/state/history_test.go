package state_test

import (
	"fmt"
	"math"
	"testing"

	"tickwire/codec/state"
)

type target struct {
	X      float32 `sync:"min=-100,max=100,step=0.01,pred,history"`
	Y      float64 `sync:"max=4096,step=0.125,history"`
	Turn   float32 `sync:"angle,bits=10,history"`
	Steps  uint16  `sync:"angle,bits=10,history"`
	Height int16   `sync:"bits=12,history"`
	Wide   uint32  `sync:"history"`
	Up     bool    `sync:"history"`
	Raw    float32 `sync:"history"`
	HP     uint8   `sync:"bits=7"`
	Name   string  `sync:"max=16"`
}

// track is a world whose only target moves by one in all directions.
func track(t *testing.T, o state.Options) (*state.World, *state.Table[target], state.ID) {
	t.Helper()
	w := state.NewWorld(o)
	table := state.Register[target](w, "Target")
	id := table.Spawn(target{})
	for tick := 1; tick <= 100; tick++ {
		e := table.Edit(id)
		n := float64(tick)
		e.X, e.Y, e.Turn, e.Steps = float32(tick)/2-50, n, float32(n*2*math.Pi/16), uint16(tick*64)
		e.Height, e.Wide, e.Up, e.HP, e.Name = int16(-tick*10), uint32(1<<31+tick), tick%2 == 1, uint8(tick), fmt.Sprint(tick)
		e.Raw = -float32(tick)
		w.Commit()
	}
	return w, table, id
}

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

func TestRewindShowsWhatAClientSaw(t *testing.T) {
	w, table, id := track(t, state.Options{Hz: 20})
	for _, view := range []float64{100, 99, 98.5, 95.25, 90.75, 90} {
		p := w.Rewind(view)
		v, ok := table.At(p, id)
		if !ok || p.View() != view {
			t.Fatalf("view %v: %v, there %v", view, p.View(), ok)
		}
		floor := int(view)
		turn := math.Mod(view*2*math.Pi/16, 2*math.Pi)
		if !near(float64(v.X), view/2-50, 0.006) || !near(v.Y, view, 1e-9) || !near(float64(v.Turn), turn, 0.01) ||
			v.Steps != uint16(view*64)&1023 || v.Height != int16(-10*floor) || v.Wide != uint32(1<<31+floor) || v.Raw != -float32(view) || v.Up != (floor%2 == 1) {
			t.Errorf("view %v: %+v", view, v)
		}
		if v.HP != 100 || v.Name != "100" {
			t.Errorf("view %v: fields without a history are those of now: %+v", view, v)
		}
	}
}

func TestRewindIsBounded(t *testing.T) {
	for _, tc := range []struct {
		o    state.Options
		back float64
	}{{state.Options{Hz: 20}, 10}, {state.Options{Hz: 20, History: 5}, 5}, {state.Options{Hz: 128}, 64}} {
		w, table, id := track(t, tc.o)
		oldest := 100 - tc.back
		for view, want := range map[float64]float64{
			101: 100, math.Inf(1): 100, oldest: oldest, oldest - 0.5: oldest, 0: oldest, -1: oldest, math.Inf(-1): oldest, math.NaN(): oldest, oldest + 0.5: oldest + 0.5,
		} {
			p := w.Rewind(view)
			if v, ok := table.At(p, id); !ok || p.View() != want || !near(v.Y, want, 1e-9) {
				t.Errorf("%+v: view %v gives %v, y %v, there %v", tc.o, view, p.View(), v.Y, ok)
			}
		}
	}
	w := state.NewWorld(state.Options{})
	table := state.Register[target](w, "Target")
	id := table.Spawn(target{})
	if _, ok := table.At(w.Rewind(0), id); ok {
		t.Error("something was there before the first commit")
	}
	w.Commit()
	if p := w.Rewind(0); p.View() != 0 {
		t.Errorf("at tick 1, back to %v", p.View())
	}
	if _, ok := table.At(w.Rewind(0.9), id); ok {
		t.Error("it was there before it was spawned")
	}
}

func TestRewindKnowsWhoWasThere(t *testing.T) {
	w, table, old := track(t, state.Options{Hz: 20})
	table.Despawn(old)
	young := table.Spawn(target{Y: 7, HP: 1}) // in the same slot
	w.Commit()                                // tick 101
	table.Edit(young).Y = 9
	w.Commit() // 102
	if young.Slot() != old.Slot() {
		t.Fatalf("slots %d and %d", old.Slot(), young.Slot())
	}
	for _, tc := range []struct {
		view  float64
		id    state.ID
		there bool
		y     float64
	}{
		{100, old, true, 100}, {100.9, old, true, 100}, {99.5, old, true, 99.5}, {101, old, false, 0},
		{100, young, false, 0}, {100.9, young, false, 0}, {101, young, true, 7}, {101.5, young, true, 8}, {102, young, true, 9},
	} {
		v, ok := table.At(w.Rewind(tc.view), tc.id)
		if ok != tc.there || v.Y != tc.y {
			t.Errorf("view %v of %x: there %v at %v", tc.view, uint32(tc.id), ok, v.Y)
		}
		n := 0
		for id, v := range table.AllAt(w.Rewind(tc.view)) {
			if n++; (id == tc.id) != tc.there || tc.there && v.Y != tc.y {
				t.Errorf("view %v: found %x at %v", tc.view, uint32(id), v.Y)
			}
		}
		if n != 1 {
			t.Errorf("view %v: %d were there", tc.view, n)
		}
	}
	if v, _ := table.At(w.Rewind(100), old); v.HP != 0 || v.Name != "" {
		t.Errorf("of one that is gone only the history is known: %+v", v)
	}
	if table.Edit(old) != nil {
		t.Error("one that is gone can be edited")
	}
	if _, ok := table.At(w.Rewind(100), 0); ok {
		t.Error("nobody was there")
	}
}

func TestRewindDoesNotCrossAJump(t *testing.T) {
	w, table, id := track(t, state.Options{Hz: 20})
	table.Edit(id).Y = 2000
	w.Commit()
	if v, _ := table.At(w.Rewind(100.5), id); v.Y != 100 {
		t.Errorf("half way through a jump: %v", v.Y)
	}
}

func TestHistoryOfATextIsRefused(t *testing.T) {
	type wrong struct {
		Name string `sync:"history"`
	}
	defer func() {
		if recover() == nil {
			t.Error("taken")
		}
	}()
	state.Register[wrong](state.NewWorld(state.Options{}), "Wrong")
}

func TestHistoryDoesNotChangeTheSchema(t *testing.T) {
	type with struct {
		X uint8 `sync:"history"`
	}
	type without struct {
		X uint8 `sync:""`
	}
	a, b := state.NewWorld(state.Options{}), state.NewWorld(state.Options{})
	state.Register[with](a, "T")
	state.Register[without](b, "T")
	if a.Schema().Hash() != b.Schema().Hash() {
		t.Error("clients would have to know of it")
	}
}

func TestRewindDoesNotAllocate(t *testing.T) {
	w := state.NewWorld(state.Options{Hz: 60})
	table := state.Register[target](w, "Target")
	var ids []state.ID
	for range 100 {
		ids = append(ids, table.Spawn(target{}))
	}
	step := func() {
		for _, id := range ids {
			table.Edit(id).Y += 0.5
		}
		w.Commit()
		var sum float64
		p := w.Rewind(float64(w.Tick()) - 5.5)
		for _, v := range table.AllAt(p) {
			sum += v.Y
		}
		if v, ok := table.At(p, ids[7]); ok {
			sum += v.Y
		}
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(100, step); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkRewind(b *testing.B) {
	b.ReportAllocs()
	w := state.NewWorld(state.Options{Hz: 60})
	table := state.Register[target](w, "Target")
	for range 100 {
		table.Spawn(target{})
	}
	for range 50 {
		w.Commit()
	}
	var sum float64
	for b.Loop() {
		for _, v := range table.AllAt(w.Rewind(40.5)) {
			sum += v.Y
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/entity")
}
