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
	// where the client shows what lies between two: see [Match.Rewind]. What a
	// client claims is bounded: it is never later than the state that was sent
	// to it, never older than Game.Rewind, and never goes back. Of a client that
	// does not tell it is the newest tick that it had applied.
	View float64
	// Repeated says that the player sent nothing for this tick, and that this is
	// the last input again: see [InputRule.Hold].
	Repeated bool
}

// Decode decodes the payload: struct fields are named by their json tags,
// numbers fit any numeric type that holds them (JavaScript sends 0.5 as a
// float64 and 1.0 as an integer). On an error the target may be half filled.
func (in Input) Decode(into any) error {
	if len(in.Raw) == 0 {
		return errNoPayload
	}
	return in.Raw.Decode(into)
}
