package main

import (
	"slices"

	"tickwire/codec/state"
)

// game replays a trace into a world, op by op, like the rules of a match would.
type game struct {
	trace  *trace
	world  *state.World
	tables []*state.Dynamic
	ids    []entity // by id of the trace
	views  map[string]*viewer
}

type entity struct {
	typ int
	id  state.ID
}

// viewer is who sees a part of the world; sees is nil for everybody.
type viewer struct {
	name string
	view *state.View
	sees []int
}

func newGame(t *trace, learn int) *game {
	g := &game{trace: t, world: state.NewWorld(state.Options{Hz: t.hz, Learn: learn}), views: map[string]*viewer{}}
	for _, typ := range t.types {
		g.tables = append(g.tables, state.RegisterFields(g.world, typ.name, typ.fields))
	}
	g.ids = make([]entity, t.maxID()+1)
	return g
}

func (t *trace) maxID() (id int) {
	for _, tick := range t.ticks {
		for _, o := range tick.ops {
			id = max(id, int(o.id))
		}
	}
	return id
}

// viewerNames are those of the whole trace.
func (t *trace) viewerNames() (names []string) {
	for _, tick := range t.ticks {
		for name := range tick.views {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// watch adds a viewer; the name "" is everybody.
func (g *game) watch(name string) *viewer {
	v := &viewer{name: name, view: g.world.Everybody()}
	if name != "" {
		var all []state.AnyTable
		for _, t := range g.tables {
			all = append(all, t)
		}
		v.view = g.world.NewView(state.ViewOptions{Chosen: all})
		v.sees = []int{}
		g.views[name] = v
	}
	return v
}

// play does what the trace says of a tick, without closing it.
func (g *game) play(tick *traceTick) {
	for i := range tick.ops {
		o := &tick.ops[i]
		switch o.verb {
		case '+':
			e := entity{int(o.typ), g.tables[o.typ].Spawn()}
			g.ids[o.id] = e
			for f := range o.more.values {
				g.set(e, f, &o.more.values[f])
			}
		case '=':
			if e := &g.ids[o.id]; o.more == nil {
				g.tables[e.typ].Set(e.id, int(o.field), o.number)
			} else {
				g.set(*e, int(o.field), &o.more.values[0])
			}
		case '-':
			e := g.ids[o.id]
			g.tables[e.typ].Despawn(e.id)
		}
	}
	for name, ids := range tick.views {
		if v := g.views[name]; v != nil {
			g.show(v, ids)
		}
	}
	for _, v := range g.views {
		g.refresh(v, tick)
	}
}

// refresh shows again what was spawned anew under an id that a viewer sees.
func (g *game) refresh(v *viewer, tick *traceTick) {
	for i := range tick.ops {
		if o := &tick.ops[i]; o.verb == '+' && slices.Contains(v.sees, int(o.id)) {
			v.view.Show(g.tables[o.typ], g.ids[o.id].id)
		}
	}
}

func (g *game) set(e entity, field int, v *value) {
	t := g.tables[e.typ]
	switch g.trace.types[e.typ].fields[field].Kind {
	case state.String:
		t.SetText(e.id, field, v.text)
	case state.List:
		t.SetList(e.id, field, v.list)
	default:
		t.Set(e.id, field, v.number)
	}
}

// show makes ids all that a viewer sees.
func (g *game) show(v *viewer, ids []int) {
	for _, id := range v.sees {
		if !slices.Contains(ids, id) {
			e := g.ids[id]
			v.view.Hide(g.tables[e.typ], e.id)
		}
	}
	for _, id := range ids {
		if id < len(g.ids) && g.ids[id].id != 0 {
			e := g.ids[id]
			v.view.Show(g.tables[e.typ], e.id)
		}
	}
	v.sees = ids
}
