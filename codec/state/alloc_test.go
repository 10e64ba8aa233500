package state_test

import (
	"testing"

	"tickwire/codec/state"
)

// Mover is a typical entity: position, heading, some counters.
type Mover struct {
	X, Y    float32 `sync:"min=0,max=4096,step=0.125,pred"`
	Heading float32 `sync:"angle,bits=10"`
	HP      uint8   `sync:""`
	Score   uint32  `sync:"bits=20"`
	Name    string  `sync:"max=16"`
	Anim    uint8   `sync:""`
}

func crowd(n, learn int) (*state.World, *state.Table[Mover], []state.ID) {
	w := state.NewWorld(state.Options{Learn: learn})
	movers := state.Register[Mover](w, "Mover")
	var ids []state.ID
	for i := range n {
		ids = append(ids, movers.Spawn(Mover{X: float32(i % 100 * 40), Y: 50, HP: 100, Name: "mover"}))
	}
	w.Commit()
	return w, movers, ids
}

// drive moves two thirds and returns how many fields it changed.
func drive(movers *state.Table[Mover], ids []state.ID, tick int) (fields int) {
	for i, id := range ids {
		if (i+tick)%3 == 0 {
			continue
		}
		m := movers.Edit(id)
		m.X += 3
		if m.X > 4000 {
			m.X = 0
		}
		m.Heading += 0.02
		fields += 2
		if tick%5 != 0 {
			m.Y = float32((tick * 3) % 4096)
			fields++
		}
	}
	return fields
}

func TestSteadyPathDoesNotAllocate(t *testing.T) {
	for name, run := range map[string]func() func(){
		"M":       func() func() { return everybody(state.MForm, 0) },
		"B":       func() func() { return everybody(state.BForm, 0) },
		"learned": func() func() { return everybody(state.BForm, 20) },
		"views":   radiusViews,
		"feed M":  func() func() { return feeds(state.MForm) },
		"feed B":  func() func() { return feeds(state.BForm) },
	} {
		tick := run()
		for range 300 {
			tick()
		}
		if n := testing.AllocsPerRun(200, tick); n != 0 {
			t.Errorf("%s: %v allocations per tick", name, n)
		}
	}
}

// everybody is a tick with a frame for all.
func everybody(form state.Form, learn int) func() {
	w, movers, ids := crowd(100, learn)
	var frame []byte
	tick := 0
	return func() {
		tick++
		drive(movers, ids, tick)
		w.Commit()
		frame = w.Everybody().AppendSteady(frame[:0], form)
	}
}

// radiusViews is a tick with a frame for each of ten who walk about.
func radiusViews() func() {
	w, movers, ids := crowd(400, 20)
	var views []*state.View
	for range 10 {
		views = append(views, w.NewView(state.ViewOptions{Near: []state.Near{{Table: movers, X: "x", Y: "y", Enter: 500}}}))
	}
	tick := 0
	return func() {
		tick++
		drive(movers, ids, tick%20)
		for i, v := range views {
			v.Look(float64(400*i+tick%20), 50)
		}
		w.Commit()
		for _, v := range views {
			v.Steady(state.BForm)
		}
	}
}

// feeds is a tick with a frame for each of four who get less than there is.
func feeds(form state.Form) func() {
	w, movers, ids := crowd(100, 0)
	var list []*state.Feed
	for i := range 4 {
		v := w.NewView(state.ViewOptions{Near: []state.Near{{Table: movers, X: "x", Y: "y", Enter: 1500}}})
		v.Look(2000, 50)
		list = append(list, v.NewFeed(state.FeedOptions{Form: form, Bytes: 40 * (i + 1)}))
	}
	var frame []byte
	tick := 0
	return func() {
		tick++
		drive(movers, ids, tick)
		w.Commit()
		for _, f := range list {
			frame = f.Append(frame[:0])
		}
	}
}
