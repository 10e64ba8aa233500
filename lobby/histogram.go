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
type histogram [len(Histogram{})]atomic.Uint64

func (h *histogram) add(d time.Duration) {
	us := uint64(max(d, 0) / time.Microsecond)
	h[min(bits.Len64(us), len(h)-1)].Add(1)
}

func (h *histogram) read() (r Histogram) {
	for i := range h {
		r[i] = h[i].Load()
	}
	return r
}
