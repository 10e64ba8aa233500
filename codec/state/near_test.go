package state_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"tickwire/codec/state"
)

// Mote is something that is somewhere.
type Mote struct {
	X, Y float32 `sync:"min=0,max=1000,step=1"`
}

// crowdOfMotes is a world of motes on whole numbers, and who is in it.
type crowdOfMotes struct {
	rng   *rand.Rand
	world *state.World
	motes *state.Table[Mote]
	ids   []state.ID
	fresh map[int]bool // slots that got a new mote in this tick
}

func (c *crowdOfMotes) spawn() {
	id := c.motes.Spawn(Mote{float32(c.rng.IntN(1000)), float32(c.rng.IntN(1000))})
	c.ids, c.fresh[id.Slot()] = append(c.ids, id), true
}

// step moves a part of them, and sometimes one far; of some it makes others.
func (c *crowdOfMotes) step(moving, dying int) {
	c.fresh = map[int]bool{}
	for _, id := range c.ids {
		if c.rng.IntN(100) < moving {
			m := c.motes.Edit(id)
			m.X, m.Y = m.X+float32(c.rng.IntN(9)-4), m.Y+float32(c.rng.IntN(9)-4)
			if c.rng.IntN(500) == 0 {
				m.X = float32(c.rng.IntN(1000))
			}
		}
	}
	for range dying {
		k := c.rng.IntN(len(c.ids))
		c.motes.Despawn(c.ids[k])
		c.ids[k] = c.ids[len(c.ids)-1]
		c.ids = c.ids[:len(c.ids)-1]
		c.spawn()
	}
	if c.rng.IntN(8) == 0 {
		c.spawn()
	}
}

// eye is a radius view, a client of it, and what it must show.
type eye struct {
	*client
	view         *state.View
	x, y         float64
	enter, leave float64
	seen         map[int]bool
}

func (e *eye) look(x, y float64) {
	e.x, e.y = math.Round(x), math.Round(y) // sums of squares are exact
	e.view.Look(e.x, e.y)
}

// expect measures everybody.
func (e *eye) expect(c *crowdOfMotes) {
	seen := map[int]bool{}
	for id, m := range c.motes.All() {
		limit := e.enter
		if e.seen[id.Slot()] && !c.fresh[id.Slot()] {
			limit = e.leave
		}
		dx, dy := min(max(float64(m.X), 0), 1023)-e.x, min(max(float64(m.Y), 0), 1023)-e.y
		if dx*dx+dy*dy <= limit*limit {
			seen[id.Slot()] = true
		}
	}
	e.seen = seen
}

// TestNearFollows compares what radius views show with a measurement of all
// entities, for centres that rest, walk and jump among many that do.
func TestNearFollows(t *testing.T) {
	for _, moving := range []int{0, 20, 100} {
		for _, dying := range []int{0, 3, 40} {
			t.Run(fmt.Sprintf("moving=%d/dying=%d", moving, dying), func(t *testing.T) {
				nearFollows(t, moving, dying)
			})
		}
	}
}

func nearFollows(t *testing.T, moving, dying int) {
	c := &crowdOfMotes{rng: rand.New(rand.NewPCG(uint64(moving), uint64(dying))), world: state.NewWorld(state.Options{}), fresh: map[int]bool{}}
	c.motes = state.Register[Mote](c.world, "Mote")
	for range 300 {
		c.spawn()
	}
	var eyes []*eye
	for i := range 8 {
		e := &eye{client: newClient(t, c.world, state.BForm), enter: []float64{100, 200, 0, 400}[i%4], seen: map[int]bool{}}
		e.leave = e.enter + 60
		e.view = c.world.NewView(state.ViewOptions{Near: []state.Near{{Table: c.motes, X: "x", Y: "y", Enter: e.enter, Leave: e.leave}}})
		e.look(500, 500)
		eyes = append(eyes, e)
	}
	for tick := range 150 {
		c.step(moving, dying)
		for i, e := range eyes {
			switch i % 4 {
			case 1:
				e.look(e.x+3, e.y-2)
			case 2, 3:
				e.look(e.x+4*c.rng.NormFloat64(), e.y+4*c.rng.NormFloat64())
			}
			if c.rng.IntN(60) == 0 {
				e.look(1000*c.rng.Float64(), 1000*c.rng.Float64())
			}
		}
		c.world.Commit()
		for i, e := range eyes {
			e.expect(c)
			if _, _, err := e.next(c.world, e.view); err != nil {
				t.Fatal(err)
			}
			got := map[int]bool{}
			for id := range e.Entities("Mote") {
				got[id.Slot()] = true
			}
			if !maps.Equal(got, e.seen) {
				t.Fatalf("tick %d, view %d: shows %d, want %d", tick, i, len(got), len(e.seen))
			}
		}
	}
}
