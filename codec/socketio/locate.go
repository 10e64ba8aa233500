package socketio

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// locate finds the place in r that could not be decoded into the type of into
// and returns an error that names it. It decodes again, part by part: only
// failures pay for it.
func locate(r Raw, into any, cause error) error {
	t := reflect.TypeOf(into)
	if t == nil || t.Kind() != reflect.Pointer || reflect.ValueOf(into).IsNil() {
		return fmt.Errorf("%w: target must be a pointer that is not nil", ErrType)
	}
	path, cause := culprit(r, t.Elem(), cause)
	if path = strings.TrimPrefix(path, "."); path != "" {
		return fmt.Errorf("%w: %s: %w", ErrType, path, cause)
	}
	return fmt.Errorf("%w: %w", ErrType, cause)
}

// culprit descends into the first part of r that fails by itself.
func culprit(r Raw, t reflect.Type, cause error) (path string, err error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Struct && r.kind() == kindMap:
		for key, v := range r.Fields() {
			ft, ok := fieldType(t, string(key))
			if !ok {
				continue
			}
			if err := tryDecode(v, ft); err != nil {
				sub, err := culprit(v, ft, err)
				return "." + string(key) + sub, err
			}
		}
	case t.Kind() == reflect.Map && r.kind() == kindMap:
		for key, v := range r.Fields() {
			if err := tryDecode(v, t.Elem()); err != nil {
				sub, err := culprit(v, t.Elem(), err)
				return "." + string(key) + sub, err
			}
		}
	case (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && r.kind() == kindArray:
		i := 0
		for v := range r.All() {
			if err := tryDecode(v, t.Elem()); err != nil {
				sub, err := culprit(v, t.Elem(), err)
				return "[" + strconv.Itoa(i) + "]" + sub, err
			}
			i++
		}
	}
	return "", cause
}

func tryDecode(r Raw, t reflect.Type) error {
	return decodeReflect(r, reflect.New(t).Interface())
}

// fieldType returns the type of the field that key names, embedded included.
func fieldType(t reflect.Type, key string) (reflect.Type, bool) {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get(structTag), ",")
		if f.IsExported() && (name == key || name == "" && f.Name == key) {
			return f.Type, true
		}
	}
	return nil, false
}
