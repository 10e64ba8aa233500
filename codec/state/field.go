package state

import (
	"fmt"
	"math"
	"math/bits"
)

const (
	maxTypes      = 64
	maxFields     = 30 // masks stay within 31 bits: trivial in every language
	maxQuantised  = 24
	maxList       = 255
	maxBytes      = 1<<16 - 1
	maxName       = 64
	defaultString = 255
)

// Field describes one replicated field.
type Field struct {
	Name string
	Kind Kind
	Bits int     // width of a number or of a list's items
	Min  float64 // value of 0 (Quantised)
	Step float64 // value of 1 (Quantised, Angle)
	Pred bool    // a constant change per tick is predicted (Uint, Int, Quantised, Angle)
	Max  int     // most bytes (String, Bytes) or items (List)
	Ref  string  // type that is referred to (Ref)

	// History: the world remembers the field, see World.Rewind. Clients are not
	// told. Not for variable fields and references.
	History bool
}

// check fills what follows from the kind and reports the first mistake.
func (f *Field) check() error {
	if f.Name == "" || len(f.Name) > maxName {
		return fmt.Errorf("field %q: name must have 1 to %d bytes", f.Name, maxName)
	}
	var low, high int
	switch f.Kind {
	case Bool:
		f.Bits, low, high = 1, 1, 1
	case Uint, Int:
		low, high = 1, 32
	case Quantised:
		low, high = 1, maxQuantised
		if !(f.Step > 0) || math.IsInf(f.Step, 0) || math.IsNaN(f.Min) || math.IsInf(f.Min, 0) {
			return fmt.Errorf("field %q: step must be positive and min finite", f.Name)
		}
	case Angle:
		low, high = 2, 16
		f.Step = 2 * math.Pi / float64(uint64(1)<<f.Bits)
	case Float:
		f.Bits, low, high = 32, 32, 32
	case Ref:
		f.Bits, low, high = 16, 16, 16
	case String, Bytes:
		f.Bits, low, high = 8, 8, 8
		if f.Max < 1 || f.Max > maxBytes {
			return fmt.Errorf("field %q: max must be 1 to %d bytes", f.Name, maxBytes)
		}
	case List:
		low, high = 1, 32
		if f.Max < 1 || f.Max > maxList {
			return fmt.Errorf("field %q: max must be 1 to %d items", f.Name, maxList)
		}
	default:
		return fmt.Errorf("field %q: unknown kind %d", f.Name, f.Kind)
	}
	if f.Bits < low || f.Bits > high {
		return fmt.Errorf("field %q: %v takes %d to %d bits, not %d", f.Name, f.Kind, low, high, f.Bits)
	}
	if f.History && (f.Kind.variable() || f.Kind == Ref) {
		return fmt.Errorf("field %q: a %v has no history", f.Name, f.Kind)
	}
	if f.Pred && (!f.predictable() || f.Bits > maxQuantised) {
		return fmt.Errorf("field %q: pred needs a uint, int, q or angle of at most %d bits", f.Name, maxQuantised)
	}
	return nil
}

func (f *Field) predictable() bool {
	return f.Kind == Uint || f.Kind == Int || f.Kind == Quantised || f.Kind == Angle
}

// low and high bound the stored integer. 32-bit kinds use all of an int32.
func (f *Field) low() int64 {
	if f.Kind == Int {
		return -1 << (f.Bits - 1)
	}
	return 0
}

func (f *Field) high() int64 {
	if f.Kind == Int {
		return 1<<(f.Bits-1) - 1
	}
	return 1<<f.Bits - 1
}

// Value is the number that a stored integer of a numeric field stands for.
func (f *Field) Value(stored int32) float64 {
	switch f.Kind {
	case Quantised:
		return f.Min + float64(stored)*f.Step
	case Angle:
		return float64(stored) * f.Step
	case Float:
		return float64(math.Float32frombits(uint32(stored)))
	case Int:
		return float64(stored)
	default:
		return float64(uint32(stored))
	}
}

// bitsFor is the fewest bits that number span steps.
func bitsFor(span float64) int {
	if span <= 2 {
		return 1
	}
	return bits.Len64(uint64(math.Ceil(span)) - 1)
}
