package state

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Dynamic is a table whose fields are known only at run time: for tools and
// for servers whose rules are not written in Go. Numbers are stored integers,
// see [Field.Value].
type Dynamic struct {
	store  *store
	rows   reflect.Type
	fields []structField
	places []dynamicPlace // by field
}

type dynamicPlace struct {
	offset uintptr
	number bool
}

var dynamicTypes = map[Kind]reflect.Type{
	String: reflect.TypeFor[string](), Bytes: reflect.TypeFor[[]byte](), List: reflect.TypeFor[[]uint32](),
}

// RegisterFields adds a type to the world like [Register], and panics like it.
func RegisterFields(w *World, name string, fields []Field) *Dynamic {
	var rows []reflect.StructField
	for i, f := range fields {
		t := dynamicTypes[f.Kind]
		if t == nil {
			t = reflect.TypeFor[int64]()
		}
		rows = append(rows, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: t})
	}
	d := &Dynamic{rows: reflect.StructOf(rows)}
	for i, f := range fields {
		sf := d.rows.Field(i)
		d.fields = append(d.fields, structField{Field: f, goType: sf.Type, offset: sf.Offset})
		d.places = append(d.places, dynamicPlace{sf.Offset, !f.Kind.variable()})
	}
	d.store = w.register(name, d.fields, d.rows.Size())
	return d
}

// Spawn adds an entity of zeros. The zero ID says that the table is full.
func (d *Dynamic) Spawn() ID {
	slot := d.store.freeSlot()
	if slot >= maxSlots {
		return 0
	}
	if slot/pageRows == len(d.store.pages) {
		page := reflect.New(reflect.ArrayOf(pageRows, d.rows))
		d.store.addPage(page.UnsafePointer())
	}
	reflect.NewAt(d.rows, d.store.row(slot)).Elem().SetZero()
	return d.store.spawn(slot)
}

// Despawn removes an entity and reports whether there was one.
func (d *Dynamic) Despawn(id ID) bool { return d.store.despawn(id) }

// Len is the number of entities.
func (d *Dynamic) Len() int { return d.store.count }

// Set writes a number. A wrong ID or a field of another kind changes nothing.
func (d *Dynamic) Set(id ID, field int, stored int64) {
	if p := d.place(id, field); p != nil && d.places[field].number {
		*(*int64)(p) = stored
	}
}

// SetText writes a String or Bytes field.
func (d *Dynamic) SetText(id ID, field int, text string) {
	p := d.place(id, field)
	switch {
	case p == nil:
	case d.fields[field].Kind == String:
		*(*string)(p) = text
	case d.fields[field].Kind == Bytes:
		*(*[]byte)(p) = []byte(text)
	}
}

// SetList writes a List field and keeps items.
func (d *Dynamic) SetList(id ID, field int, items []uint32) {
	if p := d.place(id, field); p != nil && d.fields[field].Kind == List {
		*(*[]uint32)(p) = items
	}
}

// place is where a field lies; its entity is marked touched.
func (d *Dynamic) place(id ID, field int) unsafe.Pointer {
	slot, ok := d.store.find(id)
	if !ok {
		return nil
	}
	d.store.touched.set(slot)
	return unsafe.Add(d.store.row(slot), d.places[field].offset)
}
