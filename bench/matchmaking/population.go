package main

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"tickwire/lobby/matchmaker"
)

// population is who comes, and when.
//
// Parties arrive independently of each other, at a steady mean rate. Skill is
// normal; half of the variance of a player in a party is the party's own, as
// friends play alike. A player reaches the home region in 20 to 60 ms and each
// other region in 70 ms more per step around the ring of regions in the order
// given. A party's latency is its worst player's, who all live in one region.
type population struct {
	o    *options
	rand *rand.Rand
	next time.Duration // of the next arrival
	rate float64       // parties per second
}

func newPopulation(o *options) *population {
	p := &population{o: o, rand: rand.New(rand.NewPCG(o.seed, 0))}
	weights, parties := 0.0, 0.0
	for _, s := range o.parties {
		weights += s.weight
		parties += s.weight / float64(s.size)
	}
	p.rate = o.rate * parties / weights
	p.advance()
	return p
}

func (p *population) advance() {
	p.next += time.Duration(p.rand.ExpFloat64() / p.rate * float64(time.Second))
}

// arrive makes the party that comes at p.next. It always draws the same number
// of random numbers, so that variations of the rules meet the same players.
func (p *population) arrive(id int) (t matchmaker.Ticket, patience time.Duration) {
	t.ID, t.Size = strconv.Itoa(id), p.size()
	t.Skill = p.o.skillMean + p.o.skillSD*p.deviation(t.Size)
	t.Latency = p.latency(t.Size)
	patience = time.Duration(float64(p.o.patience) * (0.5 + p.rand.Float64()))
	p.advance()
	return t, patience
}

// size draws by parties, while the shares are of players.
func (p *population) size() int {
	total := 0.0
	for _, s := range p.o.parties {
		total += s.weight / float64(s.size)
	}
	at := p.rand.Float64() * total
	for _, s := range p.o.parties {
		if at -= s.weight / float64(s.size); at < 0 {
			return s.size
		}
	}
	return p.o.parties[0].size
}

// deviation is the mean of the party's skills, in standard deviations.
func (p *population) deviation(size int) float64 {
	common, own := p.rand.NormFloat64(), p.rand.NormFloat64()
	if size == 1 {
		return own
	}
	return math.Sqrt(0.5)*common + math.Sqrt(0.5/float64(size))*own
}

func (p *population) latency(size int) map[string]float64 {
	n := len(p.o.regions)
	if n == 0 {
		return nil
	}
	home := p.region()
	worst := math.Pow(p.rand.Float64(), 1/float64(size)) // the largest of so many
	access := 20 + 40*worst
	ms := make(map[string]float64, n)
	for i, r := range p.o.regions {
		steps := max(i-home, home-i)
		ms[r.name] = access + 70*float64(min(steps, n-steps))
	}
	return ms
}

func (p *population) region() int {
	total := 0.0
	for _, r := range p.o.regions {
		total += r.weight
	}
	at := p.rand.Float64() * total
	for i, r := range p.o.regions {
		if at -= r.weight; at < 0 {
			return i
		}
	}
	return 0
}
