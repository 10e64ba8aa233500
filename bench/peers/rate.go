package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"time"
)

// rateRow is the highest rate at which a server kept up.
type rateRow struct {
	Server string  `json:"server"`
	MaxHz  float64 `json:"max_hz"` // 0: not even the first rate
	P99    float64 `json:"p99_ms"` // at that rate
}

// A server keeps up while its p99 is below lateEnough and all but a few events arrive.
const (
	lateEnough = 50 // ms
	share      = 0.95

	firstHz  = 10.0
	lastHz   = 480.0
	coarse   = 1.5
	tries    = 2 // of a rate: what else the machine does can spoil one
	fineness = 2 // halvings of the last step
)

func (r result) keepsUp() bool { return r.p99 < lateEnough && r.delivered >= share }

// highestRates finds for each server the highest rate at which it keeps up.
func highestRates(ctx context.Context, peers []peer, o options) error {
	var rows []rateRow
	for _, p := range peers {
		row, err := highestRate(ctx, p, o)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		rows = append(rows, row)
	}
	fmt.Fprintf(os.Stderr, "\r%60s\r", "")
	if o.json {
		return json.NewEncoder(os.Stdout).Encode(rows)
	}
	fmt.Printf("%d rooms × %d members, %d B: highest rate with p99 < %d ms\n\n", o.rooms, o.members, o.bytes, lateEnough)
	for _, r := range rows {
		fmt.Printf("%-32s %6.0f Hz   p99 %.1f ms\n", r.Server, r.MaxHz, r.P99)
	}
	return nil
}

// highestRate goes up in steps until the server fails, then narrows the last one.
func highestRate(ctx context.Context, p peer, o options) (row rateRow, err error) {
	row.Server = p.name
	try := func(hz float64) (bool, error) {
		fmt.Fprintf(os.Stderr, "\r%-32s %4.0f Hz   (kept up at %4.0f) ", p.name, hz, row.MaxHz)
		o.hz = math.Round(hz)
		for range tries {
			r, err := measure(ctx, p, o)
			if err != nil {
				return false, err
			}
			if r.keepsUp() {
				row.MaxHz, row.P99 = o.hz, r.p99
				return true, nil
			}
		}
		return false, nil
	}
	failed := firstHz
	for ok := true; ok && failed <= lastHz; {
		if ok, err = try(failed); err != nil {
			return row, err
		}
		if ok {
			failed *= coarse
		}
	}
	for range fineness {
		if row.MaxHz == 0 {
			break
		}
		middle := (row.MaxHz + failed) / 2
		ok, err := try(middle)
		if err != nil {
			return row, err
		}
		if !ok {
			failed = middle
		}
	}
	return row, nil
}

// rateTime is how long a rate is tried: late servers fall behind within it.
const rateTime = 3 * time.Second
