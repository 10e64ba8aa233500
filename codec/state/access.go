package state

import (
	"math"
	"reflect"
	"unsafe"
)

// access reads one field of a studio's struct. Commit goes through these for
// each touched entity: reflection would cost ten times as much, so the place
// of the field is used directly. Every pointer comes from a live page of the
// table whose type the plan was made for.
type access struct {
	offset uintptr
	load   loadOp
	column uint8 // of a variable field: its place among them
	lo, hi int64 // whole numbers: saturation
	wrap   int64 // angles: 2^bits-1
	min    float64
	scale  float64 // steps per unit
	top    float64
	item   int // bytes per packed list item
	max    int // most bytes or items
}

type loadOp uint8

const (
	loadU8 loadOp = iota
	loadU16
	loadU32
	loadU64
	loadI8
	loadI16
	loadI32
	loadI64
	loadQ32 // quantised float32
	loadQ64
	loadA32 // angle in radians
	loadA64
	loadF32 // raw
	loadF64
	loadID
	loadString
	loadBytes
	loadList8
	loadList16
	loadList32
)

func planAccess(f structField) access {
	a := access{offset: f.offset, min: f.Min, lo: f.low(), hi: f.high(), max: f.Max}
	a.top = float64(a.hi)
	if f.Step > 0 {
		a.scale = 1 / f.Step
	}
	if f.Kind == Angle {
		a.wrap = a.hi
	}
	a.load = loadFor(f)
	if f.Kind == List {
		a.item = itemSize(f.Bits)
	}
	return a
}

func loadFor(f structField) loadOp {
	kind := f.goType.Kind()
	wide := loadOp(0)
	if kind == reflect.Float64 {
		wide = 1
	}
	switch {
	case f.goType == idType:
		return loadID
	case isUint(kind) || isInt(kind):
		return wholeLoad(f.goType)
	case f.Kind == Quantised:
		return loadQ32 + wide
	case f.Kind == Angle:
		return loadA32 + wide
	case f.Kind == Float:
		return loadF32 + wide
	case f.Kind == String:
		return loadString
	case f.Kind == Bytes:
		return loadBytes
	case f.Kind == List:
		return loadList8 + (wholeLoad(f.goType.Elem()) - loadU8)
	}
	return loadU8 // a bool is a byte of 0 or 1
}

func wholeLoad(t reflect.Type) loadOp {
	base := loadU8
	if isInt(t.Kind()) {
		base = loadI8
	}
	switch t.Size() {
	case 2:
		return base + 1
	case 4:
		return base + 2
	case 8:
		return base + 3
	}
	return base
}

// number is the stored integer of a numeric field of the entity at row.
func (a *access) number(row unsafe.Pointer) int32 {
	p := unsafe.Add(row, a.offset)
	var v int64
	switch a.load {
	case loadU8:
		v = int64(*(*uint8)(p))
	case loadU16:
		v = int64(*(*uint16)(p))
	case loadU32:
		v = int64(*(*uint32)(p))
	case loadU64:
		v = int64(min(*(*uint64)(p), math.MaxInt64))
	case loadI8:
		v = int64(*(*int8)(p))
	case loadI16:
		v = int64(*(*int16)(p))
	case loadI32:
		v = int64(*(*int32)(p))
	case loadI64:
		v = *(*int64)(p)
	case loadQ32:
		return a.quantise(float64(*(*float32)(p)))
	case loadQ64:
		return a.quantise(*(*float64)(p))
	case loadA32:
		return a.turn(float64(*(*float32)(p)))
	case loadA64:
		return a.turn(*(*float64)(p))
	case loadF32:
		return int32(math.Float32bits(*(*float32)(p)))
	case loadF64:
		return int32(math.Float32bits(float32(*(*float64)(p))))
	case loadID:
		return int32(*(*ID)(p) & 0xffff)
	}
	if a.wrap != 0 {
		return int32(v & a.wrap)
	}
	return int32(uint32(min(max(v, a.lo), a.hi)))
}

// quantise rounds to the grid and saturates. NaN becomes the minimum.
func (a *access) quantise(v float64) int32 {
	n := (v-a.min)*a.scale + 0.5
	if n >= a.top {
		return int32(a.hi)
	}
	if n > 0 {
		return int32(n)
	}
	return 0
}

// turn rounds radians to steps of the circle. NaN and the absurd become 0.
func (a *access) turn(radians float64) int32 {
	n := radians*a.scale + 0.5
	if n < 0 {
		n = math.Floor(n)
	}
	if n > -1<<52 && n < 1<<52 {
		return int32(int64(n) & a.wrap)
	}
	return 0
}
