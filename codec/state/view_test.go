package state_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tickwire/codec/state"
)

// Hand is seen by its owner only.
type Hand struct {
	Cards []uint8 `sync:"list,bits=6,max=7"`
}

// watcher is a client of a view, and which slots of Thing it should have.
type watcher struct {
	*client
	view *state.View
	want func() []int
}

func (w *watcher) check(t *rapid.T) {
	t.Helper()
	var got []int
	for id := range w.Entities("Thing") {
		got = append(got, id.Slot())
	}
	if want := w.want(); !slices.Equal(got, want) {
		t.Fatalf("tick %d: sees things %v, want %v", w.Tick(), got, want)
	}
}

// TestViews runs a world in front of four views whose clients skip ticks.
func TestViews(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newScene(rapid.Uint64().Draw(rt, "seed"), rapid.SampledFrom([]int{0, 5}).Draw(rt, "learn"))
		hands := state.RegisterPrivate[Hand](s.world, "Hand")
		var views []*state.View
		chosen := s.world.NewView(state.ViewOptions{Chosen: []state.AnyTable{s.things}})
		near := s.world.NewView(state.ViewOptions{Near: []state.Near{{Table: s.things, X: "x", Y: "y", Enter: 900, Leave: 1100}}})
		owner := s.world.NewView(state.ViewOptions{Owner: 7})
		views = append(views, chosen, near, owner)

		shown, x, seen := map[state.ID]bool{}, 2000.0, map[int]bool{}
		wants := []func() []int{
			func() (slots []int) {
				for id := range s.things.All() {
					if shown[id] {
						slots = append(slots, id.Slot())
					}
				}
				return slots
			},
			func() (slots []int) { return sorted(seen) },
			func() (slots []int) {
				for id := range s.things.All() {
					slots = append(slots, id.Slot())
				}
				return slots
			},
		}
		var clients []*watcher
		for i, v := range views {
			for _, form := range []state.Form{state.MForm, state.BForm} {
				clients = append(clients, &watcher{newClient(t, s.world, form), v, wants[i]})
			}
		}
		flip := func() {
			for id := range s.things.All() {
				switch s.rng.IntN(6) {
				case 0:
					chosen.Show(s.things, id)
					shown[id] = true
				case 1:
					chosen.Hide(s.things, id)
					delete(shown, id)
				}
			}
			x += 60 * s.rng.NormFloat64()
			near.Look(x, 0)
			if s.rng.IntN(4) == 0 {
				hands.Spawn(state.Owner(6+s.rng.IntN(3)), Hand{Cards: []uint8{1, 2}})
			}
		}
		for range rapid.IntRange(1, 50).Draw(rt, "ticks") {
			flip()
			s.step()
			hysteresis(s, x, seen)
			for _, c := range clients {
				if c.Tick() != 0 && s.rng.IntN(3) == 0 {
					continue // this one misses a tick
				}
				if _, _, err := c.next(s.world, c.view); err != nil {
					rt.Fatal(err)
				}
				c.check(rt)
			}
		}
		for i := 0; i < len(clients); i += 2 { // both forms, brought to the same tick
			for _, c := range clients[i : i+2] {
				if c.last < s.world.Tick() {
					if _, _, err := c.next(s.world, c.view); err != nil {
						rt.Fatal(err)
					}
				}
			}
			if m, b := clients[i], clients[i+1]; m.CRC() != b.CRC() {
				rt.Fatalf("view %d: forms differ", i/2)
			}
		}
		if got := clients[4].Len("Hand"); got != owned(hands, s.world, 7) {
			rt.Fatalf("%d hands", got)
		}
	})
}

func sorted(set map[int]bool) (slots []int) {
	for slot := range set {
		slots = append(slots, slot)
	}
	slices.Sort(slots)
	return slots
}

// hysteresis keeps the set of slots that a radius view must show.
func hysteresis(s *scene, x float64, seen map[int]bool) {
	live := map[int]bool{}
	for id, e := range s.things.All() {
		slot := id.Slot()
		live[slot] = true
		q := wanted(*e)
		far := math.Hypot(float64(q.X)-x, q.Y)
		limit := 900.0
		if seen[slot] && !s.reborn[slot] {
			limit = 1100
		}
		if far <= limit {
			seen[slot] = true
		} else {
			delete(seen, slot)
		}
	}
	for slot := range seen {
		if !live[slot] {
			delete(seen, slot)
		}
	}
}

func owned(hands *state.Private[Hand], w *state.World, owner state.Owner) int {
	v := w.NewView(state.ViewOptions{Owner: owner})
	defer v.Close()
	r, err := state.NewReplica(w.Schema().Append(nil))
	if err != nil {
		panic(err)
	}
	if err := r.Apply(v.Keyframe(state.MForm)); err != nil {
		panic(err)
	}
	return r.Len("Hand")
}

func TestEqualViewsShareFrames(t *testing.T) {
	w, movers, ids := crowd(50, 0)
	var views []*state.View
	for range 2 {
		v := w.NewView(state.ViewOptions{Chosen: []state.AnyTable{movers}})
		for _, id := range ids[:20] {
			v.Show(movers, id)
		}
		views = append(views, v)
	}
	same := func(what string, a, b []byte) {
		t.Helper()
		if &a[0] != &b[0] {
			t.Errorf("%s: equal views have frames of their own", what)
		}
	}
	for tick := range 10 {
		drive(movers, ids, tick)
		w.Commit()
		same("steady", views[0].Steady(state.BForm), views[1].Steady(state.BForm))
	}
	same("keyframe", views[0].Keyframe(state.MForm), views[1].Keyframe(state.MForm))
	a, _ := views[0].Coalesced(w.Tick()-5, state.BForm)
	b, _ := views[1].Coalesced(w.Tick()-5, state.BForm)
	same("coalesced", a, b)

	views[1].Hide(movers, ids[3])
	w.Commit()
	if bytes.Equal(views[0].Steady(state.BForm), views[1].Steady(state.BForm)) {
		t.Error("different views share a frame")
	}
}

func TestClosedViewIsForgotten(t *testing.T) {
	w, _, _ := crowd(1, 0)
	v := w.NewView(state.ViewOptions{})
	v.Close()
	v.Close()
	w.Everybody().Close() // stays
	w.Commit()
	if got := len(w.Everybody().Steady(state.MForm)); got == 0 {
		t.Error("the view of everybody is gone")
	}
}

// TestFirstFrameLate makes no frame until the world has settled.
func TestFirstFrameLate(t *testing.T) {
	w, movers, ids := crowd(300, 0)
	w.NewView(state.ViewOptions{})
	for tick := range 5 {
		drive(movers, ids, tick)
		w.Commit()
	}
	c := newClient(t, w, state.BForm)
	if err := c.Apply(w.Everybody().Keyframe(state.BForm)); err != nil {
		t.Fatal(err)
	}
	movers.Edit(ids[299]).HP = 7
	w.Commit()
	if err := c.Apply(w.Everybody().Steady(state.BForm)); err != nil {
		t.Fatal(err)
	}
	if got := c.CRC(); got != replicaOf(t, w).CRC() {
		t.Error("the client is not where the world is")
	}
}

func replicaOf(t *testing.T, w *state.World) *state.Replica {
	t.Helper()
	c := newClient(t, w, state.MForm)
	if err := c.Apply(w.Everybody().Keyframe(state.MForm)); err != nil {
		t.Fatal(err)
	}
	return c.Replica
}
