package engine

import (
	"bytes"
	"encoding/binary"
	"sync/atomic"
	"unicode/utf8"

	"tickwire/codec/engineio"
)

// Message is one outgoing Engine.IO message, prepared once and then shared,
// read-only, by all its recipients: a text packet with the binary messages
// that belong to it, or one binary message.
type Message struct {
	frames   []byte // the websocket form: one frame per part
	plain    bool   // never compressed
	payload  atomic.Pointer[[]byte]
	deflated atomic.Pointer[Message] // itself where compression is of no use
}

// NewText makes a message of a text packet followed by its binary attachments.
// They are one unit: nothing of another message ever comes between them. The
// data is copied; bytes of text that are not valid UTF-8 are replaced.
func NewText(text []byte, attachments ...[]byte) *Message {
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	size := maxHeader + 1 + len(text)
	for _, a := range attachments {
		size += maxHeader + len(a)
	}
	return &Message{frames: appendTextFrames(make([]byte, 0, size), text, attachments)}
}

// NewBinary makes a binary message. The data is copied.
func NewBinary(data []byte) *Message {
	b := appendHeader(make([]byte, 0, maxHeader+len(data)), opBinary, len(data))
	return &Message{frames: append(b, data...)}
}

// Front is how many bytes must be free before data that becomes a binary
// message where it lies.
const Front = maxHeader

// SetBinary makes m, which is new, the binary message b[from:] without copying
// it. The header goes before it, into what must be b's spare [Front] bytes; from
// then on nobody may change b.
func (m *Message) SetBinary(b []byte, from int) { m.frames = frameInPlace(b, from) }

// frameInPlace writes the header of the binary message b[from:] before it and
// returns both.
func frameInPlace(b []byte, from int) []byte {
	size := len(b) - from
	start := from - headerSize(size)
	appendHeader(b[start:start], opBinary, size)
	return b[start:]
}

// WithoutCompression marks m to be sent as it is even where compression was
// agreed, and returns m. Call it before m is sent for the first time.
func (m *Message) WithoutCompression() *Message {
	m.plain = true
	return m
}

// appendTextFrames appends the frames of a text packet and its attachments.
func appendTextFrames(b, text []byte, attachments [][]byte) []byte {
	b = appendHeader(b, opText, 1+len(text))
	b = append(append(b, engineio.Message.Digit()), text...)
	for _, a := range attachments {
		b = append(appendHeader(b, opBinary, len(a)), a...)
	}
	return b
}

// newPacket makes the message of an engine packet such as ping or noop.
func newPacket(t engineio.Type, data string) *Message {
	p := engineio.AppendText(nil, t, data)
	return &Message{frames: append(appendHeader(nil, opText, len(p)), p...)}
}

// newControl makes a websocket control frame: it has no polling form.
func newControl(op byte, data []byte) *Message {
	return &Message{frames: append(appendHeader(nil, op, len(data)), data...), plain: true}
}

// Packets that are the same for everybody.
var (
	pingPacket  = newPacket(engineio.Ping, "")
	probePacket = newPacket(engineio.Pong, engineio.Probe)
)

// polling returns the message as it stands in a polling payload. It is made on
// first use; two goroutines may make it at once, and either result is right.
func (m *Message) polling() []byte {
	if p := m.payload.Load(); p != nil {
		return *p
	}
	var b []byte
	for op, data := range frames(m.frames) {
		switch op {
		case opText:
			b = append(engineio.AppendSeparator(b, 0), data...)
		case opBinary:
			b = engineio.AppendBinary(engineio.AppendSeparator(b, 0), data)
		}
	}
	m.payload.Store(&b)
	return b
}

// frames walks over the frames of our own making in b.
func frames(b []byte) func(yield func(op byte, data []byte) bool) {
	return func(yield func(byte, []byte) bool) {
		for len(b) > 0 {
			op, n, size := b[0]&0x0f, 2, int(b[1])
			switch size {
			case 126:
				n, size = 4, int(binary.BigEndian.Uint16(b[2:]))
			case 127:
				n, size = 10, int(binary.BigEndian.Uint64(b[2:]))
			}
			if !yield(op, b[n:n+size]) {
				return
			}
			b = b[n+size:]
		}
	}
}
