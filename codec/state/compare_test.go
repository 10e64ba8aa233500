package state_test

import (
	"math/rand/v2"
	"testing"

	"tickwire/codec/state"
)

type pawn struct {
	X    float32 `sync:"max=100,step=0.5,pred"`
	HP   uint8   `sync:"bits=7"`
	Name string  `sync:"max=16"`
	Way  []uint8 `sync:"list,max=4"`
}

type hand struct {
	Card uint8 `sync:"bits=6"`
}

// board is a world with public and private entities that a script moves.
type board struct {
	world *state.World
	pawns *state.Table[pawn]
	hands *state.Private[hand]
	ids   []state.ID
	cards []state.ID
	sum   uint64
}

func newBoard() *board {
	w := state.NewWorld(state.Options{Hz: 20, Learn: 40})
	return &board{world: w, pawns: state.Register[pawn](w, "Pawn"), hands: state.RegisterPrivate[hand](w, "Hand")}
}

// step does a tick's worth of random changes.
func (b *board) step(r *rand.Rand) {
	for _, id := range b.ids {
		if p := b.pawns.Edit(id); p != nil {
			p.X = float32(r.IntN(200)) / 2
			p.Way = append(p.Way[:0], uint8(r.IntN(9)))
		}
	}
	switch n := r.IntN(4); {
	case n < 2 && len(b.ids) < 200:
		b.ids = append(b.ids, b.pawns.Spawn(pawn{X: 3, HP: 9, Name: "pawn"}))
		b.cards = append(b.cards, b.hands.Spawn(state.Owner(1+r.IntN(3)), hand{uint8(r.IntN(52))}))
	case n == 2 && len(b.ids) > 0:
		i := r.IntN(len(b.ids))
		b.pawns.Despawn(b.ids[i])
		b.ids = append(b.ids[:i], b.ids[i+1:]...)
		b.hands.Despawn(b.cards[i])
		b.cards = append(b.cards[:i], b.cards[i+1:]...)
	}
	b.commit()
}

func (b *board) commit() {
	b.world.Commit()
	b.sum = b.world.Sum(b.sum)
}

func TestSumsOfEqualWorldsAreEqual(t *testing.T) {
	a, b := newBoard(), newBoard()
	ra, rb := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(1, 1))
	seen := map[uint64]bool{}
	for range 300 {
		a.step(ra)
		b.step(rb)
		if a.sum != b.sum {
			t.Fatalf("tick %d: the same changes, sums %x and %x", a.world.Tick(), a.sum, b.sum)
		}
		if seen[a.sum] {
			t.Fatalf("tick %d: a sum came twice", a.world.Tick())
		}
		seen[a.sum] = true
	}
}

func TestEveryChangeShowsInTheSum(t *testing.T) {
	changes := map[string]func(*board){
		"number":  func(b *board) { b.pawns.Edit(b.ids[0]).HP++ },
		"text":    func(b *board) { b.pawns.Edit(b.ids[0]).Name = "prawn" },
		"list":    func(b *board) { b.pawns.Edit(b.ids[0]).Way = []uint8{8, 8} },
		"despawn": func(b *board) { b.pawns.Despawn(b.ids[0]) },
		"spawn":   func(b *board) { b.pawns.Spawn(pawn{}) },
		"private": func(b *board) { b.hands.Edit(b.cards[0]).Card ^= 1 },
		"replaced by its equal of another owner": func(b *board) {
			h := *b.hands.Get(b.cards[0])
			owner := b.hands.Owner(b.cards[0])
			b.hands.Despawn(b.cards[0])
			b.hands.Spawn(owner+1, h)
		},
	}
	for name, change := range changes {
		a, b := newBoard(), newBoard()
		ra, rb := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(1, 1))
		for range 40 {
			a.step(ra)
			b.step(rb)
		}
		change(b)
		a.commit()
		b.commit()
		if a.sum == b.sum {
			t.Errorf("%s: the sums are equal", name)
		}
		for range 20 { // and stay different
			a.step(ra)
			b.step(rb)
		}
		if a.sum == b.sum {
			t.Errorf("%s: the difference was lost", name)
		}
	}
}

func TestSumDoesNotAllocate(t *testing.T) {
	b, r := newBoard(), rand.New(rand.NewPCG(1, 1))
	for range 40 {
		b.step(r)
	}
	if n := testing.AllocsPerRun(100, func() { b.sum = b.world.Sum(b.sum) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestCompareNamesWhatDiffers(t *testing.T) {
	b, r := newBoard(), rand.New(rand.NewPCG(1, 1))
	all := b.world.NewView(state.ViewOptions{All: true})
	for range 40 {
		b.step(r)
	}
	replica, err := state.NewReplica(b.world.Schema().Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := replica.Apply(all.AppendKeyframe(nil, state.BForm)); err != nil {
		t.Fatal(err)
	}
	if replica.Len("Hand") == 0 || replica.Len("Hand") != b.hands.Len() {
		t.Errorf("a view of all shows %d of %d private entities", replica.Len("Hand"), b.hands.Len())
	}
	if d := all.Compare(replica, 9); d != nil {
		t.Errorf("differences from itself: %v", d)
	}
	slot := b.ids[0].Slot()
	p := b.pawns.Edit(b.ids[0])
	x, hp := float64(p.X), p.HP
	p.X, p.HP, p.Name, p.Way = 99, hp+1, "rook", []uint8{1, 2}
	gone := b.cards[0].Slot()
	b.hands.Despawn(b.cards[0])
	b.world.Commit()
	found := all.Compare(replica, 9)
	if len(found) != 5 {
		t.Fatalf("%d differences: %v", len(found), found)
	}
	if d := found[0]; d.Type != "Pawn" || d.Slot != slot || d.Field != "x" || d.World != "99" || d.Remote == "99" || x == 99 {
		t.Errorf("%v", d)
	}
	if d := found[2]; d.Field != "name" || d.World != `"rook"` || d.Remote != `"pawn"` {
		t.Errorf("%v", d)
	}
	if d := found[3]; d.Field != "way" || d.World != "[1 2]" {
		t.Errorf("%v", d)
	}
	if d := found[4]; d.Type != "Hand" || d.Slot != gone || d.Field != "" || d.World != "absent" {
		t.Errorf("%v", d)
	}
	if n := len(all.Compare(replica, 2)); n != 2 {
		t.Errorf("%d differences at a limit of 2", n)
	}
}

func BenchmarkSum(b *testing.B) {
	b.ReportAllocs()
	w := state.NewWorld(state.Options{})
	pawns := state.Register[pawn](w, "Pawn")
	for range 300 {
		pawns.Spawn(pawn{})
	}
	w.Commit()
	for _, p := range pawns.All() {
		p.X++
	}
	for id := range pawns.All() {
		pawns.Edit(id).HP++
	}
	w.Commit()
	var sum uint64
	for b.Loop() {
		sum = w.Sum(sum)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/600, "ns/field")
}
