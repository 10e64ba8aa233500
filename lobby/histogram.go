package lobby

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Histogram counts durations in buckets that double: bucket i holds those
// below 2^i microseconds that no earlier one holds, the last everything above.
type Histogram [24]uint64

// Bound returns the upper end of bucket i.
func (h *Histogram) Bound(i int) time.Duration {
	return time.Microsecond << i
}

// Count returns the number of durations.
func (h *Histogram) Count() (n uint64) {
	for _, c := range h {
		n += c
	}
	return n
}

// Quantile returns a bound below which the fraction q of the durations lies:
// less than twice the true one.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank, seen := uint64(q*float64(h.Count())), uint64(0)
	for i, c := range h {
		if seen += c; seen > rank || seen == rank && q >= 1 {
			return h.Bound(i)
		}
	}
	return 0
}

// histogram is the live form of Histogram.
type histogram struct {
	buckets [len(Histogram{})]atomic.Uint64
	sum     atomic.Uint64 // ns
}

func (h *histogram) add(d time.Duration) { h.addN(d, 1) }

func (h *histogram) addN(d time.Duration, n uint64) {
	d = max(d, 0)
	h.buckets[min(bits.Len64(uint64(d/time.Microsecond)), len(h.buckets)-1)].Add(n)
	h.sum.Add(uint64(d) * n)
}

func (h *histogram) read() (r Histogram) {
	for i := range h.buckets {
		r[i] = h.buckets[i].Load()
	}
	return r
}

func (h *histogram) timing() Timing {
	return Timing{Histogram: h.read(), Sum: time.Duration(h.sum.Load())}
}

// add adds the counts of another.
func (h *Histogram) add(other Histogram) {
	for i, n := range other {
		h[i] += n
	}
}
