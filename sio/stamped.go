package sio

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// Stamped is an event with a binary frame and a number that differs per
// recipient: [event, frame, stamp]. The number sits in a slot of fixed width
// that is patched in place for each recipient, so that sending a frame to many
// clients with a number for each costs no allocation and no encoding:
//
//	st.Reset("s", frame)
//	for each member { member.SendStamped(st, lastInput) }
//
// It is reused from tick to tick and belongs to one goroutine at a time.
type Stamped struct {
	event string
	ns    string

	// buf holds the data as MessagePack from start on, and room for the head
	// of the packet in front.
	buf   []byte
	start int
	frame []byte // in buf

	jsonFresh, packedFresh bool // built since the last Reset
	json, packed           engine.Stamped

	text   []byte
	digits [stampDigits]byte
	word   [4]byte
}

// stampDigits is the width of the JSON slot: the decimal digits of the largest
// uint32, padded with spaces, which JSON allows between tokens.
const stampDigits = 10

// stampSize is what AppendStampedEvent appends after the frame.
const stampSize = 5

// NewStamped returns an empty Stamped.
func NewStamped() *Stamped { return new(Stamped) }

// Reset gives st a new event and frame, which is copied.
func (st *Stamped) Reset(event string, frame []byte) {
	st.event = event
	st.start = front(st.ns)
	b := slices.Grow(st.buf[:0], st.start)[:st.start]
	b = socketio.AppendStampedEvent(b, event, frame)
	st.buf, st.frame = b, b[len(b)-stampSize-len(frame):len(b)-stampSize]
	st.jsonFresh, st.packedFresh = false, false
}

// SendStamped sends st with stamp as its last argument. The message is
// reliable, but not kept for recovery, as the next frame replaces it.
func (s *Socket) SendStamped(st *Stamped, stamp uint32) error {
	return s.sendStamped(nil, st, stamp)
}

func (s *Socket) sendStamped(b *engine.Batch, st *Stamped, stamp uint32) error {
	if !s.Connected() {
		return ErrDisconnected
	}
	if socketio.IsReserved(st.event) {
		return reserved(st.event)
	}
	if st.ns != s.ns.name {
		st.ns, st.jsonFresh, st.packedFresh = s.ns.name, false, false
	}
	if s.parser == MsgPack {
		if !st.packedFresh {
			st.buildPacked()
		}
		binary.BigEndian.PutUint32(st.word[:], stamp)
		return b.SendStamped(s.ses, &st.packed, st.word[:])
	}
	if !st.jsonFresh {
		st.buildJSON()
	}
	n := len(strconv.AppendUint(st.digits[:0], uint64(stamp), 10))
	for i := n; i < stampDigits; i++ {
		st.digits[i] = ' '
	}
	return b.SendStamped(s.ses, &st.json, st.digits[:])
}

// buildPacked: the slot is the last four bytes, a MessagePack uint32.
func (st *Stamped) buildPacked() {
	var buf [64]byte
	head := socketio.AppendMsgPackHead(buf[:0], socketio.Packet{Type: socketio.Event, Namespace: st.ns}, true)
	if st.start < engine.Front+len(head) { // for another namespace
		st.Reset(st.event, bytes.Clone(st.frame))
	}
	from := st.start - len(head)
	copy(st.buf[from:], head)
	st.packed.SetBinary(st.buf, from, 4)
	st.packedFresh = true
}

// buildJSON: the slot stands before the closing bracket.
func (st *Stamped) buildJSON() {
	b := append(st.text[:0], '5', '1', '-')
	if st.ns != "/" {
		b = append(append(b, st.ns...), ',')
	}
	b = append(b, '[')
	b = socketio.AppendJSONString(b, st.event)
	b = append(b, `,{"_placeholder":true,"num":0},`...)
	at := len(b)
	b = append(b, "          ]"...)
	st.json.ResetText(b, at, stampDigits, st.frame)
	st.text, st.jsonFresh = b, true
}
