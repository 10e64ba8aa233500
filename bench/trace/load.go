package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
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

type op struct {
	verb   byte // '+' spawn, '=' set, '-' remove
	typ    int
	id     int
	key    string
	field  int
	number int64   // the new value, if it is a number
	values []value // of all fields, or the new one
}

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
	"s": state.String, "l": state.List,
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
	p := parser{trace: t, typeOf: map[int]int{}}
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
	typeOf map[int]int
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
	if err := fields(r[:1], &verb); err != nil || verb == "" {
		return o, fmt.Errorf("op %s: %v", r, err)
	}
	o.verb = verb[0]
	switch {
	case verb == "+" && len(r) == 5:
		var values []json.RawMessage
		if err := fields(r[1:], &o.typ, &o.id, &o.key, &values); err != nil {
			return o, err
		}
		if o.typ < 0 || o.typ >= len(p.trace.types) || len(values) != len(p.trace.types[o.typ].fields) {
			return o, fmt.Errorf("spawn of %d: type %d with %d values", o.id, o.typ, len(values))
		}
		p.typeOf[o.id] = o.typ
		for i, v := range values {
			if err := p.value(&o, i, v); err != nil {
				return o, err
			}
		}
	case verb == "=" && len(r) == 4:
		if err := fields(r[1:3], &o.id, &o.field); err != nil {
			return o, err
		}
		typ, ok := p.typeOf[o.id]
		if !ok || o.field < 0 || o.field >= len(p.trace.types[typ].fields) {
			return o, fmt.Errorf("set of field %d of %d", o.field, o.id)
		}
		o.typ = typ
		return o, p.value(&o, o.field, r[3])
	case verb == "-" && len(r) == 2:
		err = fields(r[1:], &o.id)
		o.typ = p.typeOf[o.id]
	default:
		err = fmt.Errorf("unknown op %s", r)
	}
	return o, err
}

func (p *parser) value(o *op, field int, raw json.RawMessage) (err error) {
	var v value
	switch p.trace.types[o.typ].fields[field].Kind {
	case state.String:
		err = json.Unmarshal(raw, &v.text)
	case state.List:
		err = json.Unmarshal(raw, &v.list)
	case state.Bool:
		v.number = truth(raw)
	default:
		err = json.Unmarshal(raw, &v.number)
	}
	o.number = v.number
	o.values = append(o.values, v)
	return err
}

func truth(raw json.RawMessage) int64 {
	if s := string(raw); s == "true" || s == "1" {
		return 1
	}
	return 0
}

func fields(raw []json.RawMessage, into ...any) error {
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
			if o.typ != typ || o.verb == '-' || o.verb == '=' && o.field != field {
				continue
			}
			v := o.values[0]
			if o.verb == '+' {
				v = o.values[field]
			}
			top = max(top, v.number, int64(len(v.text)))
			for _, item := range v.list {
				top = max(top, int64(item))
			}
		}
	}
	return top
}
