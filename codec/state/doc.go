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
// last 64 ticks). A frame depends only on its baseline and tick, so every
// client of a view shares the same bytes, and so do views that show the same.
// A [Replica] turns frames back into state, [Bind] reads it as Go structs.
//
// # Words of a tag
//
//	min=, max=, step=, bits=   the grid of a number
//	pred                       expect the last change again: positions
//	angle                      radians (or steps, for integers) that wrap
//	max=                       longest string or []byte, most items of a list
//	list                       []uint8 as numbers and not as bytes
//	ref=Type                   a state.ID of another table
//	history                    remembered for a while, see [World.Rewind]
//	name=                      instead of the Go name with a small first word
//
// An empty tag says: as the Go type is. Embedded structs lend their fields.
// Strings and numbers cost Commit nothing unless they change; a []byte or a list
// is compared whenever its entity is touched.
//
// # Who sees what
//
// [World.Everybody] sees all public entities. [World.NewView] narrows a view
// down to a chosen set, to what is near, or adds an owner's [Private] entities.
// A [Feed] is one client's part of a view under a budget of bytes.
//
// # Forms and tables
//
// Two wire forms have one meaning: [MForm], MessagePack arrays that any
// MessagePack library reads, and [BForm], bit-packed residuals, a quarter of the
// size. With Options.Learn the B-form's tables are fitted to the game after a
// while: when [Schema.Epoch] has changed after a Commit, send every client of
// the B-form [Schema.AppendTables] before the next frame.
//
// docs/state-format.md describes every byte.
//
// # Concurrency
//
// A World with its tables, views and feeds belongs to one goroutine, the match.
// A Replica belongs to one goroutine, too. Nothing here starts a goroutine,
// reads a clock or does I/O. In steady state nothing allocates.
//
// # Whose bytes
//
// Append methods write to the caller's slice. Steady, Keyframe and Coalesced
// return shared bytes, not to be changed; those of Steady are good until the
// next Commit. Replicas keep nothing of what they are given.
//
// # Limits
//
// 64 types, 30 fields per type, 65,534 entities per type, 24 bits per quantised
// field, 255 items per list, 65,535 bytes per string; deltas reach back 64
// ticks. [Register] panics when a type breaks them: that is a mistake in the
// program, found at its start.
package state
