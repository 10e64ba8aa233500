// Package state replicates a game's state to its clients in the fewest bytes.
//
// The studio describes its state with plain Go structs:
//
//	type Ship struct {
//		X, Y  float32 `sync:"min=0,max=4096,step=0.125,pred"`
//		Angle float32 `sync:"angle,bits=10"`
//		HP    uint8   `sync:"bits=7"`
//		Name  string  `sync:"max=16"`
//		ammo  int     // no tag: never leaves the server
//	}
//	world := state.NewWorld(state.Options{Hz: 20})
//	ships := state.Register[Ship](world, "Ship")
//	id := ships.Spawn(Ship{Name: "ann"})
//	ships.Edit(id).X += 4
//	world.Commit()
//
// [World.Commit] closes a tick. A [View] then yields frames: a keyframe (all),
// a steady delta (from the tick before) or a coalesced delta (from any of the
// last 64 ticks). A frame depends only on its baseline tick, so every client
// of a view shares the same bytes. A [Replica] turns frames back into state.
//
// Two wire forms have one meaning: [MForm], MessagePack arrays that any
// MessagePack library reads, and [BForm], bit-packed residuals. Both are
// described in docs/state-format.md.
//
// # Concurrency
//
// A World with its tables and views belongs to one goroutine, the match. A
// Replica belongs to one goroutine, too. Nothing here starts a goroutine,
// takes a lock, reads a clock or does I/O.
//
// # Limits
//
// 64 types, 30 fields per type, 65,534 entities per type, 24 bits per
// quantised field, 255 items per list, 65,535 bytes per string; deltas reach
// back 64 ticks. [Register] panics when a type breaks them: that is a mistake
// in the program, found at its start.
package state
