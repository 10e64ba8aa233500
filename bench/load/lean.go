package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"time"

	"github.com/gobwas/ws"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
)

// leanClient is what is left of a client once it plays with -lean: it finds the
// tick and the acknowledged input in each frame, and speaks when it is time.
type leanClient struct {
	p    *player
	fd   int
	kept []byte // the begin of a message
	tick uint32 // of the last frame
	told uint32 // tick that was last acknowledged
	seq  uint32 // of the last input
}

// arrival is a connection that its reader has given up.
type arrival struct {
	p    *player
	conn net.Conn
	rest []byte // that was read behind the last frame
	tick uint32 // of that frame
}

// leanAckEvery is how often a client without inputs acknowledges, as clients/go
// does.
const leanAckEvery = 200 * time.Millisecond

var (
	errLean       = errors.New("a message that -lean does not understand")
	errLeanClosed = errors.New("the server closed the connection")
)

// feed takes what was read and keeps what is no whole message yet.
func (c *leanClient) feed(b []byte, at time.Time) (pings int, err error) {
	if len(c.kept) > 0 {
		c.kept = append(c.kept, b...)
		b = c.kept
	}
	for {
		op, data, rest, ok := splitFrame(b)
		if !ok {
			break
		}
		b = rest
		switch {
		case op == 0x80|byte(ws.OpText):
			if len(data) == 1 && data[0] == '2' { // Engine.IO's ping
				pings++
			}
		case op == 0x80|byte(ws.OpBinary):
			if err := c.message(data, at); err != nil {
				return pings, err
			}
		case op == 0x80|byte(ws.OpClose):
			return pings, errLeanClosed
		default:
			return pings, errLean
		}
	}
	c.kept = append(c.kept[:0], b...)
	return pings, nil
}

// splitFrame takes the first websocket frame off b. Servers do not mask.
// Source: RFC 6455 section 5.2.
func splitFrame(b []byte) (op byte, data, rest []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, b, false
	}
	head, n := 2, uint64(b[1])
	switch {
	case n == 126 && len(b) >= 4:
		head, n = 4, uint64(binary.BigEndian.Uint16(b[2:]))
	case n == 127 && len(b) >= 10:
		head, n = 10, binary.BigEndian.Uint64(b[2:])
	case n >= 126:
		return 0, nil, b, false
	}
	if uint64(len(b)-head) < n {
		return 0, nil, b, false
	}
	end := head + int(n)
	return b[0], b[head:end], b[end:], true
}

// stateHead is how the packet of a state frame begins, up to the frame.
var stateHead = append(socketio.AppendMsgPackHead(nil, socketio.Packet{Type: socketio.Event, Namespace: "/"}, true), 0x93, 0xa1, 's')

// message takes a state frame; what else the server says does not matter here.
func (c *leanClient) message(data []byte, at time.Time) error {
	body, ok := bytes.CutPrefix(data, stateHead)
	if !ok {
		return nil
	}
	frame, ack, ok := stateBody(body)
	if !ok {
		return errLean
	}
	f := client.Frame{Ack: ack, Bytes: len(frame), At: at}
	if err := f.ReadHead(c.p.form, c.tick, frame); err != nil {
		return err
	}
	if !f.Keyframe && f.Base != c.tick {
		return errLean // a real client would ask for a keyframe
	}
	c.tick = f.Tick
	c.p.onFrame(&f)
	return nil
}

// stateBody splits a MessagePack bin from the 32-bit number that follows it.
func stateBody(b []byte) (frame []byte, ack uint32, ok bool) {
	head, n := 0, 0
	switch {
	case len(b) > 2 && b[0] == 0xc4:
		head, n = 2, int(b[1])
	case len(b) > 3 && b[0] == 0xc5:
		head, n = 3, int(binary.BigEndian.Uint16(b[1:]))
	}
	if head == 0 || len(b) != head+n+5 || b[head+n] != 0xce {
		return nil, 0, false
	}
	return b[head : head+n], binary.BigEndian.Uint32(b[head+n+1:]), true
}

// leanMask masks all messages: the server has the same work with any.
var leanMask = [4]byte{0x5a, 0x17, 0xc3, 0x8e}

// appendMessage appends a masked websocket message of less than 64 KiB.
func appendMessage(dst []byte, op ws.OpCode, data []byte) []byte {
	dst = append(dst, 0x80|byte(op))
	if len(data) < 126 {
		dst = append(dst, 0x80|byte(len(data)))
	} else {
		dst = binary.BigEndian.AppendUint16(append(dst, 0x80|126), uint16(len(data)))
	}
	dst = append(dst, leanMask[:]...)
	at := len(dst)
	dst = append(dst, data...)
	ws.Cipher(dst[at:], leanMask, 0)
	return dst
}

// appendInput appends the packet of an input; without a payload it only
// acknowledges.
func appendInput(dst []byte, seq, tick uint32, payload socketio.Raw) []byte {
	dst = socketio.AppendMsgPackHead(dst, socketio.Packet{Type: socketio.Event, Namespace: "/"}, true)
	dst = append(dst, 0x94, 0xa1, 'i')
	dst = binary.BigEndian.AppendUint32(append(dst, 0xce), seq)
	dst = binary.BigEndian.AppendUint32(append(dst, 0xce), tick)
	if payload == nil {
		return append(dst, 0xc0)
	}
	return append(dst, payload...)
}
