package lobby_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"tickwire/lobby"
	"tickwire/tick"
)

// BenchmarkMatchLateness runs 60 Hz matches for a second and tells how long
// after their deadline the steps began: bounds of buckets that double.
func BenchmarkMatchLateness(b *testing.B) {
	for _, wake := range []string{"runtime", "driver"} {
		for _, matches := range []int{1, 100} {
			b.Run(fmt.Sprintf("wake=%s/matches=%d", wake, matches), func(b *testing.B) {
				o := lobby.Options{Games: []lobby.Game{{Name: "g", Hz: 60, MaxPlayers: 1, DropIn: true, New: newDots}}}
				ctx, cancel := context.WithCancel(context.Background())
				var wg sync.WaitGroup
				if wake == "driver" {
					o.Timers = &tick.Driver{}
					wg.Go(func() { _ = o.Timers.Run(ctx) })
				}
				d, err := lobby.New(o)
				if err != nil {
					b.Fatal(err)
				}
				var joined sync.WaitGroup
				for range matches {
					joined.Add(1)
					d.Quick(lobby.QuickRequest{Game: "g", Joiner: lobby.Joiner{Conn: mute{}}}, func(lobby.Joined, error) { joined.Done() })
				}
				joined.Wait()
				for b.Loop() {
					<-time.After(time.Second)
				}
				h := d.StepLateness()
				b.ReportMetric(float64(h.Quantile(0.5).Microseconds()), "p50-µs")
				b.ReportMetric(float64(h.Quantile(0.99).Microseconds()), "p99-µs")
				ended, end := context.WithCancel(ctx)
				end()
				_ = d.Drain(ended)
				cancel()
				wg.Wait()
			})
		}
	}
}
