package sio

import (
	"sync/atomic"

	"tickwire/codec/socketio"
)

// Raw is one validated MessagePack value; see package codec/socketio.
type Raw = socketio.Raw

// Args are the arguments of an event or acknowledgement; see package
// codec/socketio.
type Args = socketio.Args

// Event is an event that a client emitted.
type Event struct {
	Name string

	socket *Socket
	args   Args
	id     uint64
	wants  bool
	acked  atomic.Bool
}

// Socket returns the socket that the event came from.
func (e *Event) Socket() *Socket { return e.socket }

// Args returns the arguments. They are valid until the handler returns.
func (e *Event) Args() Args { return e.args }

// SetArgs replaces the arguments for the handlers after this one; it is meant
// for socket middleware.
func (e *Event) SetArgs(args ...any) error {
	data, err := socketio.AppendArray(nil, args...)
	if err != nil {
		return err
	}
	e.args = socketio.ArgsOf(data)
	return nil
}

// Decode stores the arguments in what the pointers point to. Missing arguments
// leave their target untouched, surplus ones are ignored.
func (e *Event) Decode(into ...any) error { return e.args.Decode(into...) }

// WantsAck reports whether the client asked for an acknowledgement.
func (e *Event) WantsAck() bool { return e.wants }

// Ack acknowledges the event. It may be called from any goroutine, also after
// the handler has returned. Only the first call counts; without
// [Event.WantsAck] it does nothing.
func (e *Event) Ack(args ...any) error {
	if !e.wants || e.acked.Swap(true) {
		return nil
	}
	return e.socket.sendAck(e.id, args)
}

// Handle registers fn for an event with one argument, which is decoded into a
// T. An argument that does not fit is answered, if the client asked for an
// acknowledgement, with {"error": text}; fn is not called then, and the error
// goes to the socket's OnError handlers. A missing argument gives a zero T.
func Handle[T any](on interface{ On(string, func(*Event)) }, event string, fn func(*Event, T)) {
	on.On(event, func(e *Event) {
		var v T
		if err := e.args.Decode(&v); err != nil {
			e.Ack(map[string]any{"error": err.Error()})
			e.socket.fail(err)
			return
		}
		fn(e, v)
	})
}
