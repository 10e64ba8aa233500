package state

import (
	"math/bits"
	"unsafe"
)

// pageRows is how many entities share a page. Pages never move, so the
// pointers that Edit and Get hand out stay good.
const pageRows = 64

// cell is one field of one entity as the clients know it, or knew it: a
// changed cell is pushed into the journal and points to its former content.
type cell struct {
	v     int32
	d     int32  // change at tick last, 0 when not predicted
	last  uint32 // tick of the last change
	older uint32 // journal index of the former cell
}

// news is what a steady frame says of a changed number.
type news struct {
	u          uint32 // residual, or the bits themselves
	motionBits uint8  // of the motion that it had
}

// textCell is the same for a variable field.
type textCell struct {
	s     string
	last  uint32
	older uint32

	// source is the game's own string: as long as it is held, no other can take
	// its place in memory, and an unchanged header is an unchanged string.
	source string
}

// store is the replicated side of one table: cells, journal and what the last
// commit changed. All slices by slot are as long as there are pages for.
type store struct {
	world  *World
	index  int // place in the schema
	typ    *Type
	access []access
	column []uint8 // of variable fields: place among them
	texts  int     // variable fields per entity

	pages    []unsafe.Pointer
	rowSize  uintptr
	shadow   shadow
	live     bitset
	touched  bitset
	spawned  []uint32 // tick of the spawn
	lastGen  []uint16
	freeFrom int // no free slot below
	count    int

	population uint32 // counts spawns and despawns

	cells     []cell     // slot*fields + field
	news      []news     // the same; of the current tick where the mask says so
	textCells []textCell // slot*texts + column
	journal   ring[cell]
	textLog   ring[textCell]
	scratch   []byte

	gone    bitset       // despawned since the last commit
	born    bitset       // spawned at the current tick
	changed bitset       // older entities changed at the current tick
	mask    []uint32     // which of their fields
	changes ring[uint16] // slots born or changed, tick by tick

	// Entities with predicted fields that moved, and which, at the current
	// tick and at the one before.
	moving, wasMoving bitset
	motion, wasMotion []uint32

	fields    []fieldPlan
	predicted uint32 // mask of the predicted fields

	fragments fragments
	past      history
	owners    []Owner           // by slot, of a private table
	owned     map[Owner]*bitset // slots; nil for a public table
	grids     []*grid
}

func newStore(w *World, typ *Type, fields []structField, rowSize uintptr) *store {
	s := &store{world: w, index: len(w.stores), typ: typ, rowSize: rowSize}
	for i, f := range fields {
		a := planAccess(f)
		if f.Kind.variable() {
			a.column = uint8(s.texts)
			s.texts++
		}
		s.access = append(s.access, a)
		s.column = append(s.column, a.column)
		s.fields = append(s.fields, planField(&typ.Fields[i]))
		s.shadow.field(i, f, rowSize)
		if f.Pred {
			s.predicted |= 1 << i
		}
		if f.History {
			s.past.fields = append(s.past.fields, i)
		}
	}
	return s
}

func (s *store) row(slot int) unsafe.Pointer {
	return unsafe.Add(s.pages[slot/pageRows], uintptr(slot%pageRows)*s.rowSize)
}

func (s *store) find(id ID) (slot int, ok bool) {
	slot = id.Slot()
	return slot, slot >= 0 && s.live.has(slot) && s.lastGen[slot] == id.generation()
}

// addPage makes room for pageRows more entities.
func (s *store) addPage(page unsafe.Pointer) {
	s.pages = append(s.pages, page)
	n := len(s.pages)
	s.live, s.touched = s.live.resized(n), s.touched.resized(n)
	s.gone, s.born, s.changed = s.gone.resized(n), s.born.resized(n), s.changed.resized(n)
	s.moving, s.wasMoving = s.moving.resized(n), s.wasMoving.resized(n)
	slots := n * pageRows
	s.spawned = append(s.spawned, make([]uint32, pageRows)...)
	s.lastGen = append(s.lastGen, make([]uint16, pageRows)...)
	s.mask = append(s.mask, make([]uint32, pageRows)...)
	s.motion = append(s.motion, make([]uint32, pageRows)...)
	s.wasMotion = append(s.wasMotion, make([]uint32, pageRows)...)
	s.cells = append(s.cells, make([]cell, pageRows*len(s.access))...)
	s.news = append(s.news, make([]news, pageRows*len(s.access))...)
	s.shadow.grow(slots)
	s.textCells = append(s.textCells, make([]textCell, slots*s.texts-len(s.textCells))...)
}

// freeSlot is the lowest free one: low slots make small gaps.
func (s *store) freeSlot() int {
	for i := s.freeFrom / 64; i < len(s.live); i++ {
		if free := ^s.live[i]; free != 0 {
			return i*64 + bits.TrailingZeros64(free)
		}
	}
	return len(s.pages) * pageRows
}

// spawn takes a slot that has a page.
func (s *store) spawn(slot int) ID {
	s.freeFrom = slot + 1
	s.count++
	s.population++
	s.live.set(slot)
	s.touched.set(slot)
	s.lastGen[slot]++
	s.spawned[slot] = s.world.tick + 1
	return makeID(slot, s.lastGen[slot])
}

func (s *store) despawn(id ID) bool {
	slot, ok := s.find(id)
	if !ok {
		return false
	}
	s.live.unset(slot)
	s.touched.unset(slot)
	s.gone.set(slot)
	if s.owned != nil {
		s.disown(slot)
	}
	s.lastGen[slot]++
	s.freeFrom = min(s.freeFrom, slot)
	s.count--
	s.population++
	return true
}
