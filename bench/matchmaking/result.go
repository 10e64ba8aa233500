package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"tickwire/lobby/matchmaker"
)

// result is all that a simulation tells.
type result struct {
	Parties   int     `json:"parties"` // that arrived in the measured time
	Players   int     `json:"players"`
	Refused   int     `json:"refused"` // out of reach of every region
	GaveUp    float64 `json:"gaveUp"`  // share of the players
	Matches   int     `json:"matches"`
	PerMinute float64 `json:"matchesPerMinute"`

	Wait      quantiles `json:"waitSeconds"` // in the queue, those who gave up included
	BySize    []group   `json:"bySizeOfParty"`
	BySkill   []group   `json:"bySkill"` // tenths of the parties, weakest first
	Spread    quantiles `json:"spread"`
	Imbalance quantiles `json:"imbalance"`
	Favourite quantiles `json:"favourite"` // chance to win, 0.5 to 1
	Latency   quantiles `json:"latencyMs"` // of the worst in a match

	Queue   quantiles          `json:"waitingTickets"`
	Pass    quantiles          `json:"passSeconds"`
	Reasons map[string]float64 `json:"reasons"` // share of the time that tickets waited

	sample     []dot
	favourites []float64
	queue      []float64
}

// group is a part of the parties.
type group struct {
	Name    string    `json:"name"`
	Parties int       `json:"parties"`
	GaveUp  float64   `json:"gaveUp"` // share of the parties
	Wait    quantiles `json:"waitSeconds"`
	matched []float64 // the waits of those who got a match, shortest first
}

// dot is one match of the sample that is drawn.
type dot struct{ wait, spread, imbalance float64 }

type quantiles struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// quantilesOf sorts the values.
func quantilesOf(values []float64) quantiles {
	if len(values) == 0 {
		return quantiles{}
	}
	slices.Sort(values)
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	at := func(q float64) float64 { return values[min(len(values)-1, int(q*float64(len(values))))] }
	return quantiles{sum / float64(len(values)), at(0.5), at(0.9), at(0.99), values[len(values)-1]}
}

// recorder gathers what a simulation shows.
type recorder struct {
	outcomes  []outcome
	refused   int
	matches   int
	spreads   []float64
	imbalance []float64
	favourite []float64
	latency   []float64
	dots      []dot
	queue     []float64
	passes    []float64
	reasons   [16]float64
	oldest    int
	rand      *rand.Rand
}

// outcome is how the wait of a party ended.
type outcome struct {
	size    int
	skill   float64
	wait    float64 // seconds
	matched bool
}

func (r *recorder) party(p *party, wait time.Duration, matched bool) {
	r.outcomes = append(r.outcomes, outcome{p.size, p.skill, wait.Seconds(), matched})
}

// mostDots is how many matches are drawn.
const mostDots = 1200

func (r *recorder) match(m *matchmaker.Match) {
	r.matches++
	r.spreads = append(r.spreads, m.Spread)
	r.imbalance = append(r.imbalance, m.Imbalance)
	r.favourite = append(r.favourite, favourite(m))
	r.latency = append(r.latency, m.Latency)
	r.sample(dot{m.Waited.Seconds(), m.Spread, m.Imbalance})
}

// sample keeps a fair choice of all matches: a reservoir.
func (r *recorder) sample(d dot) {
	if len(r.dots) < mostDots {
		r.dots = append(r.dots, d)
		return
	}
	if r.rand == nil {
		r.rand = rand.New(rand.NewPCG(1, 1))
	}
	if i := r.rand.IntN(r.matches); i < mostDots {
		r.dots[i] = d
	}
}

func (r *recorder) result(o *options) *result {
	res := &result{
		Parties: len(r.outcomes), Refused: r.refused, Matches: r.matches,
		PerMinute: float64(r.matches) / o.duration.Minutes(),
		Spread:    quantilesOf(r.spreads), Imbalance: quantilesOf(r.imbalance),
		Favourite: quantilesOf(r.favourite), Latency: quantilesOf(r.latency),
		Queue: quantilesOf(slices.Clone(r.queue)), Pass: quantilesOf(r.passes),
		Reasons: map[string]float64{},
		sample:  r.dots, favourites: r.favourite, queue: r.queue,
	}
	lost := 0
	for _, out := range r.outcomes {
		res.Players += out.size
		if !out.matched {
			lost += out.size
		}
	}
	res.GaveUp = float64(lost) / float64(max(1, res.Players))
	res.Wait = groupOf("all", r.outcomes).Wait
	for _, s := range o.parties {
		part := slices.DeleteFunc(slices.Clone(r.outcomes), func(out outcome) bool { return out.size != s.size })
		res.BySize = append(res.BySize, groupOf(partyName(s.size), part))
	}
	res.BySkill = r.bySkill()
	r.shareReasons(res)
	return res
}

func (r *recorder) bySkill() []group {
	sorted := slices.Clone(r.outcomes)
	slices.SortStableFunc(sorted, func(a, b outcome) int { return cmp.Compare(a.skill, b.skill) })
	var groups []group
	const parts = 10
	for i := range parts {
		part := sorted[i*len(sorted)/parts : (i+1)*len(sorted)/parts]
		if len(part) == 0 {
			continue
		}
		name := whole(math.Round(part[0].skill)) + " to " + whole(math.Round(part[len(part)-1].skill))
		groups = append(groups, groupOf(name, part))
	}
	return groups
}

func (r *recorder) shareReasons(res *result) {
	total := 0.0
	for _, v := range r.reasons {
		total += v
	}
	for _, reason := range matchmaker.Reasons() {
		if v := r.reasons[reason]; v > 0 {
			res.Reasons[reason.String()] = v / total
		}
	}
}

func groupOf(name string, outcomes []outcome) group {
	g := group{Name: name, Parties: len(outcomes)}
	lost := 0
	waits := make([]float64, 0, len(outcomes))
	for _, out := range outcomes {
		waits = append(waits, out.wait)
		if out.matched {
			g.matched = append(g.matched, out.wait)
		} else {
			lost++
		}
	}
	slices.Sort(g.matched)
	g.GaveUp = float64(lost) / float64(max(1, len(outcomes)))
	g.Wait = quantilesOf(waits)
	return g
}

func partyName(size int) string {
	switch size {
	case 1:
		return "solo"
	case 2:
		return "duo"
	case 3:
		return "trio"
	}
	return "party of " + whole(float64(size))
}
