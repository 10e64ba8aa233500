package state_test

import (
	"testing"

	"pgregory.net/rapid"

	"tickwire/codec/state"
)

// TestFeedCatchesUp gives clients less than they need and then lets the world
// rest: every frame keeps to its budget, nothing removed is left, and in the end
// each client has what the view shows.
func TestFeedCatchesUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newScene(rapid.Uint64().Draw(rt, "seed"), rapid.SampledFrom([]int{0, 5}).Draw(rt, "learn"))
		view := s.world.NewView(state.ViewOptions{Near: []state.Near{{Table: s.things, X: "x", Y: "y", Enter: 1500, Leave: 1700}}})
		view.Look(2000, 0)
		form := state.Form(rapid.IntRange(0, 1).Draw(rt, "form"))
		budget := rapid.SampledFrom([]int{40, 100, 300, 5000}).Draw(rt, "budget")
		c := newClient(t, s.world, form)
		feed := view.NewFeed(state.FeedOptions{Form: form, Bytes: budget})
		next := func() int {
			if sc := s.world.Schema(); sc.Epoch() != c.Epoch() {
				if err := c.Learn(sc.AppendTables(nil)); err != nil {
					rt.Fatal(err)
				}
				// Also without a frame the learner must see traffic.
			}
			frame := feed.Append(nil)
			if err := c.Apply(frame); err != nil {
				rt.Fatalf("tick %d: %v", s.world.Tick(), err)
			}
			return len(frame)
		}
		for range rapid.IntRange(1, 80).Draw(rt, "ticks") {
			s.step()
			view.Steady(state.BForm)
			if s.rng.IntN(5) == 0 {
				continue
			}
			if s.rng.IntN(40) == 0 {
				feed.Reset()
			}
			next()
			for id := range c.Entities("Thing") {
				if !alive(s, id.Slot()) {
					rt.Fatalf("tick %d: slot %d is gone, but not for the client", c.Tick(), id.Slot())
				}
			}
		}
		for range 3 * len(s.ids) {
			s.world.Commit()
			next()
		}
		want := newClient(t, s.world, state.MForm)
		if err := want.Apply(view.Keyframe(state.MForm)); err != nil {
			rt.Fatal(err)
		}
		if c.CRC() != want.CRC() {
			rt.Fatal("the client never caught up")
		}
	})
}

func alive(s *scene, slot int) bool {
	for id := range s.things.All() {
		if id.Slot() == slot {
			return true
		}
	}
	return false
}

// TestFeedKeepsToItsBudget drives a crowd through a narrow line: the important
// ones are always fresh, none waits for ever.
func TestFeedKeepsToItsBudget(t *testing.T) {
	w, movers, ids := crowd(100, 0)
	important := ids[42]
	c := newClient(t, w, state.BForm)
	feed := w.Everybody().NewFeed(state.FeedOptions{Form: state.BForm, Bytes: 80, Priority: func(_ string, id state.ID) float64 {
		if id == important {
			return 1000
		}
		return 1
	}})
	seen, err := state.Bind[Mover](c.Replica, "Mover")
	if err != nil {
		t.Fatal(err)
	}
	last, fresh := map[state.ID]float32{}, map[state.ID]int{}
	for tick := range 400 {
		for _, id := range ids {
			movers.Edit(id).X = float32((tick*5 + id.Slot()) % 4000)
		}
		w.Commit()
		frame := feed.Append(nil)
		if len(frame) > 80 {
			t.Fatalf("tick %d: %d bytes", tick, len(frame))
		}
		if err := c.Apply(frame); err != nil {
			t.Fatal(err)
		}
		for id, m := range seen.All() {
			if last[id] != m.X {
				last[id], fresh[id] = m.X, tick
			}
		}
		if tick < 100 {
			continue
		}
		if m, _ := seen.Get(important & 0xffff); m.X != movers.Get(important).X {
			t.Fatalf("tick %d: the important one is behind", tick)
		}
		for _, id := range ids {
			if age := tick - fresh[id&0xffff]; age > 40 {
				t.Fatalf("tick %d: slot %d is %d ticks old", tick, id.Slot(), age)
			}
		}
	}
}
