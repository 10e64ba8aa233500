package state

import (
	"iter"
	"math"
	"math/bits"
	"unsafe"
)

// history keeps what the fields tagged "history" of a table were at the last
// ticks, each tick complete: any of them is read without walking through the
// others, and what has been despawned since is still there.
type history struct {
	fields []int // which
	ticks  []pastTick
}

// pastTick is one tick.
type pastTick struct {
	tick   uint32
	live   bitset
	gens   []uint16
	values []int32 // slot*len(fields) + place in fields
}

// defaultHistory is how far back, in seconds, a history reaches.
const defaultHistory = 0.5

func (w *World) historyTicks() int {
	ticks := w.history
	if ticks == 0 {
		ticks = int(math.Ceil(defaultHistory * float64(w.schema.Hz)))
	}
	return min(max(ticks, 1), maxHistory) + 2 // both ends of the way to the oldest
}

const maxHistory = 1024

// record keeps the tick that was just closed.
func (h *history) record(s *store, tick uint32) {
	if h.ticks == nil {
		h.ticks = make([]pastTick, s.world.historyTicks())
	}
	n := len(h.fields)
	p := &h.ticks[tick%uint32(len(h.ticks))]
	p.tick = tick
	p.live = p.live.resized(len(s.live))
	copy(p.live, s.live)
	if slots := len(s.live) * 64; len(p.gens) < slots {
		p.gens = append(p.gens, make([]uint16, slots-len(p.gens))...)
		p.values = append(p.values, make([]int32, slots*n-len(p.values))...)
	}
	copy(p.gens, s.lastGen)
	for i, w := range s.live {
		for ; w != 0; w &= w - 1 {
			slot := i<<6 + bits.TrailingZeros64(w)
			cells := s.entity(slot)
			for j, f := range h.fields {
				p.values[slot*n+j] = cells[f].v
			}
		}
	}
}

// at is the tick, if it is kept.
func (h *history) at(tick uint32) *pastTick {
	if len(h.ticks) == 0 {
		return nil
	}
	if p := &h.ticks[tick%uint32(len(h.ticks))]; p.tick == tick && p.live != nil {
		return p
	}
	return nil
}

// Past is a moment that a world remembers: what the fields tagged "history"
// were then. It is read only, and good until the next Commit.
type Past struct {
	tick uint32
	part float64 // of the way to the next tick, 0 ≤ part < 1
}

// View is the moment, in ticks.
func (p Past) View() float64 { return float64(p.tick) + p.part }

// Rewind returns the moment that a player saw, in ticks with a fraction: what
// lies between two ticks is what a client shows there: quantised numbers and
// floats on a straight line, angles the short way round, others as they were at
// the earlier tick, and so is all of an entity that has jumped. A moment later
// than the last closed tick, or earlier than what is remembered, becomes the
// nearest that is. How far back a world remembers is said by [Options.History].
func (w *World) Rewind(view float64) Past {
	newest := w.tick
	oldest := newest - min(uint32(w.historyTicks()-2), newest-w.start)
	switch {
	case !(view > float64(oldest)): // NaN, too
		return Past{tick: oldest}
	case view >= float64(newest):
		return Past{tick: newest}
	}
	tick := math.Floor(view)
	return Past{uint32(tick), view - tick}
}

// At returns an entity as it was: fields tagged "history" as a player saw them
// then, the others as they are now, or zero if the entity has been despawned
// since. false: it was not there.
func (t *Table[T]) At(p Past, id ID) (v T, ok bool) {
	slot := id.Slot()
	from, to := t.store.pastOf(p, slot)
	if from == nil || from.gens[slot] != id.generation() {
		return v, false
	}
	t.read(&v, p, from, to, slot)
	return v, true
}

// AllAt yields the entities that were there, by ascending slot, as At does.
// Edit finds nothing for one that has been despawned since.
func (t *Table[T]) AllAt(p Past) iter.Seq2[ID, T] {
	return func(yield func(ID, T) bool) {
		from := t.store.past.at(p.tick)
		if from == nil {
			return
		}
		for i, w := range from.live {
			for ; w != 0; w &= w - 1 {
				slot := i<<6 + bits.TrailingZeros64(w)
				_, to := t.store.pastOf(p, slot)
				var v T
				t.read(&v, p, from, to, slot)
				if !yield(makeID(slot, from.gens[slot]), v) {
					return
				}
			}
		}
	}
}

