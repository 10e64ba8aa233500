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
	for _, o := range tick.ops {
		switch o.verb {
		case '+':
			m.values[o.id] = slices.Clone(o.values)
			m.typeOf[o.id], m.keys[o.id] = o.typ, o.key
		case '=':
			m.values[o.id][o.field] = o.values[0]
		case '-':
			delete(m.values, o.id)
		}
	}
	for name, ids := range tick.views {
		m.sees[name] = map[int]bool{}
		for _, id := range ids {
			m.sees[name][id] = true
		}
	}
}

// visible reports whether a viewer sees an entity; "" sees all.
func (m *model) visible(viewer string, id int) bool {
	return viewer == "" || m.sees[viewer][id]
}

// count is how many entities of a type a viewer sees.
func (m *model) count(viewer string, typ int) (n int) {
	for id := range m.values {
		if m.typeOf[id] == typ && m.visible(viewer, id) {
			n++
		}
	}
	return n
}

// differs reports whether a replica is not what a viewer should have.
func (m *model) differs(g *game, viewer string, r *state.Replica) bool {
	found := 0
	for typ, t := range m.trace.types {
		if r.Len(t.name) != m.count(viewer, typ) {
			return true
		}
		bySlot := map[int]state.Row{}
		for id, row := range r.Entities(t.name) {
			bySlot[id.Slot()] = row
		}
		for id, values := range m.values {
			if m.typeOf[id] != typ || !m.visible(viewer, id) {
				continue
			}
			row, ok := bySlot[g.ids[id].id.Slot()]
			if !ok || !same(row, t.fields, values) {
				return true
			}
			found++
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
