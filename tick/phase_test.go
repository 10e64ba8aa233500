package tick_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tickwire/tick"
)

func TestPhasesOfAnyCountAreSpreadEvenly(t *testing.T) {
	const step = time.Second / 60
	for _, n := range []int{2, 10, 100, 1000} {
		phases := make([]time.Duration, n)
		for i := range phases {
			phases[i] = tick.Phase(uint64(i)+17, step) // any run of numbers, not only from 0
		}
		slices.Sort(phases)
		widest := step - phases[n-1] + phases[0]
		for i := range n - 1 {
			widest = max(widest, phases[i+1]-phases[i])
		}
		if phases[0] < 0 || phases[n-1] >= step {
			t.Errorf("%d phases leave the interval", n)
		}
		// Three-distance theorem: no gap is wider than φ² times the even one.
		if limit := step * 27 / 10 / time.Duration(n); widest > limit {
			t.Errorf("%d phases: widest gap %v, even would be %v", n, widest, step/time.Duration(n))
		}
	}
}

func TestPhaseOfNoInterval(t *testing.T) {
	if got := tick.Phase(3, 0); got != 0 {
		t.Errorf("got %v", got)
	}
}

func ExamplePhase() {
	for n := range uint64(4) {
		fmt.Println(tick.Phase(n, 50*time.Millisecond).Round(time.Millisecond))
	}
	// Output:
	// 0s
	// 31ms
	// 12ms
	// 43ms
}
