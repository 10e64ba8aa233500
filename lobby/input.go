package lobby

import (
	"errors"

	"tickwire/codec/socketio"
)

var errNoPayload = errors.New("lobby: the input has no payload")

// Input is what a player sent for the simulation.
type Input struct {
	Seq uint32 // grows with each input of a player; the first is 1
	// Raw is one validated MessagePack value. It is valid only during
	// Rules.Input.
	Raw socketio.Raw

	// View is the tick that the player saw when this was sent, with a fraction
	// where the client shows what lies between two: see [Match.Rewind]. It is
	// never later than the state that the server sent, and 0 if the client did
	// not tell.
	View float64
	// Repeated says that the player sent nothing for this tick, and that this is
	// the last input again: see [Game.HoldLast].
	Repeated bool
}

// viewUnits is how a view travels in logs: in 1/256 ticks.
func viewUnits(view float64) uint64 { return uint64(view * 256) }

// Decode decodes the payload: struct fields are named by their json tags,
// numbers fit any numeric type that holds them (JavaScript sends 0.5 as a
// float64 and 1.0 as an integer). On an error the target may be half filled.
func (in Input) Decode(into any) error {
	if len(in.Raw) == 0 {
		return errNoPayload
	}
	return in.Raw.Decode(into)
}
