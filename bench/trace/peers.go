package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"tickwire/codec/state"
)

// What people send instead: the world as {type: {key: {field: value}}}, whole
// in each tick or as what changed. Values are what a game would send, so a
// quantised number is its value and not its place on the grid.

type (
	tree   = map[string]branch
	branch = map[string]leaf
	leaf   = map[string]any
)

// peer is one way to send it.
type peer struct {
	delta     bool
	marshal   func(any) ([]byte, error)
	unmarshal func([]byte, any) error
}

var peers = map[string]peer{
	"json":    {false, json.Marshal, json.Unmarshal},
	"patch":   {true, json.Marshal, json.Unmarshal}, // JSON merge patch, RFC 7396
	"msgpack": {true, marshalCompact, msgpack.Unmarshal},
}

// marshalCompact writes whole numbers as short as they are.
func marshalCompact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	e.UseCompactInts(true)
	e.UseCompactFloats(true)
	err := e.Encode(v)
	return b.Bytes(), err
}

// comparePeer measures one of them.
func comparePeer(t *trace, p peer, o options, res *result) error {
	m := newModel(t)
	mirrors := map[int]any{0: nil, 3: nil, 8: nil, 20: nil} // decoded state, by period
	sizes := map[int][]int{}
	befores := map[int]tree{}
	var fields, ticks int
	var spent time.Duration
	var mallocs uint64
	for i := range t.ticks {
		tick := &t.ticks[i]
		m.play(tick)
		world := m.tree(o.viewer)
		ticks++
		fields += tick.changes()
		for period := range mirrors {
			if i%max(period, 1) != 0 {
				continue
			}
			allocs, start := mallocCount(), time.Now()
			var message any = world
			if p.delta && i > 0 {
				message = patch(befores[period], world)
			}
			b, err := p.marshal(message)
			if err != nil {
				return err
			}
			if period == 0 {
				spent += time.Since(start)
				mallocs += mallocCount() - allocs
			}
			if mirrors[period], err = receive(p, mirrors[period], b); err != nil {
				return fmt.Errorf("tick %d: %w", i, err)
			}
			res.Frames++
			if !p.equal(mirrors[period], world) {
				res.Mismatches++
			}
			befores[period] = world
			switch {
			case i == 0 && period == 0:
				res.KeyframeBytes = float64(len(b))
			case i > 0 && !tick.quiet():
				sizes[period] = append(sizes[period], len(b))
			}
		}
	}
	res.MeanBytes, res.P99Bytes = mean(sizes[0]), percentile(sizes[0], 0.99)
	res.Coalesced3, res.Coalesced8, res.Coalesced20 = mean(sizes[3]), mean(sizes[8]), mean(sizes[20])
	res.NsPerField = float64(spent.Nanoseconds()) / float64(max(1, fields))
	res.AllocsPerTick = float64(mallocs) / float64(max(1, ticks))
	return nil
}

// tree is the world as a game without our library would hold it.
func (m *model) tree(viewer string) tree {
	world := tree{}
	if viewer == "all" {
		viewer = ""
	}
	for id := range m.expected(viewer) {
		values, alive := m.values[id]
		if !alive {
			continue
		}
		typ := &m.trace.types[m.typeOf[id]]
		if world[typ.name] == nil {
			world[typ.name] = branch{}
		}
		l := leaf{}
		for i := range typ.fields {
			l[typ.fields[i].Name] = plain(&typ.fields[i], values[i])
		}
		world[typ.name][m.keys[id]] = l
	}
	return world
}

func plain(f *state.Field, v value) any {
	switch f.Kind {
	case state.String:
		return v.text
	case state.List:
		return v.list
	case state.Quantised:
		return f.Value(int32(v.number))
	}
	return v.number
}

// patch says what turns before into after; null removes.
func patch(before, after tree) map[string]any {
	out := map[string]any{}
	for typ, entities := range after {
		changed := map[string]any{}
		for key, fields := range entities {
			old, known := before[typ][key]
			if !known {
				changed[key] = fields
				continue
			}
			difference := map[string]any{}
			for name, v := range fields {
				if !reflect.DeepEqual(v, old[name]) {
					difference[name] = v
				}
			}
			if len(difference) > 0 {
				changed[key] = difference
			}
		}
		for key := range before[typ] {
			if _, alive := entities[key]; !alive {
				changed[key] = nil
			}
		}
		if len(changed) > 0 {
			out[typ] = changed
		}
	}
	return out
}

// receive is what a client does with a message.
func receive(p peer, mirror any, b []byte) (any, error) {
	var message map[string]any
	if err := p.unmarshal(b, &message); err != nil {
		return nil, err
	}
	if !p.delta || mirror == nil {
		return message, nil
	}
	return merge(mirror.(map[string]any), message), nil
}

// merge applies a merge patch.
func merge(target, patch map[string]any) map[string]any {
	for name, v := range patch {
		inner, isMap := v.(map[string]any)
		old, wasMap := target[name].(map[string]any)
		switch {
		case v == nil:
			delete(target, name)
		case isMap && wasMap:
			merge(old, inner)
		default:
			target[name] = v
		}
	}
	return target
}

// equal compares what a client has with the world, both as canonical JSON.
func (p peer) equal(mirror any, world tree) bool {
	a, errA := json.Marshal(mirror)
	b, errB := json.Marshal(world)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
