package state_test

import (
	"fmt"
	"testing"

	"tickwire/codec/state"
)

var formNames = map[state.Form]string{state.MForm: "M", state.BForm: "B"}

// BenchmarkTick is what a tick of 100 moving entities costs: edit, commit and
// one frame for everybody.
func BenchmarkTick(b *testing.B) {
	for _, form := range []state.Form{state.MForm, state.BForm} {
		b.Run("form="+formNames[form], func(b *testing.B) {
			w, movers, ids := crowd(100)
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
			w, movers, ids := crowd(entities)
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
