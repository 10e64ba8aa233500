package socketio

import (
	"fmt"
	"time"
)

// DecodeMsgPack decodes a packet of socket.io-msgpack-parser: one map with the
// keys type, nsp, data and id; others are ignored. Data aliases b unless it
// had to be brought into canonical form.
func DecodeMsgPack(b []byte, lim Limits) (Packet, error) {
	lim = lim.withDefaults()
	whole := lim
	whole.MaxDepth++ // the packet's own map
	n, canonical, err := validate(b, whole)
	if err != nil {
		return Packet{}, err
	}
	if n != len(b) || Raw(b).kind() != kindMap {
		return Packet{}, ErrPacket
	}
	if !canonical {
		b, _ = appendCanonical(make([]byte, 0, len(b)), b)
	}
	p := Packet{Type: 0xff, Namespace: ""}
	hasNamespace := false
	for key, v := range Raw(b).Fields() {
		switch string(key) {
		case "type":
			p.Type, err = packetType(v)
		case "nsp":
			var name []byte
			name, hasNamespace = v.Text()
			p.Namespace = internNamespace(name)
		case "data":
			p.Data = v
		case "id":
			p.ID, p.HasID, err = packetID(v)
		}
		if err != nil {
			return Packet{}, err
		}
	}
	if !hasNamespace {
		return Packet{}, fmt.Errorf("%w: no namespace", ErrPacket)
	}
	if p.Data.IsNil() {
		p.Data = nil // a client without auth sends undefined
	}
	return p, p.check(lim)
}

func packetType(v Raw) (Type, error) {
	h, _ := readHead(v)
	if h.kind != kindUint || h.bits > uint64(ConnectError) {
		return 0, fmt.Errorf("%w: unknown type", ErrPacket)
	}
	return Type(h.bits), nil
}

func packetID(v Raw) (id uint64, has bool, err error) {
	h, _ := readHead(v)
	switch {
	case h.kind == kindNil:
		return 0, false, nil
	case h.kind != kindUint || h.bits > maxID:
		return 0, false, fmt.Errorf("%w: invalid id", ErrPacket)
	}
	return h.bits, true, nil
}

// internNamespace avoids an allocation for the usual namespace.
func internNamespace(b []byte) string {
	if len(b) == 1 && b[0] == '/' || len(b) == 0 {
		return "/"
	}
	return string(b)
}

// AppendMsgPack appends p as socket.io-msgpack-parser writes it. The data
// comes last, so that its last bytes are the packet's.
func AppendMsgPack(dst []byte, p Packet) []byte {
	dst = AppendMsgPackHead(dst, p, len(p.Data) > 0)
	return append(dst, p.Data...)
}

// AppendMsgPackHead appends all of p but its data, which must be appended by
// the caller if withData is set: it saves copying the data.
func AppendMsgPackHead(dst []byte, p Packet, withData bool) []byte {
	n := byte(2)
	if p.HasID {
		n++
	}
	if withData {
		n++
	}
	dst = append(dst, 0x80|n, 0xa4, 't', 'y', 'p', 'e', byte(p.Type), 0xa3, 'n', 's', 'p')
	dst = appendString(dst, p.Namespace)
	if p.HasID {
		dst = appendUint(append(dst, 0xa2, 'i', 'd'), p.ID)
	}
	if withData {
		dst = append(dst, 0xa4, 'd', 'a', 't', 'a')
	}
	return dst
}

// AppendEvent appends the data of an event packet: the array of name and args.
func AppendEvent(dst []byte, name string, args ...any) (out []byte, err error) {
	dst = appendString(appendArrayHead(dst, len(args)+1), name)
	for i, v := range args {
		if dst, err = AppendValue(dst, v); err != nil {
			return dst, fmt.Errorf("argument %d: %w", i, err)
		}
	}
	return dst, nil
}

// EventSize looks at what AppendEvent is given: size is about what it will
// append, binaries how many binary values that has, -1 if it takes a walk over
// the result to tell ([Raw.CountBinary]).
func EventSize(name string, args []any) (size, binaries int) {
	size = maxStrHead + maxArrayHead + len(name)
	for _, v := range args {
		switch v := v.(type) {
		case []byte:
			size += maxStrHead + len(v)
			if binaries >= 0 {
				binaries++
			}
		case string:
			size += maxStrHead + len(v)
		case nil, bool, int, int64, int32, int16, int8, uint, uint64, uint32, uint16, uint8, float64, float32, time.Time:
			size += maxScalar
		case Raw:
			size += len(v)
			binaries = -1
		default:
			size += 128
			binaries = -1
		}
	}
	return size, binaries
}

// The most bytes of what stands before a string or an array, and of a scalar.
const (
	maxStrHead   = 5
	maxArrayHead = 5
	maxScalar    = 10
)

// AppendArray appends the data of an acknowledgement: the array of args.
func AppendArray(dst []byte, args ...any) (out []byte, err error) {
	dst = appendArrayHead(dst, len(args))
	for i, v := range args {
		if dst, err = AppendValue(dst, v); err != nil {
			return dst, fmt.Errorf("argument %d: %w", i, err)
		}
	}
	return dst, nil
}

// AppendToArray appends the array with one more element to dst.
func AppendToArray(dst []byte, array Raw, v any) ([]byte, error) {
	args := array.array()
	dst = append(appendArrayHead(dst, args.n+1), args.body...)
	return AppendValue(dst, v)
}

// AppendStampedEvent appends the data [name, frame, stamp], with a stamp of 0
// that is always the last four bytes, a big-endian uint32.
func AppendStampedEvent(dst []byte, name string, frame []byte) []byte {
	dst = appendString(appendArrayHead(dst, 3), name)
	dst = append(appendBinHead(dst, len(frame)), frame...)
	return append(dst, 0xce, 0, 0, 0, 0)
}
