package state_test

import (
	"errors"
	"fmt"
	"testing"

	"tickwire/codec/state"
)

// TestEvolution: a client built for other fields than the server's reads what
// both know.
func TestEvolution(t *testing.T) {
	type Server struct {
		New  uint8   `sync:""`
		X    float32 `sync:"min=0,max=100,step=0.5"`
		Name string  `sync:""`
	}
	type Client struct {
		Name string  `sync:"max=8"`
		Old  int     `sync:""`
		X    float64 `sync:"min=0,max=100,step=0.1"`
	}
	w := state.NewWorld(state.Options{})
	servers := state.Register[Server](w, "Ship")
	servers.Spawn(Server{New: 5, X: 12.5, Name: "a name of more than 8 bytes"})
	w.Commit()
	r, err := state.NewReplica(w.Schema().Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Apply(w.Everybody().Keyframe(state.BForm)); err != nil {
		t.Fatal(err)
	}
	ships, err := state.Bind[Client](r, "Ship")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ships.All() {
		if s != (Client{Name: "a name of more than 8 bytes", X: 12.5}) {
			t.Errorf("got %+v", s)
		}
	}
	if other, err := state.Bind[Client](r, "Station"); err != nil || other.Len() != 0 {
		t.Errorf("a type the server lacks: %d entities, %v", other.Len(), err)
	}
	type Changed struct {
		X int `sync:""`
	}
	if _, err := state.Bind[Changed](r, "Ship"); err == nil {
		t.Error("x is a number of another kind now, and nobody says so")
	}
}

// TestManyTypes goes to the limits: 64 types of 30 fields.
func TestManyTypes(t *testing.T) {
	w := state.NewWorld(state.Options{Learn: 3})
	var fields []state.Field
	for i := range 30 {
		fields = append(fields, state.Field{Name: fmt.Sprint("f", i), Kind: state.Uint, Bits: 1 + i, Pred: i >= 2 && i < 24})
	}
	var tables []*state.Dynamic
	var ids []state.ID
	for i := range 64 {
		d := state.RegisterFields(w, fmt.Sprint("type", i), fields)
		tables = append(tables, d)
		ids = append(ids, d.Spawn())
	}
	for _, form := range []state.Form{state.MForm, state.BForm} {
		w.Commit()
		c := newClient(t, w, form)
		for tick := range 5 {
			for i, d := range tables {
				for f := range fields {
					d.Set(ids[i], f, int64(tick*(i+f)))
				}
			}
			w.Commit()
			if _, _, err := c.next(w, w.Everybody()); err != nil {
				t.Fatalf("form %d, tick %d: %v", form, tick, err)
			}
		}
		want := newClient(t, w, state.MForm)
		if err := want.Apply(w.Everybody().Keyframe(state.MForm)); err != nil {
			t.Fatal(err)
		}
		if c.CRC() != want.CRC() {
			t.Errorf("form %d: replica differs", form)
		}
	}
}

// TestFormChange: M-form says nothing of motion, so a B-delta after it must not
// be taken for good.
func TestFormChange(t *testing.T) {
	w, movers, ids := crowd(5, 0)
	c := newClient(t, w, state.MForm)
	v := w.Everybody()
	step := func() {
		drive(movers, ids, int(w.Tick()))
		w.Commit()
	}
	if err := c.Apply(v.Keyframe(state.MForm)); err != nil {
		t.Fatal(err)
	}
	step()
	if err := c.Apply(v.Steady(state.BForm)); !errors.Is(err, state.ErrBaseline) {
		t.Fatalf("a delta of the other form: %v", err)
	}
	if err := c.Apply(v.Keyframe(state.BForm)); err != nil {
		t.Fatal(err)
	}
	step()
	if err := c.Apply(v.Steady(state.BForm)); err != nil {
		t.Fatal(err)
	}
}
