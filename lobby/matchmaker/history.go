package matchmaker

import (
	"math"
	"time"
)

const (
	remembered = 256              // matched tickets
	recent     = 10 * time.Minute // how long they count
	leastKnown = 5                // of them make an estimate
)

// history is how long the tickets matched lately had waited.
type history struct {
	waits [remembered]wait
	next  int
	full  bool
}

type wait struct {
	skill   float64
	size    int
	waited  time.Duration
	matched time.Duration // when
}

func (h *history) add(skill float64, size int, waited, now time.Duration) {
	h.waits[h.next] = wait{skill, size, waited, now}
	h.next++
	if h.next == remembered {
		h.next, h.full = 0, true
	}
}

// estimate is the mean of what the others still waited after a wait this long.
// Tickets of like skill and size weigh more; scale is the skill at which the
// weight has fallen to a half.
func (h *history) estimate(own wait, scale float64) (time.Duration, bool) {
	n := h.next
	if h.full {
		n = remembered
	}
	known, weights, sum := 0, 0.0, 0.0
	for i := range h.waits[:n] {
		w := &h.waits[i]
		if w.waited < own.waited || own.matched-w.matched > recent {
			continue
		}
		known++
		weight := 1.0
		if d := w.skill - own.skill; d != 0 {
			weight /= 1 + d*d/(scale*scale)
		}
		if w.size != own.size {
			weight /= 4
		}
		weights += weight
		sum += weight * float64(w.waited-own.waited)
	}
	if known < leastKnown || !(weights > 0) || math.IsInf(sum, 0) {
		return 0, false
	}
	return time.Duration(sum / weights), true
}
