package socketio

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"
)

// AppendValue appends v in canonical MessagePack. Structs become maps with
// fields named by their json tag (omitempty and "-" included), []byte becomes
// binary, time.Time a Date of milliseconds, a [Raw] is copied as it is, an
// empty one is nil. Maps need keys of a string or integer type. Channels,
// functions and other values without a wire form are an error; so is whatever
// lies deeper than 512 levels.
func AppendValue(dst []byte, v any) ([]byte, error) {
	return appendValue(dst, v, 0)
}

// maxEncodeDepth bounds generic values, so that a cycle is an error.
const maxEncodeDepth = 512

func appendValue(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, 0xc0), nil
	case bool:
		return appendBool(dst, v), nil
	case int:
		return appendInt(dst, int64(v)), nil
	case int64:
		return appendInt(dst, v), nil
	case int32:
		return appendInt(dst, int64(v)), nil
	case int16:
		return appendInt(dst, int64(v)), nil
	case int8:
		return appendInt(dst, int64(v)), nil
	case uint:
		return appendUint(dst, uint64(v)), nil
	case uint64:
		return appendUint(dst, v), nil
	case uint32:
		return appendUint(dst, uint64(v)), nil
	case uint16:
		return appendUint(dst, uint64(v)), nil
	case uint8:
		return appendUint(dst, uint64(v)), nil
	case float64:
		return appendFloat(dst, v), nil
	case float32:
		return appendFloat(dst, float64(v)), nil
	case string:
		return appendString(dst, v), nil
	case []byte:
		return append(appendBinHead(dst, len(v)), v...), nil
	case Raw:
		if len(v) == 0 {
			return append(dst, 0xc0), nil
		}
		return append(dst, v...), nil
	case Args:
		return v.AppendArray(dst), nil
	case time.Time:
		return appendDate(dst, v.UnixMilli()), nil
	case []string:
		dst = appendArrayHead(dst, len(v))
		for _, s := range v {
			dst = appendString(dst, s)
		}
		return dst, nil
	case []any:
		return appendList(dst, v, depth)
	case map[string]any:
		return appendMap(dst, v, depth)
	}
	return appendReflect(dst, v)
}

func appendList(dst []byte, list []any, depth int) (out []byte, err error) {
	if depth >= maxEncodeDepth {
		return dst, ErrTooDeep
	}
	dst = appendArrayHead(dst, len(list))
	for _, v := range list {
		if dst, err = appendValue(dst, v, depth+1); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendMap writes keys in sorted order: equal maps give equal bytes.
func appendMap(dst []byte, m map[string]any, depth int) (out []byte, err error) {
	if depth >= maxEncodeDepth {
		return dst, ErrTooDeep
	}
	dst = appendMapHead(dst, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		dst = appendString(dst, k)
		if dst, err = appendValue(dst, m[k], depth+1); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func appendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 0xc3)
	}
	return append(dst, 0xc2)
}

func appendString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return append(appendStrHead(dst, len(s)), s...)
}

// appendFloat writes whole numbers as integers, as JavaScript has one number
// type and notepack writes them so.
func appendFloat(dst []byte, f float64) []byte {
	if i := int64(f); float64(i) == f && i >= -maxID && i <= maxID && (i != 0 || !math.Signbit(f)) {
		return appendInt(dst, i)
	}
	return binary.BigEndian.AppendUint64(append(dst, 0xcb), math.Float64bits(f))
}

// appender is an io.Writer that appends.
type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

func (a *appender) WriteByte(c byte) error {
	a.b = append(a.b, c)
	return nil
}

type pooledEncoder struct {
	enc *msgpack.Encoder
	out appender
}

var encoders = sync.Pool{New: func() any {
	return &pooledEncoder{enc: msgpack.NewEncoder(nil)}
}}

// appendReflect leaves v to msgpack/v5 and brings the result into canonical
// form (it writes time.Time its own way and takes map keys of any type).
func appendReflect(dst []byte, v any) ([]byte, error) {
	p := encoders.Get().(*pooledEncoder)
	defer encoders.Put(p)
	p.out.b = dst
	p.enc.Reset(&p.out)
	p.enc.SetCustomStructTag(structTag)
	p.enc.SetSortMapKeys(true)
	p.enc.UseCompactInts(true)
	p.enc.UseCompactFloats(true)
	err := p.enc.Encode(v)
	out := p.out.b
	p.out.b = nil
	if err != nil {
		return dst, fmt.Errorf("%w: encode %T: %w", ErrType, v, err)
	}
	added := out[len(dst):]
	n, canonical, err := validate(added, Limits{MaxDepth: maxEncodeDepth, MaxElements: math.MaxInt32})
	switch {
	case err != nil:
		return dst, fmt.Errorf("encode %T: %w", v, err)
	case n != len(added):
		return dst, fmt.Errorf("encode %T: %w", v, ErrSyntax)
	case canonical:
		return out, nil
	}
	plain, _ := appendCanonical(nil, added)
	return append(dst, plain...), nil
}
