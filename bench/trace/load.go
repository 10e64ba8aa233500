package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/bits"
	"os"
	"strings"

	"tickwire/codec/state"
)

// trace is a recorded game: docs/state-format.md, "Traces".
type trace struct {
	scenario string
	hz       int
	types    []traceType
	ticks    []traceTick
}

type traceType struct {
	name   string
	fields []state.Field
}

type traceTick struct {
	ops   []op
	views map[string][]int // viewer to the ids that it sees from now on
}

// op is small: replaying reads them all, and that is not what is measured.
type op struct {
	verb   byte // '+' spawn, '=' set, '-' remove
	field  uint8
	typ    uint16
	id     int32
	number int64 // the new value, if it is a number
	more   *more // nil if it is
}

// more is the key and all values of a spawn, or a new value that is no number.
type more struct {
	key    string
	values []value
}

const maxID = 1 << 24

// value is what the kind of its field needs.
type value struct {
	number int64
	text   string
	list   []uint32
}

type header struct {
	Scenario string
	Hz       int
	Types    []struct {
		Name   string
		Fields []struct {
			Name, Kind string
			Bits       int
			Min, Step  float64
			Pred       bool
		}
	}
}

var kinds = map[string]state.Kind{
	"q": state.Quantised, "a": state.Angle, "u": state.Uint, "i": state.Int, "b": state.Bool,
	"f": state.Float, "s": state.String, "l": state.List,
}

func load(path string) (*trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	t, err := parse(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func parse(in io.Reader) (*trace, error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	if !lines.Scan() {
		return nil, fmt.Errorf("no header: %v", lines.Err())
	}
	var h header
	if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	t := &trace{scenario: h.Scenario, hz: h.Hz}
	for _, ht := range h.Types {
		tt := traceType{name: ht.Name}
		for _, f := range ht.Fields {
			kind, ok := kinds[f.Kind]
			if !ok {
				return nil, fmt.Errorf("field %s.%s: unknown kind %q", ht.Name, f.Name, f.Kind)
			}
			tt.fields = append(tt.fields, state.Field{Name: f.Name, Kind: kind, Bits: f.Bits, Min: f.Min, Step: f.Step, Pred: f.Pred})
		}
		t.types = append(t.types, tt)
	}
	p := parser{trace: t, typeOf: map[int32]int{}}
	for lines.Scan() {
		if err := p.tick(lines.Bytes()); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(t.ticks)+2, err)
		}
	}
	t.complete()
	return t, lines.Err()
}

// parser knows which type each id has.
type parser struct {
	trace  *trace
	typeOf map[int32]int
}

func (p *parser) tick(line []byte) error {
	var raw struct {
		Ops   [][]json.RawMessage
		Views map[string][]int
	}
	if err := json.Unmarshal(line, &raw); err != nil {
		return err
	}
	tick := traceTick{views: raw.Views}
	for _, r := range raw.Ops {
		o, err := p.op(r)
		if err != nil {
			return err
		}
		tick.ops = append(tick.ops, o)
	}
	p.trace.ticks = append(p.trace.ticks, tick)
	return nil
}

func (p *parser) op(r []json.RawMessage) (o op, err error) {
	var verb string
	if err := fields(r, &verb); err != nil || verb == "" {
		return o, fmt.Errorf("op %s: %v", r, err)
	}
	o.verb = verb[0]
	switch verb {
	case "+":
		err = p.spawn(&o, r[1:])
	case "=":
		err = p.set(&o, r[1:])
	case "-":
		err = fields(r[1:], &o.id)
		o.typ = uint16(p.typeOf[o.id])
	default:
		err = fmt.Errorf("unknown op %s", r)
	}
	if err == nil && (o.id < 0 || o.id > maxID) {
		err = fmt.Errorf("id %d, limit %d", o.id, maxID)
	}
	return o, err
}

func (p *parser) spawn(o *op, r []json.RawMessage) error {
	var values []json.RawMessage
	o.more = &more{}
	if err := fields(r, &o.typ, &o.id, &o.more.key, &values); err != nil {
		return err
	}
	if int(o.typ) >= len(p.trace.types) || len(values) != len(p.trace.types[o.typ].fields) {
		return fmt.Errorf("spawn of %d: type %d with %d values", o.id, o.typ, len(values))
	}
	p.typeOf[o.id] = int(o.typ)
	for i, raw := range values {
		v, err := p.value(o, i, raw)
		if err != nil {
			return err
		}
		o.more.values = append(o.more.values, v)
	}
	return nil
}

func (p *parser) set(o *op, r []json.RawMessage) error {
	var raw json.RawMessage
	if err := fields(r, &o.id, &o.field, &raw); err != nil {
		return err
	}
	typ, ok := p.typeOf[o.id]
	if !ok || int(o.field) >= len(p.trace.types[typ].fields) {
		return fmt.Errorf("set of field %d of %d", o.field, o.id)
	}
	o.typ = uint16(typ)
	v, err := p.value(o, int(o.field), raw)
	o.number = v.number
	if p.trace.types[typ].fields[o.field].Kind == state.String || p.trace.types[typ].fields[o.field].Kind == state.List {
		o.more = &more{values: []value{v}}
	}
	return err
}

// value is the new value of a set.
func (o *op) value() value {
	if o.more == nil {
		return value{number: o.number}
	}
	return o.more.values[0]
}

func (p *parser) value(o *op, field int, raw json.RawMessage) (v value, err error) {
	switch p.trace.types[o.typ].fields[field].Kind {
	case state.String:
		err = json.Unmarshal(raw, &v.text)
	case state.List:
		err = json.Unmarshal(raw, &v.list)
	case state.Bool:
		v.number = truth(raw)
	case state.Float:
		var f float32
		err = json.Unmarshal(raw, &f)
		v.number = int64(math.Float32bits(f))
	default:
		err = json.Unmarshal(raw, &v.number)
	}
	return v, err
}

func truth(raw json.RawMessage) int64 {
	if s := string(raw); s == "true" || s == "1" {
		return 1
	}
	return 0
}

// fields reads the elements of an op.
func fields(raw []json.RawMessage, into ...any) error {
	if len(raw) < len(into) {
		return fmt.Errorf("op of %d elements", len(raw))
	}
	for i := range into {
		if err := json.Unmarshal(raw[i], into[i]); err != nil {
			return err
		}
	}
	return nil
}

// complete finds out what the header left open: widths of lists and numbers,
// lengths of strings.
func (t *trace) complete() {
	for i := range t.types {
		for j := range t.types[i].fields {
			f := &t.types[i].fields[j]
			top := t.top(i, j)
			switch f.Kind {
			case state.String:
				f.Max = max(255, int(top))
			case state.List:
				f.Max = 255
			case state.Bool:
				continue
			case state.Quantised:
				if f.Step == 0 {
					f.Step = 1
				}
			}
			if f.Bits == 0 {
				f.Bits = max(1, bits.Len64(uint64(top)))
			}
		}
	}
}

// top is the largest number, item or length of a field in the whole trace.
func (t *trace) top(typ, field int) (top int64) {
	for _, tick := range t.ticks {
		for _, o := range tick.ops {
			if int(o.typ) != typ || o.verb == '-' || o.verb == '=' && int(o.field) != field {
				continue
			}
			v := o.value()
			if o.verb == '+' {
				v = o.more.values[field]
			}
			top = max(top, v.number, int64(len(v.text)))
			for _, item := range v.list {
				top = max(top, int64(item))
			}
		}
	}
	return top
}
