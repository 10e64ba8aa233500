package state_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tickwire/codec/state"
)

var formNames = map[state.Form]string{state.MForm: "M", state.BForm: "B"}

// BenchmarkTick is what a tick of 100 moving entities costs: edit, commit and
// one frame for everybody.
func BenchmarkTick(b *testing.B) {
	for _, form := range []state.Form{state.MForm, state.BForm} {
		b.Run("form="+formNames[form], func(b *testing.B) {
			w, movers, ids := crowd(100, 0)
			var frame []byte
			tick, fields, bytes := 0, 0, 0
			b.ReportAllocs()
			for b.Loop() {
				tick++
				fields += drive(movers, ids, tick)
				w.Commit()
				frame = w.Everybody().AppendSteady(frame[:0], form)
				bytes += len(frame)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(fields), "ns/field")
			b.ReportMetric(float64(bytes)/float64(tick), "B/frame")
		})
	}
}

// BenchmarkFew is a big world in which little happens.
func BenchmarkFew(b *testing.B) {
	for _, entities := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("entities=%d/changed=10", entities), func(b *testing.B) {
			w, movers, ids := crowd(entities, 0)
			var frame []byte
			b.ReportAllocs()
			for b.Loop() {
				for i := range 10 {
					movers.Edit(ids[i*len(ids)/10]).HP++
				}
				w.Commit()
				frame = w.Everybody().AppendSteady(frame[:0], state.BForm)
			}
		})
	}
}

// BenchmarkGrowth changes more and more of a world of 10,000 entities: the cost
// of a tick grows with what changed.
func BenchmarkGrowth(b *testing.B) {
	for _, moving := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("moving=%d", moving), func(b *testing.B) {
			w, movers, ids := crowd(10_000, 0)
			var frame []byte
			tick, fields := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				tick++
				fields += drive(movers, ids[:moving], tick)
				w.Commit()
				frame = w.Everybody().AppendSteady(frame[:0], state.BForm)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(fields), "ns/field")
		})
	}
}

// BenchmarkRadius is a tick of 1000 entities, 200 of them moving, and 100 views
// that show about 37 each: what each view adds.
func BenchmarkRadius(b *testing.B) {
	for _, views := range []int{1, 100} {
		b.Run(fmt.Sprintf("views=%d", views), func(b *testing.B) {
			w := state.NewWorld(state.Options{})
			movers := state.Register[Mover](w, "Mover")
			rng := rand.New(rand.NewPCG(1, 1))
			var ids []state.ID
			for range 1000 {
				ids = append(ids, movers.Spawn(Mover{X: 4096 * rng.Float32(), Y: 4096 * rng.Float32(), Name: "mover"}))
			}
			var list []*state.View
			for range views {
				list = append(list, w.NewView(state.ViewOptions{Near: []state.Near{{Table: movers, X: "x", Y: "y", Enter: 440}}}))
			}
			tick, bytes := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				tick++
				for i := range 200 {
					m := movers.Edit(ids[(i*5+tick/50)%1000])
					m.X = min(4095, max(0, m.X+4*float32(i%3-1)))
					m.Y = min(4095, max(0, m.Y+4*float32(i%5-2)))
				}
				for i, v := range list {
					m := movers.Get(ids[i*5])
					v.Look(float64(m.X), float64(m.Y))
				}
				w.Commit()
				for _, v := range list {
					bytes += len(v.Steady(state.BForm))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(tick*views), "ns/view")
			b.ReportMetric(float64(bytes)/float64(tick*views), "B/frame")
		})
	}
}

// BenchmarkFeed is a tick of 1000 moving entities and 100 clients with a bound
// on their bytes, who see about 92 each: what a client's frame costs where most
// must wait. Commit is not in it.
func BenchmarkFeed(b *testing.B) {
	for _, budget := range []int{60, 120} {
		b.Run(fmt.Sprintf("bytes=%d", budget), func(b *testing.B) {
			w := state.NewWorld(state.Options{})
			movers := state.Register[Mover](w, "Mover")
			rng := rand.New(rand.NewPCG(1, 1))
			var ids []state.ID
			for range 1000 {
				ids = append(ids, movers.Spawn(Mover{X: 4096 * rng.Float32(), Y: 4096 * rng.Float32(), Name: "mover"}))
			}
			var feeds []*state.Feed
			for i := range 100 {
				v := w.NewView(state.ViewOptions{Near: []state.Near{{Table: movers, X: "x", Y: "y", Enter: 700}}})
				v.Look(float64(movers.Get(ids[i*5]).X), float64(movers.Get(ids[i*5]).Y))
				feeds = append(feeds, v.NewFeed(state.FeedOptions{Form: state.BForm, Bytes: budget}))
			}
			var frame []byte
			tick, bytes := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				tick++
				for i, id := range ids {
					m := movers.Edit(id)
					m.X += float32((i+tick/30)%7 - 3)
					m.Y += float32((i+tick/20)%9 - 4)
				}
				w.Commit()
				for _, f := range feeds {
					frame = f.Append(frame[:0])
					bytes += len(frame)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(tick*len(feeds)), "ns/client")
			b.ReportMetric(float64(bytes)/float64(tick*len(feeds)), "B/frame")
		})
	}
}
