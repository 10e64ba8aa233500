package main

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// axis maps values to a length on paper.
type axis struct {
	label     string
	low, high float64
	log       bool
	ticks     []float64
	format    func(float64) string
}

// linear is an axis from 0 or below to high, with round ticks.
func linear(label string, low, high float64, format func(float64) string) axis {
	if !(high > low) {
		high = low + 1
	}
	return stepped(label, low, high, roundStep((high-low)/5), format)
}

func stepped(label string, low, high, step float64, format func(float64) string) axis {
	a := axis{label: label, low: low, high: low + step*math.Ceil((high-low)/step-1e-9), format: format}
	for i := 0; low+float64(i)*step <= a.high+step/1e6; i++ {
		a.ticks = append(a.ticks, low+float64(i)*step)
	}
	return a
}

// linearWaits is a linear axis of seconds from 0.
func linearWaits(label string, high float64) axis {
	step := 86400.0
	for _, s := range []float64{14400, 7200, 3600, 1800, 600, 300, 120, 60, 30, 20, 10, 5, 2, 1, 0.5} {
		if high/s <= 6 {
			step = s
		}
	}
	format := seconds
	if step < 60 {
		format = func(v float64) string { return decimal(v) + space + "s" }
	}
	return stepped(label, 0, high, step, format)
}

// roundStep is the smallest of 1, 2, 2.5 and 5 times a power of ten that is not
// below the step.
func roundStep(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= step*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// waits is a logarithmic axis of seconds, since half a minute more matters to
// who waits ten seconds and not to who waits ten minutes.
func waits(label string, low, high float64) axis {
	steps := []float64{0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400}
	first, last := 0, len(steps)-1
	for first < last && steps[first+1] <= low {
		first++
	}
	for last > first+1 && steps[last-1] >= high {
		last--
	}
	return axis{label: label, low: steps[first], high: steps[last], log: true, ticks: steps[first : last+1], format: seconds}
}

// at places a value between 0 and 1; what is outside comes to the edge.
func (a axis) at(v float64) float64 {
	v = min(max(v, a.low), a.high)
	if a.log {
		return math.Log(v/a.low) / math.Log(a.high/a.low)
	}
	return (v - a.low) / (a.high - a.low)
}

// seconds writes a time as people say it: 0.5 s, 30 s, 2 min, 1 h.
func seconds(v float64) string {
	d := time.Duration(v * float64(time.Second))
	switch {
	case d < 9950*time.Millisecond:
		return decimal(v) + space + "s"
	case d < 2*time.Minute && math.Mod(v, 60) != 0:
		return whole(v) + space + "s"
	case d < time.Hour:
		return decimal(v/60) + space + "min"
	}
	return decimal(v/3600) + space + "h"
}

// decimal writes a number with one decimal if it is not whole.
func decimal(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// whole writes a number without decimals and with groups of digits.
func whole(v float64) string {
	digits := strconv.FormatFloat(math.Abs(v), 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if v <= -0.5 {
		return "−" + digits
	}
	return digits
}

// percent writes a share, small ones with a decimal.
func percent(v float64) string {
	p := 100 * v
	switch {
	case p > 0 && p < 0.05:
		return "<0.1" + space + "%"
	case p < 9.95 && math.Abs(p-math.Round(p)) >= 0.05:
		return strconv.FormatFloat(p, 'f', 1, 64) + space + "%"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + space + "%"
}

// space between a number and its unit: lines do not break there.
const space = "\u00a0"

// factor writes ×¼, ×½, ×2 …
func factor(v float64) string {
	switch v {
	case 0.25:
		return "×¼"
	case 0.5:
		return "×½"
	}
	return "×" + strconv.FormatFloat(v, 'g', 3, 64)
}
