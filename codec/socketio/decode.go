package socketio

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// Decode stores the value in what into points to, much as encoding/json does:
// fields are named by their json tag, unknown keys are ignored, an absent value
// leaves the target untouched, nil sets it to its zero value. Numbers fit any
// numeric type that holds them exactly (float32 rounds), binary and strings fit
// []byte, dates and RFC 3339 strings fit time.Time. Types that implement
// msgpack.CustomDecoder or encoding.TextUnmarshaler decode themselves.
// Nothing of the result aliases r.
//
// The error wraps [ErrType] and names the place, e.g. "items[2].price".
//
// It does not use msgpack/v5's own decoder, which refuses a float64 for a
// float32 and a string for a time.Time: JSON clients send both.
func (r Raw) Decode(into any) error {
	if len(r) == 0 || r.decodeFast(into) {
		return nil
	}
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("%w: target must be a pointer that is not nil", ErrType)
	}
	if err := decodeInto(r, v.Elem()); err != nil {
		return err.wrap()
	}
	return nil
}

// decodeFast handles the common targets without reflection.
func (r Raw) decodeFast(into any) bool {
	h, _ := readHead(r)
	switch p := into.(type) {
	case *Raw:
		*p = r.Clone()
		return true
	case *string:
		if h.kind == kindStr {
			*p = string(r[h.size : h.size+h.n])
		}
		return h.kind == kindStr
	case *bool:
		if h.kind == kindBool {
			*p = h.bits == 1
		}
		return h.kind == kindBool
	case *float64:
		f, ok := h.float()
		if ok {
			*p = f
		}
		return ok
	case *int:
		i, ok := h.int()
		if ok = ok && int64(int(i)) == i; ok {
			*p = int(i)
		}
		return ok
	case *uint32:
		i, ok := h.int()
		if ok = ok && int64(uint32(i)) == i; ok {
			*p = uint32(i)
		}
		return ok
	}
	return false
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

// int returns a number that is an integer in the range of int64.
func (h head) int() (i int64, ok bool) {
	switch h.kind {
	case kindInt:
		return int64(h.bits), true
	case kindUint:
		return int64(h.bits), h.bits <= math.MaxInt64
	case kindFloat:
		f := math.Float64frombits(h.bits)
		return int64(f), f == math.Trunc(f) && math.Abs(f) <= maxID
	}
	return 0, false
}

func (h head) uint() (u uint64, ok bool) {
	if h.kind == kindUint {
		return h.bits, true
	}
	i, ok := h.int()
	return uint64(i), ok && i >= 0
}

// misfit is a value that does not fit, and where.
type misfit struct {
	path string
	err  error
}

func (m *misfit) wrap() error {
	if m.path == "" {
		return fmt.Errorf("%w: %w", ErrType, m.err)
	}
	if m.path[0] == '.' {
		m.path = m.path[1:]
	}
	return fmt.Errorf("%w: %s: %w", ErrType, m.path, m.err)
}

// in puts the place where the misfit was found into a greater one.
func (m *misfit) in(place string) *misfit {
	m.path = place + m.path
	return m
}

func misfitOf(r Raw, t reflect.Type) *misfit {
	return &misfit{err: fmt.Errorf("%s does not fit %s", r.describe(), t)}
}

// describe names what r is, for errors.
func (r Raw) describe() string {
	h, _ := readHead(r)
	switch h.kind {
	case kindBool:
		return "a boolean"
	case kindInt, kindUint, kindFloat:
		text, _ := RawToJSON(nil, r)
		return "number " + string(text)
	case kindStr:
		return "a string"
	case kindBin:
		return "binary"
	case kindArray:
		return "an array of " + strconv.Itoa(h.n)
	case kindMap:
		return "an object"
	case kindExt:
		return "a date"
	}
	return "nil"
}

var (
	rawType  = reflect.TypeFor[Raw]()
	timeType = reflect.TypeFor[time.Time]()
)

func decodeInto(r Raw, v reflect.Value) *misfit {
	h, _ := readHead(r)
	t := v.Type()
	switch {
	case t == rawType:
		v.SetBytes(r.Clone())
		return nil
	case h.kind == kindNil:
		v.SetZero()
		return nil
	case t == timeType:
		return decodeTime(r, h, v)
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(t.Elem()))
		}
		return decodeInto(r, v.Elem())
	}
	if handled, err := decodeByMethod(r, h, v); handled {
		return err
	}
	switch v.Kind() {
	case reflect.Struct:
		return decodeStruct(r, h, v)
	case reflect.Map:
		return decodeMap(r, h, v)
	case reflect.Slice, reflect.Array:
		return decodeList(r, h, v)
	}
	return decodeScalar(r, h, v)
}

