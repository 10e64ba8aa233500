package socketio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// structTag names struct fields, so that one Go type serves both parsers.
const structTag = "json"

// Decode stores the value in what into points to, by the rules of msgpack/v5
// with fields named by their json tag. An absent value leaves it untouched, nil
// sets it to its zero value. Integers fit any numeric type that can hold them,
// whole floats fit integers. Nothing of the result aliases r.
// The error wraps [ErrType] and names the place, e.g. "items[2].price".
func (r Raw) Decode(into any) error {
	if len(r) == 0 {
		return nil
	}
	if done, err := r.decodeFast(into); done {
		return err
	}
	if err := decodeReflect(r, into); err != nil {
		return locate(r, into, err)
	}
	return nil
}

// decodeFast handles the common targets without reflection.
func (r Raw) decodeFast(into any) (done bool, err error) {
	h, _ := readHead(r)
	switch p := into.(type) {
	case *Raw:
		*p = r.Clone()
	case *any:
		*p, err = r.Any()
	case *string:
		if h.kind != kindStr {
			return false, nil
		}
		*p = string(r[h.size : h.size+h.n])
	case *[]byte:
		if h.kind != kindBin {
			return false, nil
		}
		*p = bytes.Clone(r[h.size : h.size+h.n])
	case *bool:
		if h.kind != kindBool {
			return false, nil
		}
		*p = h.bits == 1
	case *float64:
		f, ok := h.float()
		if !ok {
			return false, nil
		}
		*p = f
	case *int:
		return setInt(p, h)
	case *int64:
		return setInt(p, h)
	case *int32:
		return setInt(p, h)
	case *uint32:
		return setInt(p, h)
	case *uint64:
		return setInt(p, h)
	case *uint8:
		return setInt(p, h)
	case *time.Time:
		if h.kind != kindExt {
			return false, nil
		}
		*p = dateOf(r[h.size:])
	default:
		return false, nil
	}
	return true, err
}

func (h head) float() (f float64, ok bool) {
	switch h.kind {
	case kindInt:
		return float64(int64(h.bits)), true
	case kindUint:
		return float64(h.bits), true
	case kindFloat:
		return math.Float64frombits(h.bits), true
	}
	return 0, false
}

// setInt stores a number that T can hold exactly. It takes over the decoding
// of every number, so that a float or a too large one is an error here.
func setInt[T int | int64 | int32 | uint32 | uint64 | uint8](p *T, h head) (done bool, err error) {
	var v T
	switch h.kind {
	case kindInt:
		v = T(int64(h.bits))
		if int64(v) != int64(h.bits) || v > 0 {
			return true, fmt.Errorf("%w: %d out of range", ErrType, int64(h.bits))
		}
	case kindUint:
		v = T(h.bits)
		if uint64(v) != h.bits || v < 0 {
			return true, fmt.Errorf("%w: %d out of range", ErrType, h.bits)
		}
	case kindFloat:
		f := math.Float64frombits(h.bits)
		if f != math.Trunc(f) || math.Abs(f) > maxID {
			return true, fmt.Errorf("%w: %v is not an integer", ErrType, f)
		}
		v = T(int64(f))
		if float64(v) != f {
			return true, fmt.Errorf("%w: %v out of range", ErrType, f)
		}
	default:
		return false, nil
	}
	*p = v
	return true, nil
}

// pooledDecoder keeps a msgpack decoder together with its reader.
type pooledDecoder struct {
	dec *msgpack.Decoder
	in  bytes.Reader
}

var decoders = sync.Pool{New: func() any {
	return &pooledDecoder{dec: msgpack.NewDecoder(nil)}
}}

func decodeReflect(r Raw, into any) error {
	if bytes.IndexByte(r, 0xd7) >= 0 { // perhaps a Date
		r = appendTimestamps(make([]byte, 0, len(r)+32), r)
	}
	p := decoders.Get().(*pooledDecoder)
	p.in.Reset(r)
	p.dec.Reset(&p.in)
	p.dec.SetCustomStructTag(structTag)
	err := p.dec.Decode(into)
	p.in.Reset(nil)
	decoders.Put(p)
	return err
}

// appendTimestamps appends r with each Date as the MessagePack timestamp that
// msgpack/v5 reads into time.Time.
func appendTimestamps(dst, r []byte) []byte {
	for len(r) > 0 {
		h, _ := readHead(r)
		n := h.size
		switch h.kind {
		case kindStr, kindBin:
			n += h.n
		case kindExt:
			ms := dateOf(r[h.size:]).UnixMilli()
			sec := ms / 1000
			if ms%1000 < 0 {
				sec--
			}
			dst = append(dst, 0xc7, 12, 0xff)
			dst = binary.BigEndian.AppendUint32(dst, uint32(ms-sec*1000)*1e6)
			dst = binary.BigEndian.AppendUint64(dst, uint64(sec))
			r = r[n+h.n:]
			continue
		}
		dst = append(dst, r[:n]...)
		r = r[n:]
	}
	return dst
}
