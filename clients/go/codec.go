package client

import (
	"fmt"

	"github.com/gobwas/ws"

	"tickwire/codec/socketio"
)

// codec carries Socket.IO packets in websocket messages. receive is the
// reader's alone; send may be called from any goroutine.
type codec interface {
	send(*wire, socketio.Packet) error
	// receive returns a packet once it is complete. It is valid until the next
	// call.
	receive(data []byte, binary bool) (p socketio.Packet, complete bool, err error)
}

func newCodec(parser string, limit int) (codec, error) {
	limits := socketio.Limits{MaxAttachmentBytes: limit}
	switch parser {
	case MsgPack:
		return msgpackCodec{limits}, nil
	case JSON:
		return &jsonCodec{in: socketio.JSONDecoder{Limits: limits}}, nil
	}
	return nil, fmt.Errorf("parser %q: want %q or %q", parser, JSON, MsgPack)
}

// msgpackCodec: one binary message per packet.
type msgpackCodec struct{ limits socketio.Limits }

func (msgpackCodec) send(w *wire, p socketio.Packet) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.packet = socketio.AppendMsgPack(w.packet[:0], p)
	w.out = appendFrame(w.out[:0], ws.OpBinary, w.packet)
	return w.flushLocked()
}

func (c msgpackCodec) receive(data []byte, binary bool) (socketio.Packet, bool, error) {
	if !binary {
		return socketio.Packet{}, false, nil
	}
	p, err := socketio.DecodeMsgPack(data, c.limits)
	return p, err == nil, err
}

// jsonCodec: a text message, and a binary one per attachment.
type jsonCodec struct {
	in  socketio.JSONDecoder
	buf []byte // data of the last packet
}

func (*jsonCodec) send(w *wire, p socketio.Packet) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	text, attachments, err := socketio.AppendJSON(append(w.packet[:0], engineMessage), p)
	if err != nil {
		return err
	}
	w.packet = text
	w.out = appendFrame(w.out[:0], ws.OpText, text)
	for _, a := range attachments {
		w.out = appendFrame(w.out, ws.OpBinary, a)
	}
	return w.flushLocked()
}

func (c *jsonCodec) receive(data []byte, binary bool) (p socketio.Packet, complete bool, err error) {
	if binary {
		p, c.buf, complete, err = c.in.Binary(c.buf[:0], data)
	} else {
		p, c.buf, complete, err = c.in.Text(c.buf[:0], data[1:])
	}
	return p, complete, err
}
