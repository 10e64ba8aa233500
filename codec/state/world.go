package state

import (
	"cmp"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Options of a World. The zero value is useful.
type Options struct {
	Hz   int    // ticks per second, told to clients; default 20
	Tick uint32 // tick that the world starts at; the first Commit closes Tick+1

	// Learn is after how many ticks of traffic in B-form better tables replace
	// the default ones; 40 are enough. Who sets it must send clients the new
	// tables, see [Schema.Epoch]. 0: never.
	Learn int

	// Check makes every frame of each 64th tick carry the CRC of the state, which
	// replicas compare: for development.
	Check bool

	// History is for how many ticks the fields tagged "history" are remembered,
	// see [World.Rewind]; default half a second, limit 1024.
	History int

	// Cache is how many keyframes and coalesced frames are kept for others that
	// need the same; default 64.
	Cache int
}

// World is the replicated state of one match. It belongs to one goroutine.
type World struct {
	tick      uint32
	start     uint32
	committed bool
	learn     int
	check     bool
	history   int
	schema    Schema
	stores    []*store
	views     []*View
	everybody *View
	scratch   delta
	shared    sharedFrames                 // steady frames of this tick
	learner   *learner                     // nil when not learning; made by the first frame in B-form
	profile   *Profile                     // nil when off
	frames    *lru.Cache[frameKey, []byte] // keyframes and coalesced frames
}

// NewWorld returns an empty world.
func NewWorld(o Options) *World {
	w := &World{tick: o.Tick, start: o.Tick, learn: o.Learn, check: o.Check, history: o.History}
	w.schema = Schema{Hz: cmp.Or(o.Hz, 20), Types: make([]Type, 0, maxTypes), book: &codebook{}}
	w.frames, _ = lru.New[frameKey, []byte](max(1, cmp.Or(o.Cache, 64))) // fails only for a size below 1
	w.everybody = w.NewView(ViewOptions{})
	return w
}

func (w *World) register(name string, fields []structField, rowSize uintptr) *store {
	t := Type{Name: name}
	for _, f := range fields {
		t.Fields = append(t.Fields, f.Field)
	}
	err := t.check()
	switch {
	case w.committed:
		err = fmt.Errorf("register every type before the first Commit")
	case len(w.stores) == maxTypes:
		err = fmt.Errorf("more than %d types", maxTypes)
	case w.typeIndex(name) >= 0:
		err = fmt.Errorf("type registered twice")
	}
	if err != nil {
		panic(fmt.Sprintf("state: register %q: %v", name, err))
	}
	for i, f := range t.Fields { // as check completed them
		fields[i].Field = f
	}
	w.schema.Types = append(w.schema.Types, t)
	s := newStore(w, &w.schema.Types[len(w.stores)], fields, rowSize)
	w.stores = append(w.stores, s)
	w.schema.hash = hashTypes(w.schema.Types)
	w.schema.book.types = append(w.schema.book.types, defaultCodes(&t))
	return s
}

func (w *World) typeIndex(name string) int {
	for i, t := range w.schema.Types {
		if t.Name == name {
			return i
		}
	}
	return -1
}

// Commit closes the tick: what was spawned, edited and despawned since the last
// one is now what the views' frames tell.
func (w *World) Commit() {
	if !w.committed {
		w.committed = true
		w.checkRefs()
	}
	w.tick++
	w.shared.clear(len(w.views))
	for _, s := range w.stores {
		s.commit(w.tick)
	}
	for _, v := range w.views {
		v.update()
	}
	if w.learner.done() {
		w.schema.book = w.learner.book(w)
		w.learner, w.learn = nil, 0
	}
}

func (w *World) checkRefs() {
	for _, t := range w.schema.Types {
		for _, f := range t.Fields {
			if f.Kind == Ref && w.typeIndex(f.Ref) < 0 {
				panic(fmt.Sprintf("state: %s.%s refers to unknown type %q", t.Name, f.Name, f.Ref))
			}
		}
	}
}

// Tick is the last closed tick.
func (w *World) Tick() uint32 { return w.tick }

// Schema describes the world to clients. It is complete when the first Commit
// is done, and read-only.
func (w *World) Schema() *Schema { return &w.schema }

// Everybody is the view of those who may see all public entities.
func (w *World) Everybody() *View { return w.everybody }

// Learning reports whether new tables are still to come.
func (w *World) Learning() bool { return w.learn > 0 }
