package main

import (
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"tickwire/lobby/matchmaker"
)

// options are the population and the rules.
type options struct {
	rate      float64 // players per second
	skillMean float64
	skillSD   float64
	parties   []share // by size
	regions   []share // by name
	patience  time.Duration
	duration  time.Duration
	every     time.Duration // between passes
	seed      uint64
	rules     matchmaker.Rules

	out      string
	json     bool
	sweep    bool
	parallel int
}

// share is a part of the population.
type share struct {
	name   string
	size   int // of a party
	weight float64
}

func parse(args []string, stderr io.Writer) (options, error) {
	o := options{
		regions: []share{{name: "eu", weight: 45}, {name: "us", weight: 35}, {name: "asia", weight: 20}},
		rules: matchmaker.Rules{
			Skill:   matchmaker.Window{Start: 60, PerSecond: 6, Max: 600},
			Latency: matchmaker.Window{Start: 60, PerSecond: 2, Max: 160},
		},
		parallel: runtime.GOMAXPROCS(0),
	}
	f := flag.NewFlagSet("matchmaking", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Float64Var(&o.rate, "players-per-second", 10, "players who come to the queue per second")
	f.Float64Var(&o.skillMean, "skill-mean", 1500, "mean skill, in points")
	f.Float64Var(&o.skillSD, "skill-sd", 300, "standard deviation of skill; 400 points ahead win 10 of 11 games")
	f.Func("parties", "share of players per size of party, `size:weight,…` (default 1:70,2:18,3:7,5:5 as far as teams have room)", o.setParties)
	f.Func("regions", "share of players per region, `name:weight,…`, or none (default eu:45,us:35,asia:20)", o.setRegions)
	f.DurationVar(&o.patience, "patience", 5*time.Minute, "mean wait after which a party gives up; 0 for never")
	f.DurationVar(&o.duration, "duration", 30*time.Minute, "virtual time that is measured")
	f.DurationVar(&o.every, "every", time.Second, "virtual time between passes")
	f.Uint64Var(&o.seed, "seed", 1, "of the random numbers")
	f.IntVar(&o.rules.Teams, "teams", 2, "teams of a match")
	f.IntVar(&o.rules.MinTeams, "min-teams", 0, "fewest teams (default as many as -teams)")
	f.IntVar(&o.rules.TeamSize, "team-size", 5, "players of a team")
	f.IntVar(&o.rules.MinTeamSize, "min-team-size", 0, "fewest players of a team (default as many as -team-size)")
	f.DurationVar(&o.rules.FullFor, "full-for", 0, "wait for a full match before a smaller one will do (default 15s)")
	f.Func("skill-window", "`start,per second,max` of the skills in a match, in points, or none (default 60,6,600)", setWindow(&o.rules.Skill))
	f.Func("balance", "`start,per second,max` of the difference between teams, in points (default no limit)", setWindow(&o.rules.Balance))
	f.Func("latency", "`start,per second,max` of the latency, in ms, or none (default 60,2,160)", setWindow(&o.rules.Latency))
	f.StringVar(&o.out, "out", "matchmaking.html", "page to write; empty for none")
	f.BoolVar(&o.json, "json", false, "print JSON instead of the table")
	f.BoolVar(&o.sweep, "trade-off", true, "simulate other rates and windows too, for the first chart")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	return o, o.complete(f.Args())
}

// complete checks what the rules do not check themselves.
func (o *options) complete(rest []string) error {
	for _, r := range o.regions {
		o.rules.Regions = append(o.rules.Regions, r.name)
	}
	if len(o.regions) == 0 {
		o.rules.Latency = matchmaker.Window{}
	}
	if o.parties == nil {
		o.parties = slices.DeleteFunc([]share{{"1", 1, 70}, {"2", 2, 18}, {"3", 3, 7}, {"5", 5, 5}},
			func(p share) bool { return p.size > max(1, o.rules.TeamSize) })
	}
	largest := 0
	for _, p := range o.parties {
		largest = max(largest, p.size)
	}
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unknown argument %q", rest[0])
	case !(o.rate > 0 && o.rate <= 10_000):
		return fmt.Errorf("-players-per-second %v: want 0 to 10,000", o.rate)
	case !(o.skillSD >= 0):
		return fmt.Errorf("-skill-sd %v", o.skillSD)
	case o.duration < time.Minute || o.duration > 24*time.Hour:
		return fmt.Errorf("-duration %v: want a minute to a day", o.duration)
	case o.every < 10*time.Millisecond || o.every > time.Minute:
		return fmt.Errorf("-every %v: want 10 ms to a minute", o.every)
	case o.patience < 0:
		return fmt.Errorf("-patience %v", o.patience)
	case largest > o.rules.TeamSize:
		return fmt.Errorf("parties of %d do not fit teams of %d: see -parties", largest, o.rules.TeamSize)
	}
	return nil
}

func (o *options) setParties(text string) error {
	shares, err := parseShares(text)
	if err != nil {
		return err
	}
	for i := range shares {
		if shares[i].size, err = strconv.Atoi(shares[i].name); err != nil || shares[i].size < 1 {
			return fmt.Errorf("%q is no size of a party", shares[i].name)
		}
	}
	o.parties = shares
	return nil
}

func (o *options) setRegions(text string) (err error) {
	o.regions = nil
	if text != "none" && text != "" {
		o.regions, err = parseShares(text)
	}
	return err
}

func parseShares(text string) ([]share, error) {
	var shares []share
	for part := range strings.SplitSeq(text, ",") {
		name, weight, ok := strings.Cut(part, ":")
		w, err := strconv.ParseFloat(weight, 64)
		if !ok || err != nil || !(w > 0 && w < 1e9) || name == "" {
			return nil, fmt.Errorf("%q is not name:weight", part)
		}
		shares = append(shares, share{name: name, weight: w})
	}
	return shares, nil
}

func setWindow(w *matchmaker.Window) func(string) error {
	return func(text string) error {
		if text == "none" {
			*w = matchmaker.Window{}
			return nil
		}
		parts := strings.Split(text, ",")
		if len(parts) != 3 {
			return fmt.Errorf("%q is not start,per second,max", text)
		}
		for i, to := range []*float64{&w.Start, &w.PerSecond, &w.Max} {
			v, err := strconv.ParseFloat(parts[i], 64)
			if err != nil {
				return fmt.Errorf("%q is no number", parts[i])
			}
			*to = v
		}
		return nil
	}
}