// decodeByMethod leaves types to themselves that know how to decode.
func decodeByMethod(r Raw, h head, v reflect.Value) (handled bool, bad *misfit) {
	if !v.CanAddr() || v.NumMethod() == 0 && v.Addr().NumMethod() == 0 {
		return false, nil
	}
	switch p := v.Addr().Interface().(type) {
	case msgpack.CustomDecoder, msgpack.Unmarshaler:
		if err := msgpack.Unmarshal(r, p); err != nil {
			return true, &misfit{err: err}
		}
		return true, nil
	case encoding.TextUnmarshaler:
		if h.kind != kindStr {
			return false, nil
		}
		if err := p.UnmarshalText(r[h.size : h.size+h.n]); err != nil {
			return true, &misfit{err: err}
		}
		return true, nil
	}
	return false, nil
}

func decodeTime(r Raw, h head, v reflect.Value) *misfit {
	switch h.kind {
	case kindExt:
		v.Set(reflect.ValueOf(dateOf(r[h.size:])))
		return nil
	case kindStr:
		when, err := time.Parse(time.RFC3339Nano, string(r[h.size:h.size+h.n]))
		if err != nil {
			return &misfit{err: errors.New("string is not an RFC 3339 time")}
		}
		v.Set(reflect.ValueOf(when))
		return nil
	}
	return misfitOf(r, v.Type())
}

func decodeScalar(r Raw, h head, v reflect.Value) *misfit {
	switch v.Kind() {
	case reflect.Bool:
		if h.kind == kindBool {
			v.SetBool(h.bits == 1)
			return nil
		}
	case reflect.String:
		if h.kind == kindStr {
			v.SetString(string(r[h.size : h.size+h.n]))
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if i, ok := h.int(); ok && !v.OverflowInt(i) {
			v.SetInt(i)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if u, ok := h.uint(); ok && !v.OverflowUint(u) {
			v.SetUint(u)
			return nil
		}
	case reflect.Float32, reflect.Float64:
		if f, ok := h.float(); ok && !v.OverflowFloat(f) {
			v.SetFloat(f)
			return nil
		}
	case reflect.Interface:
		if v.NumMethod() == 0 {
			x, _ := r.Any()
			v.Set(reflect.ValueOf(x))
			return nil
		}
	}
	return misfitOf(r, v.Type())
}

func decodeStruct(r Raw, h head, v reflect.Value) *misfit {
	if h.kind != kindMap {
		return misfitOf(r, v.Type())
	}
	fields := fieldsOf(v.Type())
	for key, x := range r.Fields() {
		index, ok := fields[string(key)]
		if !ok {
			continue
		}
		if bad := decodeInto(x, field(v, index)); bad != nil {
			return bad.in("." + string(key))
		}
	}
	return nil
}

// decodeList fills a slice or an array. Surplus elements of an array are
// ignored, missing ones are zero.
func decodeList(r Raw, h head, v reflect.Value) *misfit {
	elem := v.Type().Elem()
	if b, ok := r.bytes(); ok && elem.Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
		v.SetBytes(bytes.Clone(b))
		return nil
	}
	if h.kind != kindArray {
		return misfitOf(r, v.Type())
	}
	isSlice := v.Kind() == reflect.Slice
	if isSlice {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	} else {
		v.SetZero()
	}
	i := 0
	for x := range r.All() {
		if isSlice {
			if i >= v.Cap() { // grown as it fills, so that a misfit costs little
				v.Grow(min(h.n-i, max(4, i)))
			}
			v.SetLen(i + 1)
		} else if i >= v.Len() {
			break
		}
		if bad := decodeInto(x, v.Index(i)); bad != nil {
			return bad.in("[" + strconv.Itoa(i) + "]")
		}
		i++
	}
	return nil
}

func decodeMap(r Raw, h head, v reflect.Value) *misfit {
	t := v.Type()
	if h.kind != kindMap {
		return misfitOf(r, t)
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(t))
	}
	key, x := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
	for name, raw := range r.Fields() {
		if bad := decodeKey(name, key); bad != nil {
			return bad.in("." + string(name))
		}
		x.SetZero()
		if bad := decodeInto(raw, x); bad != nil {
			return bad.in("." + string(name))
		}
		v.SetMapIndex(key, x)
	}
	return nil
}

// decodeKey sets a map's key: a string, or an integer written in decimal.
func decodeKey(name []byte, key reflect.Value) *misfit {
	switch key.Kind() {
	case reflect.String:
		key.SetString(string(name))
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if i, err := strconv.ParseInt(string(name), 10, 64); err == nil && !key.OverflowInt(i) {
			key.SetInt(i)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if u, err := strconv.ParseUint(string(name), 10, 64); err == nil && !key.OverflowUint(u) {
			key.SetUint(u)
			return nil
		}
	}
	return &misfit{err: fmt.Errorf("key does not fit %s", key.Type())}
}
