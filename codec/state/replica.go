package state

import (
	"errors"
	"fmt"
	"iter"
)

// Errors of [Replica.Apply]. After any, only a keyframe is taken: ask for one.
var (
	ErrBaseline  = errors.New("state: frame does not follow the replica's tick")
	ErrMalformed = errors.New("state: malformed frame")
	ErrDiverged  = errors.New("state: replica differs from the world")
)

// Replica is a world as a client knows it. Frames may be hostile: Apply checks
// everything and its memory is bounded by the entities that frames paid for.
type Replica struct {
	schema *Schema
	book   *codebook
	tick   uint32
	synced bool
	form   Form // of the last frame: only a keyframe may change it
	types  []*replicaType
}

// replicaType holds the entities of one type in dense rows, found by slot.
type replicaType struct {
	typ    *Type
	fields []fieldPlan
	live   bitset
	rowOf  []uint32 // by slot; meaningful where live
	free   []uint32
	column []uint8
	texts  int
	count  int

	moving    bitset // some predicted field moved in the last frame
	wasMoving bitset // the same of the frame before, while one is applied
	fresh     bitset // added by the frame that is applied

	cells []replicaCell // row*fields + field
	text  []string      // row*texts + column
}

// replicaCell is a numeric value and its motion, good while last is the
// replica's tick.
type replicaCell struct {
	v, d int32
	last uint32
}

// NewReplica makes an empty replica from the schema that a server sent.
func NewReplica(schema []byte) (*Replica, error) {
	s, err := parseSchema(schema)
	if err != nil {
		return nil, fmt.Errorf("state: read schema: %w", err)
	}
	r := &Replica{schema: s, book: s.book}
	for i := range s.Types {
		r.types = append(r.types, newReplicaType(&s.Types[i]))
	}
	return r, nil
}

func newReplicaType(t *Type) *replicaType {
	rt := &replicaType{typ: t}
	for _, f := range t.Fields {
		rt.fields = append(rt.fields, planField(&f))
		rt.column = append(rt.column, uint8(rt.texts))
		if f.Kind.variable() {
			rt.texts++
		}
	}
	return rt
}

// Schema is the server's.
func (r *Replica) Schema() *Schema { return r.schema }

// Tick is that of the last applied frame.
func (r *Replica) Tick() uint32 { return r.tick }

// Synced reports whether the replica holds a state: a keyframe came, and no
// broken frame since.
func (r *Replica) Synced() bool { return r.synced }

// Apply takes the next frame, of either form. The frame is not kept. On an
// error the state is not to be trusted until a keyframe was applied.
func (r *Replica) Apply(frame []byte) error {
	err := r.apply(frame)
	r.synced = err == nil
	return err
}

// apply tells the forms apart: M-form starts with the header of an array.
func (r *Replica) apply(frame []byte) error {
	switch {
	case len(frame) == 0:
		return fmt.Errorf("%w: empty", ErrMalformed)
	case frame[0] >= 0x90:
		r.take(MForm)
		return r.applyM(frame)
	}
	r.take(BForm)
	return r.applyB(frame)
}

// take notes the form of a frame. M-form does not tell of motion, so that a
// B-frame that follows would be misread.
func (r *Replica) take(form Form) {
	r.synced = r.synced && r.form == form
	r.form = form
}

// Learn takes a new epoch of tables, which the server announces before the
// first frame that needs it.
func (r *Replica) Learn(tables []byte) error {
	book, err := parseTables(tables, r.schema.Types)
	if err != nil {
		return fmt.Errorf("state: read tables: %w", err)
	}
	r.book = book
	return nil
}

// Epoch is that of the tables that the replica reads with.
func (r *Replica) Epoch() uint32 { return r.book.epoch }

