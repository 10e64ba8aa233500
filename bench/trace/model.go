package main

import (
	"slices"

	"tickwire/codec/state"
)

// model is the trace's own idea of the world, without our encoder.
type model struct {
	trace  *trace
	values map[int][]value // by id
	typeOf map[int]int
	keys   map[int]string
	sees   map[string]map[int]bool // by viewer
}

func newModel(t *trace) *model {
	return &model{trace: t, values: map[int][]value{}, typeOf: map[int]int{}, keys: map[int]string{}, sees: map[string]map[int]bool{}}
}

func (m *model) play(tick *traceTick) {
	for i := range tick.ops {
		o := &tick.ops[i]
		id := int(o.id)
		switch o.verb {
		case '+':
			m.values[id] = slices.Clone(o.more.values)
			m.typeOf[id], m.keys[id] = int(o.typ), o.more.key
		case '=':
			m.values[id][o.field] = o.value()
		case '-':
			delete(m.values, id)
		}
	}
	for name, ids := range tick.views {
		m.sees[name] = map[int]bool{}
		for _, id := range ids {
			m.sees[name][id] = true
		}
	}
}

// expected lists what a viewer sees; "" sees all.
func (m *model) expected(viewer string) map[int]bool {
	if viewer != "" {
		return m.sees[viewer]
	}
	all := map[int]bool{}
	for id := range m.values {
		all[id] = true
	}
	return all
}

// differs reports whether a replica is not what a viewer should have.
func (m *model) differs(g *game, expected map[int]bool, r *state.Replica) bool {
	rows := make([]map[int]state.Row, len(m.trace.types))
	for typ, t := range m.trace.types {
		rows[typ] = map[int]state.Row{}
		for id, row := range r.Entities(t.name) {
			rows[typ][id.Slot()] = row
		}
	}
	for id := range expected {
		values, alive := m.values[id]
		if !alive {
			continue
		}
		typ, slot := m.typeOf[id], g.ids[id].id.Slot()
		row, ok := rows[typ][slot]
		if !ok || !same(row, m.trace.types[typ].fields, values) {
			return true
		}
		delete(rows[typ], slot)
	}
	for _, left := range rows {
		if len(left) > 0 {
			return true
		}
	}
	return false
}

func same(row state.Row, fields []state.Field, values []value) bool {
	for i, f := range fields {
		switch f.Kind {
		case state.String:
			if row.Text(i) != values[i].text {
				return false
			}
		case state.List:
			if !slices.Equal(slices.Collect(row.List(i)), values[i].list) && len(values[i].list) > 0 {
				return false
			}
		default:
			if int64(row.Stored(i)) != values[i].number && int64(uint32(row.Stored(i))) != values[i].number {
				return false
			}
		}
	}
	return true
}
