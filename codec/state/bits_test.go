package state

import (
	"math/rand/v2"
	"testing"
)

func TestBitsRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	type item struct {
		v uint64
		k uint
	}
	var items []item
	w := bitWriter{}
	for range 10_000 {
		k := uint(rng.IntN(33))
		v := rng.Uint64() & (1<<k - 1)
		items = append(items, item{v, k})
		w.put(v, k)
	}
	r := bitReader{b: w.end()}
	for i, it := range items {
		if got := r.long(it.k); uint64(got) != it.v {
			t.Fatalf("item %d: %d bits: %x, want %x", i, it.k, got, it.v)
		}
	}
	if r.over() || r.left() != 0 {
		t.Errorf("over %v, left %d after all was read", r.over(), r.left())
	}
	r.bits(8)
	if !r.over() {
		t.Error("reading past the end goes unnoticed")
	}
}
