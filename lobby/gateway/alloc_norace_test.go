//go:build !race

package gateway

import (
	"bytes"
	"testing"

	"tickwire/lobby"
)

const perInput = 1.05 // allocations: the event

// TestSharedEventAllocatesNothingPerMember sends one event per tick, held for the
// state frame. What it allocates must not grow with the number of members.
// Not under the race detector, whose pools lose things on purpose.
func TestSharedEventAllocatesNothingPerMember(t *testing.T) {
	w := wire(t, 16, 16)
	frame := &lobby.Frame{Bytes: bytes.Repeat([]byte{7}, 250)}
	perTick := func(players []*player) float64 {
		tick := func() {
			frame.Version++
			ev := &lobby.Event{Name: lobby.EventMatch, Args: []any{"hit", 3}}
			for i, p := range players {
				if p.Event(ev) != nil || p.State(frame, uint32(i)) != nil {
					t.Error("not sent")
				}
			}
		}
		tick()
		return testing.AllocsPerRun(50, tick)
	}
	few := perTick([]*player{w.players[0], w.players[31]}) // one of each parser
	all := perTick(w.players)
	if all > few {
		t.Errorf("one event: %v allocations for 2 members, %v for 32", few, all)
	}
}
