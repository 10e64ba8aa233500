package sio

import (
	"errors"
	"fmt"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// Errors that callers may want to tell apart.
var (
	ErrDisconnected = errors.New("sio: socket is disconnected")
	ErrTimeout      = errors.New("operation has timed out") // the reference's words
	ErrTooManyAcks  = errors.New("sio: too many acknowledgements pending")
	ErrTooManyRooms = errors.New("sio: socket is in too many rooms")
	ErrName         = errors.New("sio: name is too long")
	ErrUnsupported  = errors.New("sio: not supported here")

	ErrReserved    = socketio.ErrReserved    // event name that has a meaning of its own
	ErrAttachments = socketio.ErrAttachments // more binary values than clients accept
	ErrSlowClient  = engine.ErrSlowClient    // this message was one too many: the session ends
	ErrDropped     = engine.ErrDropped       // volatile event, client not ready
)

func reserved(event string) error { return fmt.Errorf("%w: %q", ErrReserved, event) }

// ConnectError is returned by connection middleware to refuse a client with
// data; the client gets both in its connect_error event. Any other error
// refuses with its text alone.
type ConnectError struct {
	Message string
	Data    any
}

func (e *ConnectError) Error() string { return e.Message }

// Reason says why a socket was disconnected, in the protocol's words.
type Reason string

// The reasons.
const (
	ClientNamespaceDisconnect Reason = "client namespace disconnect" // the client left the namespace
	ServerNamespaceDisconnect Reason = "server namespace disconnect" // Socket.Disconnect
	ServerShuttingDown        Reason = "server shutting down"        // Server.Close
	ForcedServerClose         Reason = "forced server close"         // the client broke the order of packets
	ForcedClose               Reason = "forced close"                // session closed by this side, invalid packet
	TransportClose            Reason = "transport close"
	TransportError            Reason = "transport error"
	PingTimeout               Reason = "ping timeout"
	ParseError                Reason = "parse error"
)

// recoverable reports whether a client may come back to its state.
// Source: socket.io 4.8, RECOVERABLE_DISCONNECT_REASONS.
func (r Reason) recoverable() bool {
	return r != ClientNamespaceDisconnect && r != ServerNamespaceDisconnect && r != ParseError
}