func (t *Table[T]) read(v *T, p Past, from, to *pastTick, slot int) {
	s := t.store
	if s.live.has(slot) && s.lastGen[slot] == from.gens[slot] {
		*v = *t.at(slot)
	}
	n := len(s.past.fields)
	was, next := from.values[slot*n:slot*n+n], []int32(nil)
	if to != nil && !s.jumped(was, to.values[slot*n:slot*n+n]) {
		next = to.values[slot*n : slot*n+n]
	}
	for j, f := range s.past.fields {
		field, value := &s.typ.Fields[f], was[j]
		if next == nil || !field.smooth() {
			s.access[f].putStored(unsafe.Pointer(v), field, value)
			continue
		}
		s.access[f].put(unsafe.Pointer(v), field, s.fields[f].between(field, value, next[j], p.part))
	}
}

// jumped tells whether an entity moved farther within a tick than anything that
// moves does. Clients decide the same.
func (s *store) jumped(from, to []int32) bool {
	for j, f := range s.past.fields {
		field := &s.typ.Fields[f]
		if jump := field.teleport(); field.Kind == Quantised && (to[j]-from[j] >= jump || from[j]-to[j] >= jump) {
			return true
		}
	}
	return false
}

// smooth fields are shown at values between those of two ticks.
func (f *Field) smooth() bool { return f.Kind == Quantised || f.Kind == Angle || f.Kind == Float }

// pastOf returns the ticks around a moment of an entity: from is nil when it was
// not there, to when it is not on a way between two.
func (s *store) pastOf(p Past, slot int) (from, to *pastTick) {
	from = s.past.at(p.tick)
	if from == nil || slot < 0 || !from.live.has(slot) {
		return nil, nil
	}
	if p.part == 0 {
		return from, nil
	}
	to = s.past.at(p.tick + 1)
	if to == nil || !to.live.has(slot) || to.gens[slot] != from.gens[slot] {
		return from, nil
	}
	return from, to
}

// between is the stored value on the way from one tick to the next, for a Float
// the value itself.
func (p *fieldPlan) between(f *Field, from, to int32, part float64) float64 {
	if f.Kind == Float {
		v := f.Value(from)
		return v + (f.Value(to)-v)*part
	}
	d := to - from
	if p.wrap {
		d = p.wrapped(d)
	}
	return float64(from) + float64(d)*part
}

// putStored writes a stored value into the field of the entity at row. It is the
// inverse of number.
func (a *access) putStored(row unsafe.Pointer, f *Field, stored int32) {
	if f.Kind == Float {
		a.put(row, f, f.Value(stored))
		return
	}
	a.put(row, f, float64(stored))
}

// put is putStored for what between returns.
func (a *access) put(row unsafe.Pointer, f *Field, v float64) {
	p := unsafe.Add(row, a.offset)
	switch a.load {
	case loadQ32:
		*(*float32)(p) = float32(f.Min + v*f.Step)
	case loadQ64:
		*(*float64)(p) = f.Min + v*f.Step
	case loadA32:
		*(*float32)(p) = float32(v * f.Step)
	case loadA64:
		*(*float64)(p) = v * f.Step
	case loadF32:
		*(*float32)(p) = float32(v)
	case loadF64:
		*(*float64)(p) = v
	default:
		a.putWhole(p, f, int64(math.Floor(v+0.5)))
	}
}

func (a *access) putWhole(p unsafe.Pointer, f *Field, v int64) {
	if a.wrap != 0 {
		v &= a.wrap
	}
	if f.Kind == Uint && f.Bits == 32 {
		v = int64(uint32(v))
	}
	switch a.load {
	case loadU8, loadI8: // a bool is a byte, too
		*(*uint8)(p) = uint8(v)
	case loadU16, loadI16:
		*(*uint16)(p) = uint16(v)
	case loadU32, loadI32:
		*(*uint32)(p) = uint32(v)
	case loadU64, loadI64:
		*(*uint64)(p) = uint64(v)
	}
}
