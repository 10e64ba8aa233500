package lobby

import (
	"testing"
	"time"
)

func TestHistogram(t *testing.T) {
	var live histogram
	for range 98 {
		live.add(100 * time.Microsecond)
	}
	live.add(-time.Second) // a clock that went back
	live.add(time.Hour)
	h := live.read()
	if h.Count() != 100 || h[0] != 1 || h[7] != 98 || h[len(h)-1] != 1 {
		t.Errorf("%v", h)
	}
	for q, want := range map[float64]time.Duration{
		0: time.Microsecond, 0.5: 128 * time.Microsecond, 0.98: 128 * time.Microsecond, 1: time.Microsecond << 23,
	} {
		if got := h.Quantile(q); got != want {
			t.Errorf("quantile %v = %v, want %v", q, got, want)
		}
	}
	if empty := new(Histogram); empty.Quantile(0.5) != 0 {
		t.Error("quantile of nothing")
	}
}
