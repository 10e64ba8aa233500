// Package lobbytest plays matches of a game inside a test: at once, in virtual
// time, on one goroutine, and the same each time.
//
//	m := lobbytest.New(t, lobbytest.Options{Game: mygame.Game()})
//	ann := m.Join(lobbytest.Player{Name: "ann", Link: lobbytest.Mobile, Script: func(c *lobbytest.Client) any {
//		return []int{127, 0, 0, 0} // her input, each tick
//	}})
//	m.Run(5 * time.Second)
//	ann.Number("Player", 0, "x") // what she has
//	m.Number("Player", 0, "x")   // what is
//
// The lobby, the match and its state frames are the real ones. Between them and
// each player lies a [Link], which delays, stalls and narrows both directions,
// in order, as a TCP connection does. A client applies frames, acknowledges
// them, draws the past as the JavaScript client does ([Client.View]), and tells
// with its inputs what it saw.
//
// [Match.Replay] runs the recorded match again: it finds rules that are not the
// same twice.
//
// A panic of the rules fails the test, with its stack, unless Options.Faults
// says that it is meant to come.
//
// Everything belongs to the goroutine of the test. A failure is one of the
// testing.TB; without one, as in an Example, it panics.
package lobbytest
