package state_test

import (
	"testing"

	"pgregory.net/rapid"

	"tickwire/codec/state"
)

var skips = []int{0, 0, 0, 0, 0, 1, 1, 5, 20, 56, 60, 62, 63, 64, 65, 69}

// TestReplicaFollowsWorld applies frames over random skips and compares with
// the game's structs after each.
func TestReplicaFollowsWorld(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newScene(rapid.Uint64().Draw(rt, "seed"), rapid.SampledFrom([]int{0, 1, 10, 40}).Draw(rt, "learn"))
		s.step()
		form := state.Form(rapid.IntRange(0, 1).Draw(rt, "form"))
		c := newClient(t, s.world, form)
		for range rapid.IntRange(1, 16).Draw(rt, "frames") {
			if _, _, err := c.next(s.world, s.world.Everybody()); err != nil {
				rt.Fatal(err)
			}
			s.check(t, c.Replica)
			for range 1 + rapid.SampledFrom(skips).Draw(rt, "skip") {
				s.step()
			}
		}
	})
}
