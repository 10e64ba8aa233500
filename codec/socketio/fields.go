package socketio

import (
	"reflect"
	"strings"
	"sync"
)

// structTag names struct fields, so that one Go type serves both parsers.
const structTag = "json"

// fieldCache holds, per struct type, the index path of each field by name.
var fieldCache sync.Map // reflect.Type -> map[string][]int

func fieldsOf(t reflect.Type) map[string][]int {
	if m, ok := fieldCache.Load(t); ok {
		return m.(map[string][]int)
	}
	m := make(map[string][]int)
	collectFields(m, t, nil, nil)
	fieldCache.Store(t, m)
	return m
}

// collectFields adds the fields of t. Those of embedded structs come after, and
// do not hide what is there.
func collectFields(m map[string][]int, t reflect.Type, prefix []int, within []reflect.Type) {
	var embedded []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get(structTag), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "" && structOf(f.Type) != nil:
			embedded = append(embedded, f)
		case f.IsExported():
			if name == "" {
				name = f.Name
			}
			if _, hidden := m[name]; !hidden {
				m[name] = path(prefix, i)
			}
		}
	}
	for _, f := range embedded {
		inner := structOf(f.Type)
		if !f.IsExported() && f.Type.Kind() == reflect.Pointer {
			continue // reflection cannot set it
		}
		if !contains(within, inner) {
			collectFields(m, inner, path(prefix, f.Index[0]), append(within, t))
		}
	}
}

func path(prefix []int, i int) []int {
	return append(append(make([]int, 0, len(prefix)+1), prefix...), i)
}

func contains(list []reflect.Type, t reflect.Type) bool {
	for _, x := range list {
		if x == t {
			return true
		}
	}
	return false
}

// structOf returns the struct type that t is or points to, or nil.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == timeType {
		return nil
	}
	return t
}

// field walks to a field and makes embedded pointers on the way.
func field(v reflect.Value, index []int) reflect.Value {
	for i, n := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v
}
