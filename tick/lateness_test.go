package tick_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"tickwire/tick"
)

// lateness is how long after their deadlines the steps of a 60 Hz loop began.
type lateness []time.Duration

func (l lateness) quantile(q float64) float64 {
	slices.Sort(l)
	return float64(l[int(float64(len(l)-1)*q)].Nanoseconds()) / 1e3
}

const at60Hz = time.Second / 60

// steps runs a loop until stop is closed. wait returns when the time has come.
func steps(stop <-chan struct{}, begin time.Time, wait func(at time.Time)) (l lateness) {
	for at := begin; ; {
		at = at.Add(at60Hz)
		wait(at)
		l = append(l, time.Since(at))
		select {
		case <-stop:
			return l
		default:
		}
	}
}

// BenchmarkLatenessBeside runs, at the same time, the loop of a match on the
// Driver and a bare loop on the runtime's timers, so that both meet the same
// machine: alone, beside goroutines that use a third of each processor in short
// bursts as matches do, and beside others that never rest. The bars: p50 of the
// driver at most 150 µs alone, p99 under load at most that of the bare loop.
func BenchmarkLatenessBeside(b *testing.B) {
	for _, load := range []string{"none", "bursts", "full"} {
		b.Run("load="+load, func(b *testing.B) {
			d := &tick.Driver{}
			drive(b, d)
			stop := make(chan struct{})
			var wg sync.WaitGroup
			strain(&wg, stop, load)
			begin := time.Now()
			var driven, bare lateness
			wg.Go(func() {
				timer := d.NewTimer()
				driven = steps(stop, begin, func(at time.Time) { timer.Reset(at); <-timer.C })
			})
			wg.Go(func() {
				timer := tick.NewTimer()
				bare = steps(stop, begin.Add(at60Hz/2), func(at time.Time) { timer.Reset(at); <-timer.C })
			})
			for b.Loop() {
				<-time.After(at60Hz)
			}
			close(stop)
			wg.Wait()
			for name, l := range map[string]lateness{"driver": driven, "bare": bare} {
				for q, at := range map[string]float64{"p50": 0.5, "p99": 0.99} {
					b.ReportMetric(l.quantile(at), fmt.Sprintf("%s-%s-µs", name, q))
				}
			}
		})
	}
}

// strain keeps the processors busy until stop is closed.
func strain(wg *sync.WaitGroup, stop <-chan struct{}, load string) {
	if load == "none" {
		return
	}
	for i := range runtime.GOMAXPROCS(0) * 4 {
		wg.Go(func() {
			pause := time.NewTicker(12*time.Millisecond + time.Duration(i)*137*time.Microsecond)
			defer pause.Stop()
			for {
				for begin := time.Now(); time.Since(begin) < time.Millisecond; {
				}
				select {
				case <-stop:
					return
				default:
				}
				if load == "bursts" {
					<-pause.C
				}
			}
		})
	}
}
