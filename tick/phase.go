package tick

import (
	"math/bits"
	"time"
)

// Phase returns where in the interval the nth clock should have its grid, so
// that any number of clocks are spread evenly however many come and go: the
// fraction n·φ mod 1, whose every prefix is close to even.
func Phase(n uint64, step time.Duration) time.Duration {
	const golden = 0x9E3779B97F4A7C15 // 2^64 / φ
	at, _ := bits.Mul64(n*golden, uint64(max(step, 0)))
	return time.Duration(at)
}
