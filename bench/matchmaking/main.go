// Command matchmaking simulates the players of a game in virtual time and draws
// how long they wait against how good their matches are, so that a studio can
// tune the rules of its queue before launch.
//
//	go run ./bench/matchmaking -players-per-second 5 -skill-window 60,6,600
//
// The rules are those of lobby.Game.Queue, matched by the same code in the same
// rhythm, on the scale of skill that the server's ratings have unless a studio
// chooses another; the last that it prints is Go to paste there.
//
// It prints a table and writes one HTML page without external resources. The
// same options and seed give the same figures, but for the time that a pass
// takes. How the population behaves is told at type population.
//
// Exit status: 0, or 2 when the options make no sense or the page cannot be
// written.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"

	"tickwire/lobby/matchmaker"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = report(o, stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "matchmaking:", err)
		return 2
	}
	return 0
}

func report(o options, stdout io.Writer) error {
	if _, err := matchmaker.New(o.rules); err != nil {
		return err
	}
	res, curves := simulateAll(o)
	if o.json {
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		if err := enc.Encode(map[string]any{"result": res, "tradeOff": curves}); err != nil {
			return err
		}
	} else {
		writeTable(stdout, o, res, curves)
	}
	if o.out == "" {
		return nil
	}
	page, err := renderPage(o, res, curves)
	if err != nil {
		return err
	}
	if err := os.WriteFile(o.out, page, 0o644); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	if !o.json {
		fmt.Fprintf(stdout, "\npage: %s\n", o.out)
	}
	return nil
}

// curve is how wait and quality go together at one rate of arrivals.
type curve struct {
	PlayersPerSecond float64 `json:"playersPerSecond"`
	Points           []point `json:"points"`
}

// point is one simulation of a curve, with all windows of skill scaled.
type point struct {
	Windows float64 `json:"windows"`
	Wait    float64 `json:"waitP90Seconds"`
	Spread  float64 `json:"spreadP90"`
	GaveUp  float64 `json:"gaveUp"`
}

// The variations that the trade-off is drawn from.
var (
	rateFactors   = [...]float64{0.25, 1, 4}
	windowFactors = [...]float64{0.25, 0.5, 1, 2, 4}
)

// simulateAll runs the simulation asked for and its variations, some at a time.
func simulateAll(o options) (*result, []curve) {
	res := simulate(o)
	if !o.sweep || o.rules.Skill == (matchmaker.Window{}) {
		return res, nil
	}
	curves := make([]curve, len(rateFactors))
	var wg sync.WaitGroup
	places := make(chan struct{}, o.parallel)
	for i, rate := range rateFactors {
		curves[i] = curve{PlayersPerSecond: rate * o.rate, Points: make([]point, len(windowFactors))}
		for j, factor := range windowFactors {
			varied := o
			varied.rate *= rate
			varied.rules.Skill = scaled(o.rules.Skill, factor)
			wg.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				r := simulate(varied)
				curves[i].Points[j] = point{factor, r.Wait.P90, r.Spread.P90, r.GaveUp}
			})
		}
	}
	wg.Wait()
	return res, curves
}

func scaled(w matchmaker.Window, factor float64) matchmaker.Window {
	return matchmaker.Window{Start: w.Start * factor, PerSecond: w.PerSecond * factor, Max: w.Max * factor}
}