// begin checks a frame's head against the replica and moves it on.
func (r *Replica) begin(c class, base, tick uint32) error {
	switch {
	case c == keyframe:
		for _, t := range r.types {
			t.clear()
		}
	case c != steady && c != coalesced:
		return fmt.Errorf("%w: class %d", ErrMalformed, c)
	case !r.synced || base != r.tick:
		return ErrBaseline
	case c == steady && tick != base+1, tick-base == 0, tick-base > reach:
		return fmt.Errorf("%w: ticks %d to %d", ErrMalformed, base, tick)
	}
	r.tick = tick
	return nil
}

// compare checks the CRC that a frame carried.
func (r *Replica) compare(checked bool, want uint32) error {
	if checked && r.CRC() != want {
		return ErrDiverged
	}
	return nil
}

// Entities yields slot and row of each entity of a type by ascending slot.
func (r *Replica) Entities(typeName string) iter.Seq2[ID, Row] {
	return func(yield func(ID, Row) bool) {
		for _, t := range r.types {
			if t.typ.Name != typeName {
				continue
			}
			for slot := range t.live.all() {
				if !yield(makeID(slot, 0), t.rowAt(slot)) {
					return
				}
			}
		}
	}
}

// Len is the number of entities of a type.
func (r *Replica) Len(typeName string) int {
	for _, t := range r.types {
		if t.typ.Name == typeName {
			return t.count
		}
	}
	return 0
}

// Row reads one entity of a replica; it is good until the next Apply.
type Row struct {
	t   *replicaType
	row int
}

func (t *replicaType) rowAt(slot int) Row { return Row{t, int(t.rowOf[slot])} }

// Type describes the entity's fields.
func (r Row) Type() *Type { return r.t.typ }

// Stored is the integer that a numeric field travels as.
func (r Row) Stored(field int) int32 { return r.t.cells[r.row*len(r.t.column)+field].v }

// Number is the value of a numeric field.
func (r Row) Number(field int) float64 { return r.t.typ.Fields[field].Value(r.Stored(field)) }

// Ref is the entity that a Ref field names.
func (r Row) Ref(field int) ID { return ID(r.Stored(field)) }

// Text is the value of a String or Bytes field.
func (r Row) Text(field int) string {
	return r.t.text[r.row*r.t.texts+int(r.t.column[field])]
}

// List yields the items of a List field.
func (r Row) List(field int) iter.Seq[uint32] {
	packed, size := r.Text(field), itemSize(r.t.typ.Fields[field].Bits)
	return func(yield func(uint32) bool) {
		for i := range len(packed) / size {
			if !yield(itemAt(packed, size, i)) {
				return
			}
		}
	}
}

func (t *replicaType) clear() {
	clear(t.live)
	clear(t.moving)
	t.free = t.free[:0]
	t.cells, t.text = t.cells[:0], t.text[:0]
	t.count = 0
}

// add makes an empty entity at slot, instead of what was there.
func (t *replicaType) add(slot int) (row int) {
	t.remove(slot)
	for len(t.rowOf) <= slot {
		t.rowOf = append(t.rowOf, 0)
	}
	t.live = t.live.resized(slot>>6 + 1)
	if n := len(t.free); n > 0 {
		row = int(t.free[n-1])
		t.free = t.free[:n-1]
	} else {
		row = len(t.cells) / len(t.column)
		t.cells = append(t.cells, make([]replicaCell, len(t.column))...)
		t.text = append(t.text, make([]string, t.texts)...)
	}
	t.rowOf[slot] = uint32(row)
	t.live.set(slot)
	t.count++
	return row
}

// remove of an empty slot does nothing.
func (t *replicaType) remove(slot int) {
	if !t.live.has(slot) {
		return
	}
	row := int(t.rowOf[slot])
	clear(t.text[row*t.texts : (row+1)*t.texts])
	t.free = append(t.free, uint32(row))
	t.live.unset(slot)
	t.count--
}

func (t *replicaType) entity(row int) []replicaCell {
	n := len(t.column)
	return t.cells[row*n : row*n+n]
}

func (t *replicaType) textAt(row, field int) *string {
	return &t.text[row*t.texts+int(t.column[field])]
}
