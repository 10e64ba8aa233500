//go:build !race

package sio_test

import (
	"testing"

	"tickwire/sio"
)

// Not with the race detector, under which a sync.Pool forgets at random.
func TestEmittingAllocatesLittle(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		sockets := drained(t, parser, 4)
		room := sockets[0].Namespace().To("room")
		frame := any(make([]byte, 256)) // the caller's own allocation
		most := map[sio.Parser]float64{sio.MsgPack: 2, sio.JSON: 4}[parser]
		for name, c := range map[string]struct {
			emit func()
			most float64
		}{
			"to one":    {func() { sockets[1].Emit("s", frame, 7) }, 0},
			"to a room": {func() { room.Emit("s", frame, 7) }, most},
		} {
			if n := testing.AllocsPerRun(200, c.emit); n > c.most {
				t.Errorf("%s: %v allocations, want at most %v", name, n, c.most)
			}
		}
	})
}
