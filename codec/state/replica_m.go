package state

import (
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// applyM applies an M-form frame: [class, tick, base, [[type, removed, added,
// changed]…]], and perhaps a CRC. Surplus elements are for newer readers.
func (r *Replica) applyM(frame []byte) error {
	in := &reader{b: frame}
	elements := in.array()
	c := class(in.integerIn(0, 255))
	tick, base := in.uint32(), in.uint32()
	types := in.array()
	if in.bad || elements < 4 {
		return fmt.Errorf("%w: head", ErrMalformed)
	}
	if err := r.begin(c, base, tick); err != nil {
		return err
	}
	next := 0 // types come in ascending order
	for ; types > 0; types-- {
		if in.array() != 4 {
			in.fail()
		}
		i := int(in.integerIn(int64(next), int64(len(r.types)-1)))
		if in.bad {
			return fmt.Errorf("%w: type", ErrMalformed)
		}
		next = i + 1
		r.types[i].applyM(in, tick)
		if in.bad {
			return fmt.Errorf("%w: entities of type %q", ErrMalformed, r.types[i].typ.Name)
		}
	}
	checked, want := elements > 4, uint32(0)
	if checked {
		want = in.uint32()
	}
	for ; elements > 5 && !in.bad; elements-- {
		in.skip(0)
	}
	if in.bad || len(in.b) > 0 {
		return fmt.Errorf("%w: tail", ErrMalformed)
	}
	return r.compare(checked, want)
}

func (t *replicaType) applyM(in *reader, tick uint32) {
	for n := in.array(); n > 0 && !in.bad; n-- {
		t.remove(int(in.integerIn(0, maxSlots-1)))
	}
	for n := in.array(); n > 0 && !in.bad; n-- {
		if in.array() != 1+len(t.column) {
			in.fail()
		}
		slot := int(in.integerIn(0, maxSlots-1))
		if in.bad {
			return
		}
		row := t.add(slot)
		for f := range t.column {
			t.readM(in, row, f, tick)
		}
	}
	for n := in.array(); n > 0 && !in.bad; {
		n -= 2 + t.changeM(in, tick)
		if n < 0 {
			in.fail()
		}
	}
}

// changeM reads slot, mask and values and returns the number of values.
func (t *replicaType) changeM(in *reader, tick uint32) int {
	slot := int(in.integerIn(0, maxSlots-1))
	mask := uint32(in.integerIn(1, 1<<len(t.column)-1))
	if in.bad || !t.live.has(slot) {
		in.fail()
		return 0
	}
	row := int(t.rowOf[slot])
	for m := mask; m != 0 && !in.bad; m &= m - 1 {
		t.readM(in, row, bits.TrailingZeros32(m), tick)
	}
	return bits.OnesCount32(mask)
}

func (t *replicaType) readM(in *reader, row, field int, tick uint32) {
	f := &t.typ.Fields[field]
	switch f.Kind {
	case String:
		s := in.str()
		if len(s) > f.Max || !utf8.Valid(s) {
			in.fail()
			return
		}
		*t.textAt(row, field) = string(s)
	case Bytes:
		b := in.bin()
		if len(b) > f.Max {
			in.fail()
			return
		}
		*t.textAt(row, field) = string(b)
	case List:
		*t.textAt(row, field) = readListM(in, f)
	case Float:
		t.entity(row)[field] = replicaCell{v: int32(in.float32bits()), last: tick}
	case Angle: // a turn less is the same
		v := in.integerIn(f.low()-f.high()-1, f.high()) & f.high()
		t.entity(row)[field] = replicaCell{v: int32(v), last: tick}
	default:
		v := int32(uint32(in.integerIn(f.low(), f.high())))
		t.entity(row)[field] = replicaCell{v: v, last: tick}
	}
}

func readListM(in *reader, f *Field) string {
	n, size := in.array(), itemSize(f.Bits)
	if n > f.Max {
		in.fail()
		return ""
	}
	var packed [4 * maxList]byte
	p := packed[:0]
	for range n {
		p = appendItem(p, size, uint32(in.integerIn(0, f.high())))
	}
	return string(p)
}
