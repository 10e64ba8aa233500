package engine

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// maxFragments bounds the fragments of one message. Their bytes are copied
// together, so fragments pin nothing; the bound is on the work of empty ones.
const maxFragments = 1 << 14

// closeError is a peer's breach of RFC 6455, with what it is told about it.
type closeError struct {
	code ws.StatusCode
	text string
}

func (e *closeError) Error() string { return "engine: websocket: " + e.text }

// Source: RFC 6455, 5 and 7.4.
var (
	errReservedBits = &closeError{ws.StatusProtocolError, "reserved bit set"}
	errOpcode       = &closeError{ws.StatusProtocolError, "reserved opcode"}
	errUnmasked     = &closeError{ws.StatusProtocolError, "frame is not masked"}
	errControl      = &closeError{ws.StatusProtocolError, "control frame fragmented or over 125 bytes"}
	errContinuation = &closeError{ws.StatusProtocolError, "continuation without a message"}
	errInterleaved  = &closeError{ws.StatusProtocolError, "new message inside a fragmented one"}
	errLength       = &closeError{ws.StatusProtocolError, "invalid payload length"}
	errUTF8         = &closeError{ws.StatusInvalidFramePayloadData, "text is not valid UTF-8"}
	errTooBig       = &closeError{ws.StatusMessageTooBig, "message exceeds the payload limit"}
	errFragments    = &closeError{ws.StatusPolicyViolation, "too many fragments"}
)

// frameSink takes what the parser finds. Payloads are valid only during the
// call; an error ends the parsing and is returned by feed.
type frameSink interface {
	message(data []byte, binary bool) error
	control(op byte, data []byte) error
}

// frameParser cuts the bytes of a client into websocket messages. It is fed
// whatever chunks arrive and holds memory only for what is incomplete: at most
// a header inside the struct, and the received part of one message.
type frameParser struct {
	limit   int  // bytes of one message
	deflate bool // permessage-deflate was agreed

	nhead uint8
	head  [2 + 8 + 4]byte // the header of the frame, collected over chunks

	// The current frame.
	mask    [4]byte
	inFrame bool
	fin     bool
	op      byte
	seen    int // payload bytes so far
	left    int // payload bytes to come
	ctl     []byte

	// The message that the data frames add up to.
	msgOp     byte // 0: none
	packed    bool // it is compressed
	fragments int32
	msg       *buffer
}

// feed takes the next bytes of the peer. It modifies b.
func (p *frameParser) feed(b []byte, sink frameSink) error {
	for {
		if !p.inFrame {
			n, err := p.header(b)
			if err != nil {
				return err
			}
			b = b[n:]
			if !p.inFrame {
				return nil
			}
		}
		part := b[:min(p.left, len(b))]
		b = b[len(part):]
		ws.Cipher(part, p.mask, p.seen)
		p.seen += len(part)
		p.left -= len(part)
		if err := p.payload(part, sink); err != nil {
			return err
		}
		if p.inFrame = p.left > 0; p.inFrame {
			return nil // more of this frame is to come
		}
	}
}

// header collects the header of a frame and, when it is complete, begins the
// frame. It returns how many bytes of b belong to the header.
func (p *frameParser) header(b []byte) (n int, err error) {
	for n < len(b) {
		size := 2
		if p.nhead >= 2 {
			size = frameHeaderSize(p.head[1])
		}
		k := copy(p.head[p.nhead:size], b[n:])
		n, p.nhead = n+k, p.nhead+uint8(k)
		if p.nhead == 2 {
			if err := p.checkStart(); err != nil {
				return n, err
			}
			size = frameHeaderSize(p.head[1])
		}
		if int(p.nhead) == size {
			p.nhead = 0
			return n, p.begin()
		}
	}
	return n, nil
}

// frameHeaderSize returns the size of a masked frame's header by its second byte.
func frameHeaderSize(second byte) int {
	switch second &^ maskBit {
	case 126:
		return 2 + 2 + 4
	case 127:
		return 2 + 8 + 4
	}
	return 2 + 4
}

