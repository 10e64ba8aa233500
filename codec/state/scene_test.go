package state_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tickwire/codec/state"
)

// Thing has every kind of field.
type Thing struct {
	On      bool     `sync:""`
	Level   uint8    `sync:"bits=5"`
	Mode    int      `sync:"bits=2"`
	Score   uint32   `sync:""`
	Gain    int16    `sync:"pred"`
	Balance int32    `sync:"min=-1000000,max=1000000"`
	X       float32  `sync:"min=0,max=4096,step=0.125,pred"`
	Y       float64  `sync:"min=-100,max=100,step=0.01,pred"`
	Tilt    float32  `sync:"min=-1,max=1,bits=12"`
	Heading float32  `sync:"angle,bits=10"`
	Turret  uint16   `sync:"angle,bits=8,pred"`
	Mass    float32  `sync:""`
	Name    string   `sync:"max=12"`
	Blob    []byte   `sync:"max=8"`
	Cards   []uint8  `sync:"list,bits=6,max=7"`
	Path    []uint16 `sync:"bits=11,max=20"`
	Target  state.ID `sync:"ref=Thing"`
	server  int      // not replicated
}

// Small is a type of few bits, and a child of Thing.
type Small struct {
	Owner state.ID `sync:"ref=Thing"`
	A     bool     `sync:""`
	V     int8     `sync:"pred"`
}

// scene is a world in which everything happens.
type scene struct {
	rng    *rand.Rand
	world  *state.World
	things *state.Table[Thing]
	smalls *state.Table[Small]
	ids    []state.ID
	small  []state.ID
	reborn map[int]bool // slots that got a new thing in the last step
}

// newScene learns tables after some ticks of traffic, 0 never.
func newScene(seed uint64, learn int) *scene {
	s := &scene{rng: rand.New(rand.NewPCG(seed, 1)), world: state.NewWorld(state.Options{Hz: 30, Learn: learn, Check: true})}
	s.things = state.Register[Thing](s.world, "Thing")
	s.smalls = state.Register[Small](s.world, "Small")
	return s
}

func (s *scene) step() {
	s.reborn = map[int]bool{}
	for range s.rng.IntN(3) {
		s.ids = append(s.ids, s.spawn())
		s.small = append(s.small, s.smalls.Spawn(Small{Owner: s.anyThing(), V: int8(s.rng.Int())}))
	}
	for _, id := range s.ids {
		if e := s.things.Edit(id); e != nil && s.rng.IntN(4) > 0 {
			s.edit(e)
		}
	}
	for _, id := range s.small {
		if e := s.smalls.Edit(id); e != nil && s.rng.IntN(8) == 0 {
			e.V, e.A = e.V+3, !e.A
		}
	}
	s.ids = s.thin(s.ids, 20, s.things.Despawn)
	s.small = s.thin(s.small, 9, s.smalls.Despawn)
	if len(s.ids) > 3 && s.rng.IntN(5) == 0 { // a slot gets a new owner within a tick
		s.things.Despawn(s.ids[1])
		s.ids[1] = s.spawn()
	}
	s.world.Commit()
}

func (s *scene) spawn() state.ID {
	id := s.things.Spawn(s.thing())
	s.reborn[id.Slot()] = true
	return id
}

// thin removes some, more when there are many.
func (s *scene) thin(ids []state.ID, many int, despawn func(state.ID) bool) []state.ID {
	for len(ids) > 0 && s.rng.IntN(many) < len(ids)/2 {
		i := s.rng.IntN(len(ids))
		despawn(ids[i])
		ids = append(ids[:i], ids[i+1:]...)
	}
	return ids
}

func (s *scene) anyThing() state.ID {
	if len(s.ids) == 0 {
		return 0
	}
	return s.ids[s.rng.IntN(len(s.ids))]
}

func (s *scene) thing() Thing {
	return Thing{
		X: s.rng.Float32() * 4096, Y: s.rng.Float64()*200 - 100, Heading: s.rng.Float32() * 7,
		Name: fmt.Sprintf("thing %d", s.rng.IntN(1e6)), Level: uint8(s.rng.IntN(32)), Blob: []byte{1}, Target: s.anyThing(),
	}
}

