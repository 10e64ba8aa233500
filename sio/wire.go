package sio

import (
	"sync"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// scratch holds buffers for one encoding or decoding.
type scratch struct {
	data  []byte // MessagePack
	text  []byte // JSON
	parts [][]byte
	once  engine.Stamped // text and parts
}

const maxPooled = 64 << 10 // giants are not kept

var scratches = sync.Pool{New: func() any {
	return &scratch{parts: make([][]byte, 0, socketio.MaxAttachments)}
}}

func (s *scratch) release() {
	if cap(s.data) > maxPooled {
		s.data = nil
	}
	if cap(s.text) > maxPooled {
		s.text = nil
	}
	if s.once.Cap() > maxPooled {
		s.once = engine.Stamped{}
	}
	clear(s.parts)
	s.parts = s.parts[:0]
	scratches.Put(s)
}

// encode makes the message of a packet.
func encode(p socketio.Packet, parser Parser) (*engine.Message, error) {
	if parser == MsgPack {
		b := make([]byte, engine.Front, front(p.Namespace)+len(p.Data))
		m := new(engine.Message)
		m.SetBinary(socketio.AppendMsgPack(b, p), engine.Front)
		return m, nil
	}
	buf := scratches.Get().(*scratch)
	defer buf.release()
	if err := buf.json(p); err != nil {
		return nil, err
	}
	return engine.NewText(buf.text, buf.parts...), nil
}

// json encodes a packet for the default parser into text and parts.
func (s *scratch) json(p socketio.Packet) (err error) {
	s.text, s.parts, err = socketio.AppendJSONParts(s.text[:0], s.parts[:0], p)
	return err
}

// open makes data ready for the values of a packet to be appended. For
// MessagePack all that stands before them is there then.
func (s *scratch) open(p socketio.Packet, parser Parser) []byte {
	if parser != MsgPack {
		return s.data[:0]
	}
	var room [engine.Front]byte
	return socketio.AppendMsgPackHead(append(s.data[:0], room[:]...), p, true)
}

// send sends the packet that was opened, with its values in data, to one
// client. It allocates nothing unless the client must wait for it.
func (s *scratch) send(to *Socket, p socketio.Packet) error {
	var packed engine.Stamped
	st := &packed
	if to.parser == MsgPack {
		st.SetBinary(s.data, engine.Front, 0)
	} else {
		if err := s.json(p); err != nil {
			return err
		}
		st = &s.once
		st.ResetText(s.text, 0, 0, s.parts...)
	}
	return to.ses.SendStamped(st, nil)
}
