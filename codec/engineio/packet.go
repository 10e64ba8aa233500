package engineio

import "errors"

// Protocol is the revision of the protocol spoken here, the value of the EIO
// query parameter.
const Protocol = 4

// Separator stands between the packets of a polling payload.
const Separator = 0x1e

// binaryPrefix marks a base64 packet in a polling payload.
const binaryPrefix = 'b'

// Type is the kind of a packet; on the wire it is its decimal digit.
type Type byte

// The packet types. Source: Engine.IO v4, "Protocol".
const (
	Open Type = iota
	Close
	Ping
	Pong
	Message
	Upgrade
	Noop
)

var typeNames = [...]string{"open", "close", "ping", "pong", "message", "upgrade", "noop"}

// String returns the name of the type as the protocol document has it.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "invalid"
}

// Digit returns the byte that opens a packet of this type.
func (t Type) Digit() byte { return '0' + byte(t) }

// Probe is the data of the ping and pong that test a transport before an
// upgrade.
const Probe = "probe"

// Packet is one decoded packet. Data aliases the input of the decoder.
type Packet struct {
	Type   Type
	Binary bool // Data is binary; the Type is Message
	Data   []byte
}

// Errors of the decoders. Each ends the session with a parse error.
var (
	ErrEmptyPacket = errors.New("engineio: empty packet")
	ErrPacketType  = errors.New("engineio: unknown packet type")
	ErrBase64      = errors.New("engineio: invalid base64 in a binary packet")
)

// DecodeText decodes a text packet, which is what one websocket text message
// holds. The packet's data aliases b.
func DecodeText(b []byte) (Packet, error) {
	if len(b) == 0 {
		return Packet{}, ErrEmptyPacket
	}
	t := Type(b[0] - '0')
	if t > Noop {
		return Packet{}, ErrPacketType
	}
	return Packet{Type: t, Data: b[1:]}, nil
}

// AppendText appends a text packet: its type and its data.
func AppendText(dst []byte, t Type, data string) []byte {
	return append(append(dst, t.Digit()), data...)
}
