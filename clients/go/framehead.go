package client

import (
	"encoding/binary"
	"errors"
)

var errFrame = errors.New("malformed state frame")

// Classes of state frames. Source: docs/state-format.md.
const (
	classSteady    = 1
	classCoalesced = 2
	classKeyframe  = 3
)

// ReadHead fills in what the first bytes of a state frame tell. form is the one
// that match:start names, last the tick that the client has.
func (f *Frame) ReadHead(form string, last uint32, frame []byte) error {
	if form == "B" {
		return f.readHeadB(last, frame)
	}
	return f.readHeadM(frame)
}

// readHeadM reads [class, tick, base, …]; a checking server adds a fifth element.
func (f *Frame) readHeadM(frame []byte) error {
	if len(frame) < 4 || frame[0] != 0x94 && frame[0] != 0x95 {
		return errFrame
	}
	rest := frame[2:]
	var err error
	if f.Tick, rest, err = msgpackUint(rest); err != nil {
		return err
	}
	if f.Base, _, err = msgpackUint(rest); err != nil {
		return err
	}
	f.Keyframe = frame[1] == classKeyframe
	return nil
}

func msgpackUint(b []byte) (v uint32, rest []byte, err error) {
	switch {
	case len(b) >= 1 && b[0] < 0x80:
		return uint32(b[0]), b[1:], nil
	case len(b) >= 2 && b[0] == 0xcc:
		return uint32(b[1]), b[2:], nil
	case len(b) >= 3 && b[0] == 0xcd:
		return uint32(binary.BigEndian.Uint16(b[1:])), b[3:], nil
	case len(b) >= 5 && b[0] == 0xce:
		return binary.BigEndian.Uint32(b[1:]), b[5:], nil
	}
	return 0, nil, errFrame
}

// readHeadB reads the class, of which bit 3 says that the state's CRC follows the
// head, then base & 255 and the distance, or the tick of a keyframe.
func (f *Frame) readHeadB(last uint32, frame []byte) error {
	if len(frame) < 2 {
		return errFrame
	}
	switch frame[0] & 7 {
	case classSteady:
		f.Base = last
		f.Tick = last + 1
	case classCoalesced:
		dt, n := binary.Uvarint(frame[2:])
		if n <= 0 {
			return errFrame
		}
		f.Base = last
		f.Tick = last + uint32(dt)
	case classKeyframe:
		tick, n := binary.Uvarint(frame[1:])
		if n <= 0 {
			return errFrame
		}
		f.Keyframe = true
		f.Tick = uint32(tick)
		return nil
	default:
		return errFrame
	}
	if frame[1] != byte(f.Base) {
		return errFrame
	}
	return nil
}
