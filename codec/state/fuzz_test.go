package state_test

import (
	"testing"

	"tickwire/codec/state"
)

// FuzzApply feeds a replica a keyframe and then anything.
func FuzzApply(f *testing.F) {
	s := newScene(3, 0)
	for range 10 {
		s.step()
	}
	schema := s.world.Schema().Append(nil)
	key := s.world.Everybody().AppendKeyframe(nil, state.MForm)
	s.step()
	f.Add(key, s.world.Everybody().AppendSteady(nil, state.MForm))
	f.Add(key, key)
	f.Add(s.world.Everybody().AppendKeyframe(nil, state.BForm), s.world.Everybody().AppendSteady(nil, state.BForm))
	f.Add(key, []byte{0x94, 1, 12, 11, 0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		r, err := state.NewReplica(schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, frame := range [][]byte{key, first, second} {
			if err := r.Apply(frame); err != nil && r.Synced() {
				t.Fatal("synced after an error")
			}
			r.CRC()
		}
		if err := r.Apply(key); err != nil {
			t.Fatalf("a keyframe must always be taken: %v", err)
		}
	})
}

// FuzzLearned feeds tables and a frame to a replica that is in the middle of a
// stream of learned tables.
func FuzzLearned(f *testing.F) {
	s := newScene(3, 5)
	for range 20 {
		s.step()
		s.world.Everybody().Steady(state.BForm)
	}
	if s.world.Schema().Epoch() == 0 {
		f.Fatal("nothing was learned")
	}
	schema, tables := s.world.Schema().Append(nil), s.world.Schema().AppendTables(nil)
	key := append([]byte(nil), s.world.Everybody().Keyframe(state.BForm)...)
	base := s.world.Tick()
	s.step()
	f.Add(tables, s.world.Everybody().AppendSteady(nil, state.BForm))
	for range 9 {
		s.step()
	}
	jump, _ := s.world.Everybody().AppendCoalesced(nil, base, state.BForm)
	f.Add(tables, jump)
	f.Fuzz(func(t *testing.T, tables, frame []byte) {
		r, err := state.NewReplica(schema)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Apply(key); err != nil {
			t.Fatal(err)
		}
		if r.Learn(tables) != nil && r.Epoch() == 0 {
			t.Fatal("broken tables took the place of good ones")
		}
		if err := r.Apply(frame); err != nil && r.Synced() {
			t.Fatal("synced after an error")
		}
		r.CRC()
	})
}

// FuzzSchema feeds NewReplica anything.
func FuzzSchema(f *testing.F) {
	f.Add(newScene(1, 0).world.Schema().Append(nil))
	f.Add([]byte{0xdf, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, schema []byte) {
		if r, err := state.NewReplica(schema); err == nil {
			if again := r.Schema(); len(again.Types) == 0 {
				t.Fatal("a replica without types")
			}
		}
	})
}
