package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// writeTable prints the figures for people.
func writeTable(w io.Writer, o options, res *result, curves []curve) {
	fmt.Fprintf(w, "%s · %g players/s · skill %g ± %g · window %s\n", ruleName(o.rules), o.rate, o.skillMean, o.skillSD, windowText(o.rules.Skill, "points"))
	fmt.Fprintf(w, "%s players in %s parties in %v; %s matches; %s of the players gave up\n\n",
		whole(float64(res.Players)), whole(float64(res.Parties)), seconds(o.duration.Seconds()), whole(float64(res.Matches)), percent(res.GaveUp))

	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "time in the queue\tparties\tp50\tp90\tp99\tmax\tgave up\t")
	all := group{Name: "all", Parties: res.Parties, Wait: res.Wait, GaveUp: gaveUpParties(res)}
	for _, g := range append([]group{all}, res.BySize...) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", g.Name, whole(float64(g.Parties)),
			seconds(g.Wait.P50), seconds(g.Wait.P90), seconds(g.Wait.P99), seconds(g.Wait.Max), percent(g.GaveUp))
	}
	fmt.Fprintln(t, "\t\t\t\t\t\t\t")
	fmt.Fprintln(t, "matches\t\tp50\tp90\tp99\tmax\t\t")
	for _, q := range qualities(res) {
		fmt.Fprintf(t, "%s\t\t%s\t%s\t%s\t%s\t\t\n", q.Name, q.P50, q.P90, q.P99, q.Max)
	}
	_ = t.Flush()

	fmt.Fprint(w, "\nwhy tickets waited:")
	codes := slices.SortedFunc(maps.Keys(res.Reasons), func(a, b string) int { return cmp.Compare(res.Reasons[b], res.Reasons[a]) })
	for _, code := range codes {
		fmt.Fprintf(w, "  %s %s", code, percent(res.Reasons[code]))
	}
	fmt.Fprintln(w)
	writeCurves(w, curves)
	fmt.Fprintf(w, "\nfor lobby.Game, the same rules:\n\nQueue: %s,\n", literal(o.rules))
}

// writeCurves prints the first chart of the page.
func writeCurves(w io.Writer, curves []curve) {
	if curves == nil {
		return
	}
	fmt.Fprintln(w, "\nwait p90 / spread p90, by scale of the skill windows:")
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "players/s\t")
	for _, f := range windowFactors {
		fmt.Fprintf(t, "%s\t", factor(f))
	}
	fmt.Fprintln(t)
	for _, c := range curves {
		fmt.Fprintf(t, "%g\t", c.PlayersPerSecond)
		for _, p := range c.Points {
			fmt.Fprintf(t, "%s / %s\t", seconds(p.Wait), whole(p.Spread))
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush()
}
