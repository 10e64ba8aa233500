package gateway

import (
	"fmt"

	"tickwire/codec/socketio"
	"tickwire/lobby"
)

// fields reads the keys of a request's argument. The first wrong one is kept
// in err; from then on the readers return zero values.
type fields struct {
	raw socketio.Raw
	err *lobby.Error
}

// object takes a request's argument; none at all is an empty object.
func object(raw socketio.Raw) fields {
	f := fields{raw: raw}
	if !raw.IsNil() && !isMap(raw) {
		f.fail("the argument must be one object")
	}
	return f
}

func isMap(raw socketio.Raw) bool {
	b := raw[0]
	return b&0xf0 == 0x80 || b == 0xde || b == 0xdf
}

func (f *fields) fail(format string, args ...any) {
	if f.err == nil {
		f.err = &lobby.Error{Code: lobby.BadRequest, Message: fmt.Sprintf(format, args...)}
	}
}

// text reads an optional string.
func (f *fields) text(key string) string {
	v := f.raw.Get(key)
	if v.IsNil() {
		return ""
	}
	s, ok := v.Text()
	if !ok {
		f.fail("%s must be a string", key)
	}
	return string(s)
}

// required reads a string that must be there.
func (f *fields) required(key string) string {
	s := f.text(key)
	if s == "" {
		f.fail("%s is missing", key)
	}
	return s
}

// integer reads an optional whole number.
func (f *fields) integer(key string) (n int) {
	if v := f.raw.Get(key); !v.IsNil() && v.Decode(&n) != nil {
		f.fail("%s must be a whole number", key)
	}
	return n
}

// flag reads an optional truth value.
func (f *fields) flag(key string) bool {
	return !f.raw.Get(key).IsNil() && f.boolean(key)
}

// boolean reads a truth value that must be there.
func (f *fields) boolean(key string) (b bool) {
	if v := f.raw.Get(key); v.IsNil() || v.Decode(&b) != nil {
		f.fail("%s must be true or false", key)
	}
	return b
}

// object reads an optional object.
func (f *fields) object(key string) map[string]any {
	v := f.raw.Get(key)
	if v.IsNil() {
		return nil
	}
	value, err := v.Any()
	m, ok := value.(map[string]any)
	if err != nil || !ok {
		f.fail("%s must be an object", key)
	}
	return m
}