func (s *scene) edit(e *Thing) {
	e.X += 3.25 + float32(s.rng.IntN(3))
	e.Y += float64(s.rng.IntN(5)) * 0.25
	switch s.rng.IntN(16) {
	case 0:
		e.On, e.Level, e.Mode = !e.On, uint8(s.rng.IntN(32)), s.rng.IntN(4)-2
	case 1:
		e.Score, e.Gain = s.rng.Uint32(), e.Gain+int16(s.rng.IntN(9)-4)
	case 2:
		e.Balance, e.Mass = int32(s.rng.IntN(2e6)-1e6), s.rng.Float32()
	case 3:
		e.X = s.rng.Float32() * 4096 // teleport
	case 4:
		e.Name = "ünï " + fmt.Sprint(s.rng.IntN(1000))
	case 5:
		e.Blob = append(e.Blob[:0:0], byte(s.rng.Int()), 2, 3)
	case 6:
		e.Cards = append(e.Cards, uint8(s.rng.IntN(64)))
	case 7:
		e.Path = append(e.Path[:0:0], uint16(s.rng.IntN(2048)), uint16(s.rng.IntN(2048)))
	case 8:
		e.Target = s.anyThing()
	case 9:
		e.X -= 3.25 // may set back what was set
		e.Name = "back"
	}
	e.Heading += 0.05
	e.Turret += 250
	e.Tilt = float32(math.Sin(float64(e.X)))
}

// wanted is what a client must see of a thing: values on their grids.
func wanted(e Thing) Thing {
	e.server = 0
	e.X = min(4095.875, float32(math.Round(float64(e.X)/0.125)*0.125))
	e.Y = min(32767, math.Round((e.Y+100)/0.01))*0.01 - 100
	step := 2.0 / 4095
	e.Tilt = float32(math.Round((float64(e.Tilt)+1)/step)*step - 1)
	turn := 2 * math.Pi / 1024
	e.Heading = float32(math.Mod(math.Round(float64(e.Heading)/turn), 1024) * turn)
	e.Turret &= 255
	e.Target &= 0xffff
	if len(e.Cards) > 7 {
		e.Cards = e.Cards[:7]
	}
	return e
}

// check compares a replica with the game's own structs.
func (s *scene) check(t *testing.T, r *state.Replica) {
	t.Helper()
	things, err := state.Bind[Thing](r, "Thing")
	if err != nil {
		t.Fatal(err)
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-4 })
	near32 := cmp.Comparer(func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-4 })
	empty := cmp.Transformer("len", func(b []byte) string { return string(b) })
	wide := cmp.Transformer("len16", func(b []uint16) string { return fmt.Sprint(b) })
	for id, e := range s.things.All() {
		got, ok := things.Get(id & 0xffff)
		if !ok {
			t.Fatalf("tick %d: slot %d is missing", r.Tick(), id.Slot())
		}
		if diff := cmp.Diff(wanted(*e), got, near, near32, empty, wide, cmp.AllowUnexported(Thing{})); diff != "" {
			t.Fatalf("tick %d, slot %d: %s", r.Tick(), id.Slot(), diff)
		}
	}
	smalls, err := state.Bind[Small](r, "Small")
	if err != nil {
		t.Fatal(err)
	}
	for id, e := range s.smalls.All() {
		want := *e
		want.Owner &= 0xffff
		if got, _ := smalls.Get(id & 0xffff); got != want {
			t.Fatalf("tick %d, small %d: %+v, want %+v", r.Tick(), id.Slot(), got, want)
		}
	}
	if things.Len() != s.things.Len() || smalls.Len() != s.smalls.Len() {
		t.Fatalf("tick %d: %d things and %d smalls, want %d and %d", r.Tick(),
			things.Len(), smalls.Len(), s.things.Len(), s.smalls.Len())
	}
}

// client is a replica that may skip ticks.
type client struct {
	*state.Replica
	form state.Form
	last uint32 // tick of the last frame it got
}

func newClient(t *testing.T, w *state.World, form state.Form) *client {
	t.Helper()
	r, err := state.NewReplica(w.Schema().Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	return &client{Replica: r, form: form}
}

// next brings the client up to date and returns what it took: new tables, if
// there are any, and a frame.
func (c *client) next(w *state.World, v *state.View) (tables, frame []byte, err error) {
	if s := w.Schema(); s.Epoch() != c.Epoch() {
		tables = s.AppendTables(nil)
		if err := c.Learn(tables); err != nil {
			return nil, nil, err
		}
	}
	frame = c.frame(v, w.Tick())
	return tables, frame, c.Apply(frame)
}

// frame is the one that brings the client up to date.
func (c *client) frame(v *state.View, now uint32) []byte {
	base := c.last
	c.last = now
	if base == 0 {
		return v.AppendKeyframe(nil, c.form)
	}
	if base == now-1 {
		return v.AppendSteady(nil, c.form)
	}
	if f, ok := v.AppendCoalesced(nil, base, c.form); ok {
		return f
	}
	return v.AppendKeyframe(nil, c.form)
}
