package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"tickwire/lobby/matchmaker"
)

//go:embed page.html
var pageText string

// page is what the template shows.
type page struct {
	Title   string
	Figures []figure
	Charts  []chart
	Groups  []group
	Quality []quality
	Setup   []figure
}

type figure struct{ Name, Value, Note string }

type chart struct {
	Title, Note string
	SVG         template.HTML
	Bars        []reasonShare
	Wide        bool
}

type quality struct {
	Name               string
	P50, P90, P99, Max string
}

type reasonShare struct {
	Name, Note, Share string
	Width             float64 // percent
}

func renderPage(o options, res *result, curves []curve) ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"seconds": seconds, "percent": percent, "whole": func(n int) string { return whole(float64(n)) },
	}).Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("page template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, newPage(o, res, curves)); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return b.Bytes(), nil
}

func newPage(o options, res *result, curves []curve) page {
	p := page{
		Title: fmt.Sprintf("%s, %g players per second", ruleName(o.rules), o.rate),
		Figures: []figure{
			{"Time in the queue", seconds(res.Wait.P50), "half of the parties leave it within; 90\u00a0% within " + seconds(res.Wait.P90)},
			{"Gave up", percent(res.GaveUp), "of the players, before they got a match"},
			{"Spread of skill", whole(res.Spread.P50), "points in the median match; in 90\u00a0% at most " + whole(res.Spread.P90)},
			{"Favourite's chance", percent(res.Favourite.P90), "or less in 90\u00a0% of the matches; 50\u00a0% is perfectly fair"},
			{"Matches", whole(res.PerMinute), "per minute; " + whole(res.Queue.P50) + " tickets wait at a time"},
		},
		Groups:  append([]group{{Name: "all", Parties: res.Parties, GaveUp: gaveUpParties(res), Wait: res.Wait}}, res.BySize...),
		Quality: qualities(res),
		Setup:   setup(o),
	}
	if curves != nil {
		p.Charts = append(p.Charts, chart{Wide: true, Title: "What waiting buys", SVG: chartTradeOff(curves),
			Note: "Each point is a simulation with all windows of skill scaled by the factor shown: narrow windows to the lower right, wide ones to the upper left. A launch night moves you between the curves."})
	}
	p.Charts = append(p.Charts,
		chart{Title: "Single matches", SVG: chartMatches(o, res), Note: "A match may span what the window of its longest waiting ticket allows. Dots along the line are matches that waiting made possible."},
		chart{Title: "Who has a match by when", SVG: chartWaits(res), Note: "By size of party. Where a curve stays below 100 %, the others gave up."},
		chart{Title: "What the outliers pay", SVG: chartSkill(res), Note: "The weakest and the strongest have few of their like around. Wider windows at the end of a wait help them."},
		chart{Title: "How fair the matches are", SVG: chartFavourite(res), Note: "By the true mean skills of the teams; 400 points ahead win 10 of 11 games."},
		chart{Title: "Why tickets wait", Bars: reasonShares(res), Note: "Share of the time that tickets spent in the queue, by the reason the queue gave."},
		chart{Title: "The queue over time", SVG: chartQueue(o, res), Note: "A line that keeps rising means that the rules cannot keep up with the arrivals."},
	)
	return p
}

func gaveUpParties(res *result) float64 {
	lost := 0.0
	for _, g := range res.BySize {
		lost += g.GaveUp * float64(g.Parties)
	}
	return lost / float64(max(1, res.Parties))
}

func qualities(res *result) []quality {
	row := func(name string, q quantiles, format func(float64) string) quality {
		return quality{name, format(q.P50), format(q.P90), format(q.P99), format(q.Max)}
	}
	rows := []quality{
		row("spread of skill, points", res.Spread, whole),
		row("difference of the teams' means, points", res.Imbalance, whole),
		row("favourite's chance to win", res.Favourite, percent),
	}
	if res.Latency.Max > 0 {
		rows = append(rows, row("worst latency, ms", res.Latency, whole))
	}
	return append(rows, row("tickets waiting", res.Queue, whole), row("a pass takes, ms", res.Pass, milliseconds))
}

