package socketio

import (
	"bytes"
	"iter"
	"math"
	"strconv"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// Raw is exactly one validated, canonical MessagePack value, or nothing if it
// is empty. It is safe to hand to any MessagePack decoder. Values that did not
// come from this package must pass [Normalize] first.
type Raw []byte

// skip returns the length of the value at the start of trusted bytes.
func skip(b []byte) int {
	h, ok := readHead(b)
	if !ok {
		return len(b)
	}
	switch h.kind {
	case kindStr, kindBin, kindExt:
		return min(h.size+h.n, len(b))
	case kindArray, kindMap:
		count, pos := h.n, h.size
		if h.kind == kindMap {
			count *= 2
		}
		for range count {
			if pos >= len(b) {
				break // only if the bytes were not validated
			}
			pos += skip(b[pos:])
		}
		return pos
	}
	return h.size
}

func (r Raw) kind() kind {
	h, _ := readHead(r)
	return h.kind
}

// bytes returns the content of a string or binary value.
func (r Raw) bytes() (b []byte, ok bool) {
	h, _ := readHead(r)
	if h.kind != kindStr && h.kind != kindBin || h.size+h.n > len(r) {
		return nil, false
	}
	return r[h.size : h.size+h.n], true
}

// IsNil reports whether r is absent or nil (JavaScript's null or undefined).
func (r Raw) IsNil() bool { return len(r) == 0 || r[0] == 0xc0 }

// Clone returns a copy that stays valid when the bytes behind r are reused.
func (r Raw) Clone() Raw { return bytes.Clone(r) }

// Len returns the number of elements of an array or map, 0 for other values.
func (r Raw) Len() int {
	h, _ := readHead(r)
	if h.kind != kindArray && h.kind != kindMap {
		return 0
	}
	return h.n
}

// array returns the elements of an array.
func (r Raw) array() Args {
	h, _ := readHead(r)
	if h.kind != kindArray {
		return Args{}
	}
	return Args{body: r[h.size:], n: h.n}
}

// At returns the i-th element of an array; empty if r has none.
func (r Raw) At(i int) Raw { return r.array().At(i) }

// All yields the elements of an array.
func (r Raw) All() iter.Seq[Raw] { return r.array().All() }

// Fields yields keys and values of a map. The key aliases r.
func (r Raw) Fields() iter.Seq2[[]byte, Raw] {
	return func(yield func([]byte, Raw) bool) {
		h, _ := readHead(r)
		if h.kind != kindMap {
			return
		}
		b := r[h.size:]
		for range h.n {
			k := b[:skip(b)]
			b = b[len(k):]
			v := b[:skip(b)]
			b = b[len(v):]
			name, _ := k.bytes()
			if !yield(name, v) {
				return
			}
		}
	}
}

// Get returns the value of a key of a map; empty if there is none. If the key
// occurs more than once the last one counts, as everywhere in this package.
func (r Raw) Get(key string) Raw {
	var found Raw
	for k, v := range r.Fields() {
		if string(k) == key {
			found = v
		}
	}
	return found
}

// Text returns the content of a string. It aliases r.
func (r Raw) Text() (s []byte, ok bool) {
	if r.kind() != kindStr {
		return nil, false
	}
	return r.bytes()
}

// Bytes returns the content of a binary value. It aliases r.
func (r Raw) Bytes() (b []byte, ok bool) {
	if r.kind() != kindBin {
		return nil, false
	}
	return r.bytes()
}

// Truthy reports what JavaScript's Boolean(r) would.
func (r Raw) Truthy() bool {
	h, ok := readHead(r)
	switch h.kind {
	case kindNil:
		return false
	case kindBool, kindInt, kindUint:
		return h.bits != 0
	case kindFloat:
		f := math.Float64frombits(h.bits)
		return f == f && f != 0
	case kindStr:
		return h.n > 0
	}
	return ok
}

// Event splits the data of an event packet into its name and arguments.
// A numeric name, which the protocol allows, is given in decimal.
func (r Raw) Event() (name string, args Args, err error) {
	b, args, err := r.event(nil)
	return string(b), args, err
}

// EventName is [Raw.Event] without allocation: name aliases r, or scratch if
// the name is a number.
func (r Raw) EventName(scratch []byte) (name []byte, args Args, err error) {
	return r.event(scratch)
}

func (r Raw) event(scratch []byte) (name []byte, args Args, err error) {
	all := r.array()
	if all.n == 0 {
		return nil, Args{}, ErrPacket
	}
	first, rest := all.shift()
	h, _ := readHead(first)
	switch h.kind {
	case kindStr:
		name, _ = first.bytes()
	case kindInt, kindUint:
		name = h.appendInt(scratch[:0])
	case kindFloat:
		name = strconv.AppendFloat(scratch[:0], math.Float64frombits(h.bits), 'g', -1, 64)
	default:
		return nil, Args{}, ErrPacket
	}
	return name, rest, nil
}

// Any returns r as a plain Go value: nil, bool, int64, uint64 (above the range
// of int64), float64, string, []byte, time.Time, []any or map[string]any.
// Nothing of it aliases r.
func (r Raw) Any() (any, error) {
	if len(r) == 0 {
		return nil, nil
	}
	v, _ := decodeAny(r)
	return v, nil
}

func decodeAny(b []byte) (v any, rest []byte) {
	h, _ := readHead(b)
	body := b[h.size:]
	switch h.kind {
	case kindBool:
		v = h.bits == 1
	case kindInt:
		v = int64(h.bits)
	case kindUint:
		if h.bits > math.MaxInt64 {
			return h.bits, body
		}
		v = int64(h.bits)
	case kindFloat:
		v = math.Float64frombits(h.bits)
	case kindStr:
		return string(body[:h.n]), body[h.n:]
	case kindBin:
		return bytes.Clone(body[:h.n]), body[h.n:]
	case kindExt:
		return dateOf(body), body[h.n:]
	case kindArray:
		list := make([]any, h.n)
		for i := range list {
			list[i], body = decodeAny(body)
		}
		return list, body
	case kindMap:
		m := make(map[string]any, h.n)
		for range h.n {
			n := skip(body)
			key, _ := Raw(body[:n]).bytes()
			m[string(key)], body = decodeAny(body[n:])
		}
		return m, body
	}
	return v, body
}

// dateOf reads the payload of a Date.
func dateOf(b []byte) time.Time {
	ms := int64(be(append([]byte{0}, b[:8]...), 8))
	return time.UnixMilli(ms).UTC()
}

// EncodeMsgpack lets a Raw be a field of an encoded struct.
func (r Raw) EncodeMsgpack(enc *msgpack.Encoder) error {
	if len(r) == 0 {
		return enc.EncodeNil()
	}
	_, err := enc.Writer().Write(r)
	return err
}

// DecodeMsgpack lets a Raw be a field of a decoded struct. It gets a copy.
func (r *Raw) DecodeMsgpack(dec *msgpack.Decoder) error {
	b, err := dec.DecodeRaw()
	if err != nil {
		return err
	}
	*r, err = Normalize(nil, b, Limits{MaxDepth: 1 << 16, MaxElements: math.MaxInt32})
	return err
}
