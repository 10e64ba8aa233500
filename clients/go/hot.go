package client

import (
	"encoding/binary"
	"math"

	"tickwire/codec/socketio"
)

// emitInput sends `i` without allocating, if encoding the payload does not.
func (g *Game) emitInput(seq, tick uint32, in When, payload any) (err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := append(g.input[:0], 0x94, 0xa1, 'i')
	if in != (When{}) {
		b[0] = 0x96
	}
	b = appendUint32(b, seq)
	b = appendUint32(b, tick)
	if b, err = socketio.AppendValue(b, payload); err != nil {
		return err
	}
	if in != (When{}) {
		b = binary.BigEndian.AppendUint64(append(b, 0xcb), math.Float64bits(in.View))
		b = appendUint32(b, in.For)
	}
	g.input = b
	return g.conn.codec.send(g.conn.wire, socketio.Packet{
		Type: socketio.Event, Namespace: g.conn.opt.Namespace, Data: b,
	})
}

// apply brings a state frame into the replica.
func (g *Game) apply(f *Frame, frame []byte) error {
	last := g.acked.Load()
	if err := f.ReadHead(g.start.Form, last, frame); err != nil {
		return err
	}
	if !f.Keyframe && f.Base != last {
		return errFrame // of a stream that has lost its keyframe
	}
	if g.replica == nil {
		return nil
	}
	return g.replica.Apply(frame)
}

func appendUint32(dst []byte, v uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 0xce), v)
}

// stateArgs reads the arguments of `s`.
func stateArgs(args socketio.Args) (frame []byte, ack uint32, ok bool) {
	frame, ok = args.At(0).Bytes()
	ack, _, err := msgpackUint(args.At(1)) // a Decode would let ack escape
	return frame, ack, ok && err == nil
}
