package sio

import (
	"sync"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// scratch holds buffers for one encoding or decoding.
type scratch struct {
	data []byte // MessagePack
	wire []byte // the packet
}

const maxPooled = 64 << 10 // giants are not kept

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (s *scratch) release() {
	if cap(s.data) > maxPooled {
		s.data = nil
	}
	if cap(s.wire) > maxPooled {
		s.wire = nil
	}
	scratches.Put(s)
}

// encode makes the message of a packet.
func encode(p socketio.Packet, parser Parser) (*engine.Message, error) {
	buf := scratches.Get().(*scratch)
	defer buf.release()
	if parser == MsgPack {
		buf.wire = socketio.AppendMsgPack(buf.wire[:0], p)
		return engine.NewBinary(buf.wire), nil
	}
	text, attachments, err := socketio.AppendJSON(buf.wire[:0], p)
	if err != nil {
		return nil, err
	}
	buf.wire = text
	return engine.NewText(text, attachments...), nil
}
