package client

import (
	"context"

	"tickwire/codec/socketio"
)

// Emit sends an event.
func (c *Conn) Emit(event string, args ...any) error {
	p, err := c.packet(event, args)
	if err != nil {
		return err
	}
	return c.codec.send(c.wire, p)
}

// EmitAck sends an event and calls answer, once, with its acknowledgement (on
// the reader) or with ErrClosed when the connection ends before.
func (c *Conn) EmitAck(answer func(socketio.Args, error), event string, args ...any) error {
	p, err := c.packet(event, args)
	if err != nil {
		return err
	}
	p.HasID = true
	if p.ID = c.await(answer); p.ID == 0 {
		return ErrClosed
	}
	if err := c.codec.send(c.wire, p); err != nil {
		c.forget(p.ID)
		return err
	}
	return nil
}

// Call sends an event and waits for its acknowledgement. It must not be called
// from a handler of the same connection.
func (c *Conn) Call(ctx context.Context, event string, args ...any) (socketio.Args, error) {
	type outcome struct {
		args socketio.Args
		err  error
	}
	answered := make(chan outcome, 1)
	err := c.EmitAck(func(args socketio.Args, err error) {
		answered <- outcome{args.Clone(), err} // args belong to the reader
	}, event, args...)
	if err != nil {
		return socketio.Args{}, err
	}
	select {
	case o := <-answered:
		return o.args, o.err
	case <-ctx.Done():
		return socketio.Args{}, context.Cause(ctx)
	}
}

func (c *Conn) packet(event string, args []any) (socketio.Packet, error) {
	data, err := socketio.AppendEvent(nil, event, args...)
	return socketio.Packet{Type: socketio.Event, Namespace: c.opt.Namespace, Data: data}, err
}

// await registers a call; 0 means that the connection has ended.
func (c *Conn) await(answer func(socketio.Args, error)) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls == nil {
		return 0
	}
	c.last++
	c.calls[c.last] = answer
	return c.last
}

func (c *Conn) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.calls, id)
}

// Close leaves the namespace and ends the connection, if Connect has made one.
// It may be called from a handler, and more than once.
func (c *Conn) Close() error {
	c.mu.Lock()
	ended := c.ended
	c.ended = true
	c.mu.Unlock()
	if ended || c.wire == nil {
		return nil
	}
	c.codec.send(c.wire, socketio.Packet{Type: socketio.Disconnect, Namespace: c.opt.Namespace})
	return c.wire.conn.Close() // wakes the reader, which closes Done
}
