package state

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// structField is a replicated field and where it lies in the studio's struct.
type structField struct {
	Field
	goType reflect.Type
	offset uintptr
}

var idType = reflect.TypeFor[ID]()

// structFields reads the sync tags of a struct type, embedded structs included.
func structFields(t reflect.Type) ([]structField, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%v is not a struct", t)
	}
	var fields []structField
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged := sf.Tag.Lookup("sync")
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct && !tagged {
			inner, err := structFields(sf.Type)
			if err != nil {
				return nil, err
			}
			for _, f := range inner {
				f.offset += sf.Offset
				fields = append(fields, f)
			}
			continue
		}
		if !tagged || tag == "-" {
			continue
		}
		f, err := parseTag(sf, tag)
		if err != nil {
			return nil, fmt.Errorf("%v.%s: %w", t, sf.Name, err)
		}
		fields = append(fields, structField{Field: f, goType: sf.Type, offset: sf.Offset})
	}
	return fields, nil
}

// tagOptions are the words of one sync tag.
type tagOptions struct {
	name, ref         string
	min, max, step    float64
	hasMax            bool
	bits              int
	pred, angle, list bool
	history           bool
}

func parseTag(sf reflect.StructField, tag string) (Field, error) {
	o, err := parseOptions(tag)
	if err != nil {
		return Field{}, err
	}
	f := Field{Name: o.name, Bits: o.bits, Pred: o.pred, Ref: o.ref, History: o.history}
	if f.Name == "" {
		f.Name = wireName(sf.Name)
	}
	switch kind := sf.Type.Kind(); {
	case sf.Type == idType || o.ref != "":
		if sf.Type != idType || o.ref == "" {
			return f, fmt.Errorf("a reference is a state.ID with ref=Type")
		}
		f.Kind = Ref
	case o.angle:
		f.Kind = Angle
		if !isFloat(kind) && !isUint(kind) && !isInt(kind) {
			return f, fmt.Errorf("an angle is a float in radians or an integer in steps, not %v", sf.Type)
		}
	case kind == reflect.Bool:
		f.Kind = Bool
	case isUint(kind) || isInt(kind):
		wholeNumber(&f, o, sf.Type)
	case isFloat(kind):
		floatNumber(&f, o)
	case kind == reflect.String:
		f.Kind = String
		f.Max = o.maxOr(defaultString)
	case kind == reflect.Slice && isUint(sf.Type.Elem().Kind()) && sf.Type.Elem().Size() <= 4:
		sliceField(&f, o, sf.Type.Elem())
	default:
		return f, fmt.Errorf("cannot replicate a %v", sf.Type)
	}
	return f, f.check()
}

func wholeNumber(f *Field, o tagOptions, t reflect.Type) {
	f.Kind = Uint
	if isInt(t.Kind()) {
		f.Kind = Int
		if o.hasMax && o.min >= 0 {
			f.Kind = Uint // a Go int that is never negative
		}
	}
	switch {
	case f.Bits != 0:
	case o.hasMax && f.Kind == Uint:
		f.Bits = bitsFor(o.max + 1)
	case o.hasMax:
		f.Bits = bitsFor(max(o.max+1, -o.min)) + 1
	default:
		f.Bits = min(32, t.Bits())
	}
}

func floatNumber(f *Field, o tagOptions) {
	if !o.hasMax && o.step == 0 && f.Bits == 0 {
		f.Kind = Float
		return
	}
	f.Kind, f.Min, f.Step = Quantised, o.min, o.step
	if f.Step == 0 && o.hasMax && f.Bits > 0 {
		f.Step = (o.max - o.min) / float64(uint64(1)<<min(f.Bits, 63)-1)
	}
	if f.Bits == 0 && o.hasMax && f.Step > 0 {
		f.Bits = bitsFor((o.max - o.min) / f.Step)
	}
}

func sliceField(f *Field, o tagOptions, elem reflect.Type) {
	if elem.Kind() == reflect.Uint8 && !o.list {
		f.Kind = Bytes
		f.Max = o.maxOr(defaultString)
		return
	}
	f.Kind = List
	f.Max = o.maxOr(maxList)
	if f.Bits == 0 {
		f.Bits = elem.Bits()
	}
}

func (o tagOptions) maxOr(standard int) int {
	if o.hasMax {
		return int(o.max)
	}
	return standard
}

func parseOptions(tag string) (o tagOptions, err error) {
	for word := range strings.SplitSeq(tag, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(word), "=")
		switch key {
		case "":
		case "name":
			o.name = value
		case "ref":
			o.ref = value
		case "pred":
			o.pred = true
		case "angle":
			o.angle = true
		case "list":
			o.list = true
		case "history":
			o.history = true
		case "bits":
			o.bits, err = strconv.Atoi(value)
		case "min":
			o.min, err = strconv.ParseFloat(value, 64)
		case "step":
			o.step, err = strconv.ParseFloat(value, 64)
		case "max":
			o.hasMax = true
			o.max, err = strconv.ParseFloat(value, 64)
		default:
			err = fmt.Errorf("unknown word %q", key)
		}
		if err != nil {
			return o, fmt.Errorf("sync tag %q: %w", tag, err)
		}
	}
	return o, nil
}

// wireName lowers the first word of a Go name: X x, HP hp, HPMax hpMax.
func wireName(name string) string {
	r := []rune(name)
	for i := range r {
		startsWord := i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1])
		if !unicode.IsUpper(r[i]) || startsWord {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}

func isFloat(k reflect.Kind) bool { return k == reflect.Float32 || k == reflect.Float64 }
func isUint(k reflect.Kind) bool  { return k >= reflect.Uint && k <= reflect.Uint64 }
func isInt(k reflect.Kind) bool   { return k >= reflect.Int && k <= reflect.Int64 }