// checkStart refuses what the first two bytes of a frame give away.
func (p *frameParser) checkStart() error {
	first, second := p.head[0], p.head[1]
	op, fin := first&0x0f, first&finBit != 0
	reserved := first & 0x70
	if p.deflate && (op == opText || op == opBinary) {
		reserved &^= rsv1Bit
	}
	switch {
	case reserved != 0:
		return errReservedBits
	case second&maskBit == 0:
		return errUnmasked
	}
	switch op {
	case opContinuation:
		if p.msgOp == 0 {
			return errContinuation
		}
	case opText, opBinary:
		if p.msgOp != 0 {
			return errInterleaved
		}
	case opClose, opPing, opPong:
		if !fin || second&^maskBit > maxControl {
			return errControl
		}
	default:
		return errOpcode
	}
	return nil
}

// begin starts the frame whose header is complete. Limits are checked here,
// before anything of the payload is taken.
func (p *frameParser) begin() error {
	p.op, p.fin = p.head[0]&0x0f, p.head[0]&finBit != 0
	size, at := uint64(p.head[1]&^maskBit), 2
	switch size {
	case 126:
		size, at = uint64(binary.BigEndian.Uint16(p.head[2:])), 4
	case 127:
		size, at = binary.BigEndian.Uint64(p.head[2:]), 10
	}
	if size>>63 != 0 {
		return errLength
	}
	if p.op < opClose {
		if size > uint64(p.limit-p.msg.len()) {
			return errTooBig
		}
		if p.fragments++; p.fragments > maxFragments {
			return errFragments
		}
		if p.op != opContinuation {
			p.msgOp, p.packed = p.op, p.head[0]&rsv1Bit != 0
		}
	}
	p.mask = [4]byte(p.head[at : at+4])
	p.inFrame, p.seen, p.left = true, 0, int(size)
	return nil
}

// payload takes the next unmasked bytes of the current frame.
func (p *frameParser) payload(part []byte, sink frameSink) error {
	complete := p.left == 0
	if p.op >= opClose {
		if !complete || len(p.ctl) > 0 {
			p.ctl = append(p.ctl, part...)
			part = p.ctl
		}
		if !complete {
			return nil
		}
		p.ctl = nil
		return sink.control(p.op, part)
	}
	complete = complete && p.fin
	if len(part) > 0 && (!complete || p.msg != nil) {
		p.msg = p.msg.append(part)
	}
	if !complete {
		return nil
	}
	if p.msg != nil {
		part = p.msg.b
	}
	return p.deliver(part, sink)
}

// deliver hands over a complete message.
func (p *frameParser) deliver(data []byte, sink frameSink) error {
	op, msg := p.msgOp, p.msg
	p.msgOp, p.fragments, p.msg = 0, 0, nil
	defer msg.free()
	if p.packed {
		var err error
		if data, err = inflate(data, p.limit); err != nil {
			return err
		}
	}
	if op == opText && !utf8.Valid(data) {
		return errUTF8
	}
	return sink.message(data, op == opBinary)
}

// midway reports whether a message has begun whose end is still to come.
func (p *frameParser) midway() bool { return p.nhead > 0 || p.inFrame || p.msgOp != 0 }

// free gives back what the parser holds.
func (p *frameParser) free() {
	p.msg.free()
	p.msg, p.ctl = nil, nil
}

// parseClose reads the payload of a close frame. Source: RFC 6455, 5.5.1, 7.4.
func parseClose(data []byte) (code ws.StatusCode, err error) {
	if len(data) == 0 {
		return ws.StatusNoStatusRcvd, nil
	}
	if len(data) == 1 {
		return 0, &closeError{ws.StatusProtocolError, "close frame of one byte"}
	}
	code = ws.StatusCode(binary.BigEndian.Uint16(data))
	switch {
	case code >= 3000 && code <= 4999:
	case code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006:
	default:
		return 0, &closeError{ws.StatusProtocolError, "invalid close code"}
	}
	if !utf8.Valid(data[2:]) {
		return 0, errUTF8
	}
	return code, nil
}

// closeBody returns the payload of a close frame.
func closeBody(code ws.StatusCode, text string) []byte {
	if code == ws.StatusNoStatusRcvd {
		return nil
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(code))
	return append(b, text[:min(len(text), maxControl-2)]...)
}

// errPeerClosed ends the reading after the peer's close frame.
var errPeerClosed = errors.New("engine: websocket closed by the client")