func milliseconds(v float64) string { return fmt.Sprintf("%.2f", 1000*v) }

// reasonWords tells in words what the codes of reasons mean.
var reasonWords = map[matchmaker.Reason][2]string{
	matchmaker.Pending:    {"not looked at yet", "the next pass will"},
	matchmaker.TooFew:     {"too few players", "in the whole queue"},
	matchmaker.SkillRange: {"skill", "too few within the window"},
	matchmaker.NoRegion:   {"region", "too few within reach of one"},
	matchmaker.PartySize:  {"size of parties", "those there do not fill teams"},
	matchmaker.Predicate:  {"predicate", "the game's own rule says no"},
	matchmaker.Unbalanced: {"balance", "every split is too uneven"},
}

func reasonShares(res *result) []reasonShare {
	var all []reasonShare
	for _, r := range matchmaker.Reasons() {
		if v, ok := res.Reasons[r.String()]; ok {
			words := reasonWords[r]
			all = append(all, reasonShare{words[0], words[1], percent(v), 100 * v})
		}
	}
	slices.SortStableFunc(all, func(a, b reasonShare) int { return int(math.Copysign(1, b.Width-a.Width)) })
	return all
}

func ruleName(r matchmaker.Rules) string {
	if r.Teams == 1 {
		return fmt.Sprintf("%d players for all", r.TeamSize)
	}
	return strings.TrimSuffix(strings.Repeat(fmt.Sprintf("%d v ", r.TeamSize), min(r.Teams, 4)), " v ") + map[bool]string{true: " …"}[r.Teams > 4]
}

func setup(o options) []figure {
	patience := "never"
	if o.patience > 0 {
		patience = "after " + seconds(o.patience.Seconds()) + " on average"
	}
	return []figure{
		{Name: "Arrivals", Value: fmt.Sprintf("%g players per second", o.rate)},
		{Name: "Skill", Value: fmt.Sprintf("normal, %g ± %g points", o.skillMean, o.skillSD)},
		{Name: "Parties", Value: shareText(o.parties)},
		{Name: "Regions", Value: shareText(o.regions)},
		{Name: "Parties give up", Value: patience},
		{Name: "Teams", Value: ruleName(o.rules)},
		{Name: "Skill window", Value: windowText(o.rules.Skill, "points")},
		{Name: "Balance window", Value: windowText(o.rules.Balance, "points")},
		{Name: "Latency window", Value: windowText(o.rules.Latency, "ms")},
		{Name: "Passes", Value: "every " + seconds(o.every.Seconds())},
		{Name: "Measured", Value: fmt.Sprintf("%s of virtual time after %s of warm-up, seed %d",
			seconds(o.duration.Seconds()), seconds(warmUp.Seconds()), o.seed)},
	}
}

func shareText(shares []share) string {
	if len(shares) == 0 {
		return "one for all"
	}
	total := 0.0
	for _, s := range shares {
		total += s.weight
	}
	var parts []string
	for _, s := range shares {
		name := s.name
		if s.size > 0 {
			name = partyName(s.size)
		}
		parts = append(parts, name+": "+percent(s.weight/total))
	}
	return strings.Join(parts, ", ")
}

func windowText(w matchmaker.Window, unit string) string {
	if w == (matchmaker.Window{}) {
		return "no limit"
	}
	text := fmt.Sprintf("%g %s", w.Start, unit)
	if w.PerSecond > 0 {
		text += fmt.Sprintf(", + %g per second", w.PerSecond)
	}
	if w.Max > 0 {
		text += fmt.Sprintf(", at most %g", w.Max)
	}
	return text
}

func windowAt(o options, wait float64) float64 {
	return o.rules.Skill.At(time.Duration(wait * float64(time.Second)))
}
