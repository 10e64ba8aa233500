package gateway

import (
	"tickwire/lobby"
	"tickwire/sio"
)

// NewBatch returns a batch for players.
func (p *player) NewBatch() lobby.Batch { return new(batch) }

// batch brings state frames to players with fewer system calls.
type batch struct{ sio.Batch }

// State sends a state frame, with the others or at once.
func (b *batch) State(c lobby.Conn, f *lobby.Frame, ack uint32) error {
	p, ok := c.(*player)
	if !ok {
		return c.State(f, ack)
	}
	return b.SendStamped(p.socket, stampedOf(f), ack)
}
