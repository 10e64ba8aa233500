package gateway_test

import (
	"fmt"

	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/sio"
)

// A program with its own Socket.IO server adds the lobby protocol to it, and
// keeps its own broadcasts away from those who play.
func ExampleAttach() {
	lobbies, err := lobby.New(lobby.Options{Games: []lobby.Game{{Name: "tally", New: newTally}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	io := sio.New(sio.Options{})
	gateway.Attach(io, gateway.Options{Lobbies: lobbies})

	io.Of("/").Except(gateway.RoomPlayers).Emit("news", "a lobby is open")
	fmt.Println(lobbies.Games()[0].Name)
	// Output: tally
}
