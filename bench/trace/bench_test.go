package main

import (
	"testing"

	"tickwire/codec/state"
)

// BenchmarkTrace replays a recorded game: set, commit, encode.
func BenchmarkTrace(b *testing.B) {
	for _, name := range []string{"A", "C"} {
		t, err := load("testdata/" + name + ".jsonl.gz")
		if err != nil {
			b.Fatal(err)
		}
		for _, form := range []string{"B", "M"} {
			b.Run("trace="+name+"/form="+form, func(b *testing.B) {
				fields := 0
				b.ReportAllocs()
				for b.Loop() {
					b.StopTimer()
					g := newGame(t, 40)
					views := []*state.View{g.watch("").view}
					warm := len(t.ticks) / 3
					for i := range warm {
						g.tick(&t.ticks[i], views, forms[form])
					}
					b.StartTimer()
					for i := range t.ticks[warm:] {
						g.tick(&t.ticks[warm+i], views, forms[form])
						fields += t.ticks[warm+i].changes()
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(fields), "ns/field")
			})
		}
	}
}
