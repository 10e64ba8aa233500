package tickwire_test

import (
	"context"
	"fmt"

	"tickwire"
	"tickwire/lobby"
)

// A server inside another program: Run returns when the context ends and
// everybody has been told.
func ExampleNew() {
	server, err := tickwire.New(tickwire.Options{
		Games: []lobby.Game{stepsGame()},
		Addr:  "127.0.0.1:0",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	stop() // at once, here
	fmt.Println(server.Run(ctx))
	// Output: <nil>
}
