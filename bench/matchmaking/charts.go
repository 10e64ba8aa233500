package main

import (
	"fmt"
	"html/template"
	"math"
	"slices"

	"tickwire/lobby/matchmaker"
)

// chartTradeOff draws what a wait buys, at several rates of arrivals.
func chartTradeOff(curves []curve) template.HTML {
	low, high, top := 3600.0, 1.0, 0.0
	for _, c := range curves {
		for _, pt := range c.Points {
			low, high, top = min(low, pt.Wait), max(high, pt.Wait), max(top, pt.Spread)
		}
	}
	p := newPlot("Wait against spread of skill",
		waits("90 % leave the queue within", low, high), linear("spread of skill in points, 90 % of the matches are below", 0, top, whole))
	var names []string
	for i, c := range curves {
		names = append(names, fmt.Sprintf("%g players/s", c.PlayersPerSecond))
		var points []xy
		for _, pt := range c.Points {
			points = append(points, xy{pt.Wait, pt.Spread})
		}
		p.line(colour(i), points)
		for _, pt := range c.Points {
			title := fmt.Sprintf("%g players/s, windows %s: %s wait, spread %s, %s give up",
				c.PlayersPerSecond, factor(pt.Windows), seconds(pt.Wait), whole(pt.Spread), percent(pt.GaveUp))
			at := xy{pt.Wait, pt.Spread}
			p.dot("dot "+colour(i), at, 4, title)
			if rateFactors[i] == 1 && pt.Windows == 1 {
				p.dot("ring", at, 8.5, title)
				p.text(p.left(at.x)+13, p.top(at.y)-8, "start", "note strong", "these rules")
			} else if rateFactors[i] == 1 {
				p.text(p.left(at.x)+8, p.top(at.y)-6, "start", "note", factor(pt.Windows))
			}
		}
	}
	p.legend(names, colour)
	return p.end()
}

// chartMatches draws single matches under the window that allowed them.
func chartMatches(o options, res *result) template.HTML {
	top, longest := 0.0, 1.0
	for _, d := range res.sample {
		top, longest = max(top, d.spread), max(longest, d.wait)
	}
	p := newPlot("Matches by wait and spread",
		waits("longest wait in the match", 0.5, longest), linear("spread of skill in the match, points", 0, top, whole))
	for _, d := range res.sample {
		p.dot("speck", xy{d.wait, d.spread}, 2.2, "")
	}
	if o.rules.Skill == (matchmaker.Window{}) {
		return p.end()
	}
	var limit []xy
	const steps = 80
	for i := range steps + 1 {
		wait := p.x.low * math.Pow(p.x.high/p.x.low, float64(i)/steps)
		if w := windowAt(o, wait); w <= p.y.high {
			limit = append(limit, xy{wait, w})
		}
	}
	if len(limit) > 1 {
		p.line("c2", limit)
	}
	p.legend([]string{"most that the rules allow"}, func(int) string { return "c2" })
	return p.end()
}

// chartWaits draws how many have a match after how long, by size of party.
func chartWaits(res *result) template.HTML {
	longest := 1.0
	for _, g := range res.BySize {
		if n := len(g.matched); n > 0 {
			longest = max(longest, g.matched[n-1])
		}
	}
	p := newPlot("Share of parties with a match by wait",
		waits("time in the queue", 0.5, longest), linear("have a match", 0, 1, percent))
	var names []string
	for i, g := range res.BySize {
		names = append(names, g.Name)
		var points []xy
		for j := range 101 {
			n := len(g.matched)
			if n == 0 {
				break
			}
			at := min(n-1, j*n/100)
			points = append(points, xy{g.matched[at], float64(at+1) / float64(g.Parties)})
		}
		if len(points) > 0 {
			points = append(points, xy{p.x.high, points[len(points)-1].y})
			p.line(colour(i), points)
		}
	}
	p.legend(names, colour)
	return p.end()
}

// chartSkill draws what the weakest and the strongest pay.
func chartSkill(res *result) template.HTML {
	top := 1.0
	for _, g := range res.BySkill {
		top = max(top, g.Wait.P90)
	}
	n := float64(len(res.BySkill))
	x := axis{label: "tenths of the parties, weakest to strongest", high: max(1, n)}
	p := newPlot("Wait by skill", x, linearWaits("time in the queue", top))
	for i, g := range res.BySkill {
		at := float64(i)
		title := fmt.Sprintf("skill %s: half leave within %s, 90 %% within %s, %s give up",
			g.Name, seconds(g.Wait.P50), seconds(g.Wait.P90), percent(g.GaveUp))
		p.bar("bar light", at+0.12, at+0.88, g.Wait.P90, title)
		p.bar("bar", at+0.12, at+0.88, g.Wait.P50, title)
		p.text(p.left(at+0.5), plotBottom+18, "middle", "tick", fmt.Sprint(i+1))
	}
	p.legend([]string{"half leave within", "90 % leave within"}, func(i int) string { return []string{"c1", "c1 pale"}[i] })
	return p.end()
}

// chartFavourite is a histogram of how fair the matches are.
func chartFavourite(res *result) template.HTML {
	const width = 0.01
	bins := make([]float64, max(10, min(50, int(math.Ceil((res.Favourite.P99-0.5)/0.05))*5)))
	for _, f := range res.favourites {
		bins[min(len(bins)-1, int((f-0.5)/width))] += 1 / float64(len(res.favourites))
	}
	x := linear("chance of the stronger team to win", 0.5, 0.5+width*float64(len(bins)), percent)
	p := newPlot("How sure the favourite is", x, linear("share of the matches", 0, slices.Max(bins), percent))
	for i, share := range bins {
		from := 0.5 + width*float64(i)
		title := fmt.Sprintf("%s of the matches: %.0f to %.0f %%", percent(share), 100*from, 100*(from+width))
		if i == len(bins)-1 {
			title = fmt.Sprintf("%s of the matches: %.0f %% or more", percent(share), 100*from)
		}
		p.bar("bar", from+width*0.06, from+width*0.94, share, title)
	}
	return p.end()
}

// chartQueue draws how many wait over the time.
func chartQueue(o options, res *result) template.HTML {
	top := 1.0
	for _, n := range res.queue {
		top = max(top, n)
	}
	minutes := o.duration.Minutes()
	p := newPlot("Tickets waiting over time",
		linear("minutes", 0, minutes, whole), linear("tickets waiting", 0, top, whole))
	const most = 500 // points; each the mean of those it stands for
	step := max(1, len(res.queue)/most)
	var points []xy
	for i := 0; i+step <= len(res.queue); i += step {
		sum := 0.0
		for _, n := range res.queue[i : i+step] {
			sum += n
		}
		points = append(points, xy{float64(i) / float64(len(res.queue)) * minutes, sum / float64(step)})
	}
	p.line("c1", points)
	return p.end()
}
