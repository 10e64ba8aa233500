package socketio

import (
	"cmp"
	"errors"
	"math"
)

// Type is the type of a Socket.IO packet. Its values are those on the wire.
// Source: Socket.IO v5, "Packet encoding".
type Type byte

// The packet types. BinaryEvent and BinaryAck exist on the JSON wire only:
// decoders report them as Event and Ack, encoders choose them when needed.
const (
	Connect Type = iota
	Disconnect
	Event
	Ack
	ConnectError
	BinaryEvent
	BinaryAck
)

// String returns the protocol's name of t.
func (t Type) String() string {
	switch t {
	case Connect:
		return "CONNECT"
	case Disconnect:
		return "DISCONNECT"
	case Event:
		return "EVENT"
	case Ack:
		return "ACK"
	case ConnectError:
		return "CONNECT_ERROR"
	case BinaryEvent:
		return "BINARY_EVENT"
	case BinaryAck:
		return "BINARY_ACK"
	}
	return "unknown"
}

// Packet is one Socket.IO packet.
type Packet struct {
	Type      Type
	Namespace string // "/" or "/name"
	ID        uint64 // acknowledgement id, valid if HasID
	HasID     bool
	Data      Raw // an array for events and acks, a map for CONNECT, empty if absent
}

// MaxAttachments is how many binary values one packet may carry on the JSON
// wire. Official clients refuse packets with more.
const MaxAttachments = 10

// maxID is the greatest acknowledgement id that JavaScript can repeat exactly.
const maxID = 1<<53 - 1

// Limits bounds what a decoder accepts. The zero value means the defaults.
type Limits struct {
	MaxDepth           int // nested arrays and maps of a packet's data, default 256
	MaxElements        int // values in one packet, keys included, default 262,144
	MaxName            int // bytes of a namespace or of an event name, default 512
	MaxAttachments     int // binary attachments of one JSON packet, default 10
	MaxAttachmentBytes int // sum of the attachments of one JSON packet, default 4 MiB
}

func (l Limits) withDefaults() Limits {
	return Limits{
		MaxDepth:           cmp.Or(l.MaxDepth, 256),
		MaxElements:        cmp.Or(l.MaxElements, 1<<18),
		MaxName:            cmp.Or(l.MaxName, 512),
		MaxAttachments:     cmp.Or(l.MaxAttachments, MaxAttachments),
		MaxAttachmentBytes: cmp.Or(l.MaxAttachmentBytes, 4<<20),
	}
}

// What is wrong with a packet. Errors of this package wrap one of these.
var (
	ErrSyntax      = errors.New("socketio: malformed value")
	ErrTruncated   = errors.New("socketio: declared length exceeds the bytes present")
	ErrTooDeep     = errors.New("socketio: value nested too deeply")
	ErrTooMany     = errors.New("socketio: value has too many elements")
	ErrExt         = errors.New("socketio: unknown MessagePack extension")
	ErrPacket      = errors.New("socketio: invalid packet")
	ErrReserved    = errors.New("socketio: reserved event name")
	ErrName        = errors.New("socketio: illegal name")
	ErrAttachments = errors.New("socketio: illegal attachments")
	ErrType        = errors.New("socketio: value does not fit the Go type")
)

// IsReserved reports whether an application may not use name for its events,
// in either direction: clients and servers give these names a meaning.
// Source: socket.io-parser 4.2, RESERVED_EVENTS.
func IsReserved(name string) bool {
	switch name {
	case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener":
		return true
	}
	return false
}

// check applies the rules on a packet's data that both parsers share.
func (p *Packet) check(lim Limits) error {
	if len(p.Namespace) > lim.MaxName {
		return ErrName
	}
	switch p.Type {
	case Connect:
		if len(p.Data) != 0 && p.Data.kind() != kindMap {
			return ErrPacket
		}
	case Disconnect:
		if len(p.Data) != 0 {
			return ErrPacket
		}
	case ConnectError:
		if k := p.Data.kind(); k != kindMap && k != kindStr {
			return ErrPacket
		}
	case Ack:
		if p.Data.kind() != kindArray || !p.HasID {
			return ErrPacket
		}
	case Event:
		return checkEvent(p.Data, lim)
	default:
		return ErrPacket
	}
	return nil
}

func checkEvent(data Raw, lim Limits) error {
	name := data.At(0)
	switch name.kind() {
	case kindStr:
		s, _ := name.bytes()
		if len(s) > lim.MaxName {
			return ErrName
		}
		if IsReserved(string(s)) {
			return ErrReserved
		}
		return nil
	case kindInt, kindUint:
		return nil
	case kindFloat: // JSON has no other form for a number than a finite one
		if h, _ := readHead(name); !math.IsInf(math.Float64frombits(h.bits), 0) && !math.IsNaN(math.Float64frombits(h.bits)) {
			return nil
		}
	}
	return ErrPacket
}
