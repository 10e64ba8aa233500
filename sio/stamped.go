package sio

import (
	"encoding/binary"
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
	frame []byte
	ns    string

	jsonFresh, packedFresh bool // built since the last Reset
	json, packed           engine.Stamped

	buf    []byte
	digits [stampDigits]byte
	word   [4]byte
}

// stampDigits is the width of the JSON slot: the decimal digits of the largest
// uint32, padded with spaces, which JSON allows between tokens.
const stampDigits = 10

// NewStamped returns an empty Stamped.
func NewStamped() *Stamped { return new(Stamped) }

// Reset gives st a new event and frame, which is copied.
func (st *Stamped) Reset(event string, frame []byte) {
	st.event = event
	st.frame = append(st.frame[:0], frame...)
	st.jsonFresh, st.packedFresh = false, false
}

// SendStamped sends st with stamp as its last argument. The message is
// reliable, but not kept for recovery, as the next frame replaces it.
func (s *Socket) SendStamped(st *Stamped, stamp uint32) error {
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
		return s.ses.SendStamped(&st.packed, st.word[:])
	}
	if !st.jsonFresh {
		st.buildJSON()
	}
	n := len(strconv.AppendUint(st.digits[:0], uint64(stamp), 10))
	for i := n; i < stampDigits; i++ {
		st.digits[i] = ' '
	}
	return s.ses.SendStamped(&st.json, st.digits[:])
}

// buildPacked: the slot is the last four bytes, a MessagePack uint32.
func (st *Stamped) buildPacked() {
	b := socketio.AppendMsgPackHead(st.buf[:0], socketio.Packet{Type: socketio.Event, Namespace: st.ns}, true)
	b = socketio.AppendStampedEvent(b, st.event, st.frame)
	st.packed.ResetBinary(b, len(b)-4, 4)
	st.buf, st.packedFresh = b, true
}

// buildJSON: the slot stands before the closing bracket.
func (st *Stamped) buildJSON() {
	b := append(st.buf[:0], '5', '1', '-')
	if st.ns != "/" {
		b = append(append(b, st.ns...), ',')
	}
	b = append(b, '[')
	b = socketio.AppendJSONString(b, st.event)
	b = append(b, `,{"_placeholder":true,"num":0},`...)
	at := len(b)
	b = append(b, "          ]"...)
	st.json.ResetText(b, at, stampDigits, st.frame)
	st.buf, st.jsonFresh = b, true
}
