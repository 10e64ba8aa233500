package state_test

import (
	"fmt"

	"tickwire/codec/state"
)

func Example() {
	type Ship struct {
		X, Y float32 `sync:"min=0,max=4096,step=0.125,pred"`
		HP   uint8   `sync:"bits=7"`
		Name string  `sync:"max=16"`
		ammo int     // no tag: never leaves the server
	}
	world := state.NewWorld(state.Options{Hz: 20})
	ships := state.Register[Ship](world, "Ship")
	ann := ships.Spawn(Ship{X: 100, Y: 200, HP: 100, Name: "ann", ammo: 5})
	world.Commit()

	replica, err := state.NewReplica(world.Schema().Append(nil))
	if err != nil {
		panic(err)
	}
	if err := replica.Apply(world.Everybody().AppendKeyframe(nil, state.MForm)); err != nil {
		panic(err)
	}

	ships.Edit(ann).X += 1.5
	world.Commit()
	frame := world.Everybody().AppendSteady(nil, state.MForm)
	if err := replica.Apply(frame); err != nil {
		panic(err)
	}
	seen, err := state.Bind[Ship](replica, "Ship")
	if err != nil {
		panic(err)
	}
	for id, s := range seen.All() {
		fmt.Printf("tick %d, slot %d: %s at %.1f,%.1f, %d bytes\n", replica.Tick(), id.Slot(), s.Name, s.X, s.Y, len(frame))
	}
	// Output: tick 2, slot 0: ann at 101.5,200.0, 15 bytes
}

// A player sees what is near, and alone sees its own cards.
func ExampleWorld_NewView() {
	type Unit struct {
		X, Y float32 `sync:"min=0,max=1000,step=0.5,pred"`
	}
	type Hand struct {
		Cards []uint8 `sync:"list,bits=6,max=5"`
	}
	world := state.NewWorld(state.Options{})
	units := state.Register[Unit](world, "Unit")
	hands := state.RegisterPrivate[Hand](world, "Hand")
	for x := range 10 {
		units.Spawn(Unit{X: float32(100 * x)})
	}
	ann, bob := state.Owner(1), state.Owner(2)
	hands.Spawn(ann, Hand{Cards: []uint8{3, 14}})
	hands.Spawn(bob, Hand{Cards: []uint8{15, 9}})

	view := world.NewView(state.ViewOptions{
		Owner: ann,
		Near:  []state.Near{{Table: units, X: "x", Y: "y", Enter: 150}},
	})
	view.Look(500, 0)
	world.Commit()

	client, err := state.NewReplica(world.Schema().Append(nil))
	if err != nil {
		panic(err)
	}
	if err := client.Apply(view.Keyframe(state.BForm)); err != nil {
		panic(err)
	}
	for id := range client.Entities("Unit") {
		fmt.Println("unit", id.Slot())
	}
	seen, err := state.Bind[Hand](client, "Hand")
	if err != nil {
		panic(err)
	}
	for _, hand := range seen.All() {
		fmt.Println("cards", hand.Cards)
	}
	// Output:
	// unit 4
	// unit 5
	// unit 6
	// cards [3 14]
}
