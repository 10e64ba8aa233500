package state

import (
	"fmt"
	"iter"
	"reflect"
	"unsafe"
)

// Bound reads the entities of one type of a replica as Go structs.
type Bound[T any] struct {
	of     *replicaType // nil: the server has no such type
	fields []boundField
}

type boundField struct {
	remote int // field of the server's type
	local  structField
}

// Bind connects a struct with sync tags to a type of the server by field name
// and kind. Fields that only one side has are left alone; a field that changed
// its kind is an error.
func Bind[T any](r *Replica, typeName string) (*Bound[T], error) {
	local, err := structFields(reflect.TypeFor[T]())
	if err != nil {
		return nil, fmt.Errorf("state: bind %q: %w", typeName, err)
	}
	b := &Bound[T]{}
	for _, t := range r.types {
		if t.typ.Name == typeName {
			b.of = t
		}
	}
	if b.of == nil {
		return b, nil
	}
	for _, l := range local {
		for i, f := range b.of.typ.Fields {
			if f.Name != l.Name {
				continue
			}
			if f.Kind != l.Kind {
				return nil, fmt.Errorf("state: bind %q: field %q is %v here and %v at the server", typeName, f.Name, l.Kind, f.Kind)
			}
			b.fields = append(b.fields, boundField{remote: i, local: l})
		}
	}
	return b, nil
}

// All yields the entities by ascending slot.
func (b *Bound[T]) All() iter.Seq2[ID, T] {
	return func(yield func(ID, T) bool) {
		if b.of == nil {
			return
		}
		for slot := range b.of.live.all() {
			if !yield(makeID(slot, 0), b.read(slot)) {
				return
			}
		}
	}
}

// Get returns one entity by an ID of the replica, such as a reference.
func (b *Bound[T]) Get(id ID) (v T, ok bool) {
	slot := id.Slot()
	if b.of == nil || slot < 0 || !b.of.live.has(slot) {
		return v, false
	}
	return b.read(slot), true
}

// Len is the number of entities.
func (b *Bound[T]) Len() int {
	if b.of == nil {
		return 0
	}
	return b.of.count
}

func (b *Bound[T]) read(slot int) (v T) {
	row := b.of.rowAt(slot)
	target := reflect.ValueOf(&v).Elem()
	for _, f := range b.fields {
		f.put(fieldAt(target, f.local), row)
	}
	return v
}

// fieldAt finds a field by its offset, through embedded structs and even when
// it is not exported.
func fieldAt(v reflect.Value, f structField) reflect.Value {
	return reflect.NewAt(f.goType, unsafe.Add(v.Addr().UnsafePointer(), f.offset)).Elem()
}

func (b *boundField) put(target reflect.Value, row Row) {
	kind := target.Kind()
	switch f := &row.Type().Fields[b.remote]; {
	case f.Kind == String:
		target.SetString(row.Text(b.remote))
	case f.Kind == Bytes:
		target.SetBytes([]byte(row.Text(b.remote)))
	case f.Kind == List:
		putList(target, row.List(b.remote))
	case kind == reflect.Bool:
		target.SetBool(row.Stored(b.remote) != 0)
	case isFloat(kind):
		target.SetFloat(row.Number(b.remote))
	case isInt(kind):
		target.SetInt(wholeValue(f, row.Stored(b.remote)))
	case isUint(kind):
		target.SetUint(uint64(max(0, wholeValue(f, row.Stored(b.remote)))))
	}
}

func wholeValue(f *Field, stored int32) int64 {
	if f.Kind == Int {
		return int64(stored)
	}
	return int64(uint32(stored))
}

func putList(target reflect.Value, items iter.Seq[uint32]) {
	list := reflect.MakeSlice(target.Type(), 0, 8)
	for v := range items {
		item := reflect.New(target.Type().Elem()).Elem()
		item.SetUint(uint64(v))
		list = reflect.Append(list, item)
	}
	target.Set(list)
}
