package state

import (
	"math/rand/v2"
	"testing"
)

type measured struct {
	X     float32  `sync:"min=0,max=4096,step=0.125,pred"`
	Turn  uint16   `sync:"angle,bits=8,pred"`
	Big   uint32   `sync:""`
	Mode  uint8    `sync:"bits=2"`
	Name  string   `sync:"max=12"`
	Cards []uint16 `sync:"list,bits=11,max=7"`
}

func (m *measured) edit(rng *rand.Rand) {
	m.X += 2
	switch rng.IntN(6) {
	case 0:
		m.Turn, m.Mode = uint16(rng.IntN(256)), uint8(rng.IntN(4))
	case 1:
		m.Big = rng.Uint32() >> rng.IntN(32)
	case 2:
		m.Name = "abcdefgh"[:rng.IntN(9)]
	case 3:
		m.Cards = append(m.Cards[:0:0], uint16(rng.IntN(2048)), 1)[:rng.IntN(3)]
	case 4:
		m.X = 4096 * rng.Float32()
	}
}

// TestMeasureIsWhatIsWritten compares what entities were measured at with what
// they take: late, odd, new, and as in anybody's frame; with both books.
func TestMeasureIsWhatIsWritten(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	w := NewWorld(Options{Learn: 50})
	table := Register[measured](w, "Measured")
	var ids []ID
	f := w.Everybody().NewFeed(FeedOptions{Form: BForm, Bytes: 60})
	for range 300 {
		if len(ids) < 60 {
			ids = append(ids, table.Spawn(measured{Big: 7, Name: "new"}))
		}
		for _, id := range ids {
			if rng.IntN(2) == 0 {
				table.Edit(id).edit(rng)
			}
		}
		w.Commit()
		w.Everybody().Steady(BForm)
		f.plan()
		f.collect()
		chosen := f.choose(f.o.Bytes)
		if f.measures() {
			f.encodeChosen(chosen)
		}
		for _, c := range chosen {
			if written := gapBits + int(f.types[0].parts.at[c.slot].bits); written != int(c.bits) {
				t.Fatalf("tick %d, slot %d, add %v: measured %d bits, written %d", w.tick, c.slot, c.add, c.bits, written)
			}
		}
		f.apply(chosen)
		f.commit()
	}
}
