package engine

import "bytes"

// Stamped is a message with a slot of fixed width that is rewritten for each
// recipient. It is sent with Session.SendStamped: the slot is patched in
// place, and as the kernel copies what it takes before the write returns, the
// same buffer serves the next recipient. The zero value is ready for a Reset;
// a Stamped is reused from tick to tick and belongs to one goroutine at a time.
type Stamped struct {
	frames []byte // the websocket form
	slot   []byte // the slot inside frames
}

// ResetText makes st a text packet with binary attachments; the slot is
// text[offset : offset+width]. Everything is copied. The text must be valid
// UTF-8, and stay so with each stamp. It panics if the slot is not inside text.
func (st *Stamped) ResetText(text []byte, offset, width int, attachments ...[]byte) {
	_ = text[offset : offset+width]
	st.frames = appendTextFrames(st.frames[:0], text, attachments)
	st.setSlot(headerSize(1+len(text))+1+offset, width)
}

// ResetBinary makes st a binary message; the slot is
// data[offset : offset+width]. The data is copied. It panics if the slot is
// not inside data.
func (st *Stamped) ResetBinary(data []byte, offset, width int) {
	_ = data[offset : offset+width]
	st.frames = append(appendHeader(st.frames[:0], opBinary, len(data)), data...)
	st.setSlot(headerSize(len(data))+offset, width)
}

// SetBinary makes st the binary message b[from:] without copying it: b is st's
// until it is set anew or not used any more. The header goes into the [Front]
// bytes before from, the slot is the last width bytes.
func (st *Stamped) SetBinary(b []byte, from, width int) {
	_ = b[from : len(b)-width]
	st.frames = frameInPlace(b, from)
	st.setSlot(len(st.frames)-width, width)
}

// Cap returns the size of the memory that st keeps.
func (st *Stamped) Cap() int { return cap(st.frames) }

func (st *Stamped) setSlot(at, width int) { st.slot = st.frames[at : at+width : at+width] }

// stamp fills the slot.
func (st *Stamped) stamp(stamp []byte) {
	if copy(st.slot, stamp) != len(st.slot) || len(stamp) != len(st.slot) {
		panic("engine: the stamp has not the width of its slot")
	}
}

// message returns the stamped bytes as a message of its own, for a queue.
func (st *Stamped) message() *Message {
	return &Message{frames: bytes.Clone(st.frames), plain: true}
}

// headerSize is the length of what appendHeader appends.
func headerSize(size int) int {
	switch {
	case size < 126:
		return 2
	case size < 1<<16:
		return 4
	default:
		return 10
	}
}
