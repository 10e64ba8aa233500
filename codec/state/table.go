package state

import (
	"fmt"
	"iter"
	"math/bits"
	"reflect"
	"unsafe"
)

// Table holds the entities of one type.
type Table[T any] struct {
	store *store
	pages []*[pageRows]T
}

// Register adds a type to the world, in the order in which clients will see
// types. T is a struct whose replicated fields carry sync tags. It panics on a
// tag that makes no sense and after the first Commit.
func Register[T any](w *World, name string) *Table[T] {
	var zero T
	fields, err := structFields(reflect.TypeFor[T]())
	if err != nil {
		panic(fmt.Sprintf("state: register %q: %v", name, err))
	}
	return &Table[T]{store: w.register(name, fields, unsafe.Sizeof(zero))}
}

// Spawn adds an entity. The zero ID says that the table is full.
func (t *Table[T]) Spawn(v T) ID {
	slot := t.store.freeSlot()
	if slot >= maxSlots {
		return 0
	}
	if slot/pageRows == len(t.pages) {
		page := new([pageRows]T)
		t.pages = append(t.pages, page)
		t.store.addPage(unsafe.Pointer(page))
	}
	*t.at(slot) = v
	return t.store.spawn(slot)
}

func (t *Table[T]) at(slot int) *T { return &t.pages[slot/pageRows][slot%pageRows] }

// Edit returns the entity for writing and marks it touched: Commit compares
// touched entities only. The pointer is for this tick. nil: no such entity.
func (t *Table[T]) Edit(id ID) *T {
	slot, ok := t.store.find(id)
	if !ok {
		return nil
	}
	t.store.touched.set(slot)
	return t.at(slot)
}

// Get returns the entity for reading; a write through it may never reach a
// client. nil: no such entity.
func (t *Table[T]) Get(id ID) *T {
	slot, ok := t.store.find(id)
	if !ok {
		return nil
	}
	return t.at(slot)
}

// Despawn removes an entity and reports whether there was one. Its slot may be
// reused at once, its ID never (within 32,768 reuses of the slot).
func (t *Table[T]) Despawn(id ID) bool {
	if !t.store.despawn(id) {
		return false
	}
	var zero T
	*t.at(id.Slot()) = zero // let go of what it pointed to
	return true
}

// All yields the entities by ascending slot, for reading. Spawn, Edit and
// Despawn are allowed meanwhile; what is spawned meanwhile may be left out.
func (t *Table[T]) All() iter.Seq2[ID, *T] {
	return func(yield func(ID, *T) bool) {
		for i := 0; i < len(t.pages); i++ {
			for w := t.store.live[i]; w != 0; w &= w - 1 {
				slot := i*pageRows + bits.TrailingZeros64(w)
				if !t.store.live.has(slot) {
					continue // despawned by the loop's body
				}
				if !yield(makeID(slot, t.store.lastGen[slot]), t.at(slot)) {
					return
				}
			}
		}
	}
}

// Len is the number of entities.
func (t *Table[T]) Len() int { return t.store.count }
