package matchmaker

// proposal is a match in the making.
type proposal struct {
	shape   shape
	region  int
	room    int // free seats of all teams
	teams   []team
	members []member

	skill, spread, imbalance, latency float64
	score                             float64
}

// team of a proposal: strength is the sum of the skills of its players.
type team struct {
	room     int
	strength float64
}

type member struct {
	rank int32
	team int32
}

func (p *proposal) reset(sh shape) {
	p.shape, p.room = sh, sh.players()
	p.members = p.members[:0]
	p.teams = sized(p.teams, sh.teams)
	for i := range p.teams {
		p.teams[i] = team{room: sh.size}
	}
}

func (p *proposal) seat(x *index, rank int32, team int) {
	size := int(x.size[rank])
	p.members = append(p.members, member{rank, int32(team)})
	p.teams[team].room -= size
	p.teams[team].strength += x.skill[rank] * float64(size)
	p.room -= size
}

// roomiest is the team with most room, the weakest of several.
func (p *proposal) roomiest() int {
	best := 0
	for i := range p.teams {
		t, b := &p.teams[i], &p.teams[best]
		if t.room > b.room || t.room == b.room && t.strength < b.strength {
			best = i
		}
	}
	return best
}

// The balancing of one proposal is bounded in rounds over all pairs, and in
// pairs, of which large matches have many.
const (
	maxSweeps = 4
	maxPairs  = 5000
)

// balance swaps parties of equal size between teams as long as that brings the
// strengths closer to each other.
func (p *proposal) balance(x *index) {
	if p.shape.teams == 1 || p.shape.size == 1 {
		return // nothing to gain
	}
	pairs := len(p.members) * len(p.members) / 2
	for range max(1, min(maxSweeps, maxPairs/max(1, pairs))) {
		swapped := false
		for i := range p.members {
			for j := i + 1; j < len(p.members); j++ {
				swapped = p.swap(x, &p.members[i], &p.members[j]) || swapped
			}
		}
		if !swapped {
			return
		}
	}
}

// swap does it if the sum of the squares of the strengths falls, which is least
// when all are equal.
func (p *proposal) swap(x *index, a, b *member) bool {
	if a.team == b.team || x.size[a.rank] != x.size[b.rank] {
		return false
	}
	from, to := &p.teams[a.team], &p.teams[b.team]
	moved := (x.skill[a.rank] - x.skill[b.rank]) * float64(x.size[a.rank])
	gap := from.strength - to.strength
	if moved*(moved-gap) >= 0 { // half of the change of the sum of squares
		return false
	}
	from.strength -= moved
	to.strength += moved
	a.team, b.team = b.team, a.team
	return true
}

// measure finds the figures of the match.
func (p *proposal) measure(q *Queue, region int) {
	x := &q.index
	p.region, p.latency = region, 0
	low, high := x.skill[p.members[0].rank], x.skill[p.members[0].rank]
	for _, m := range p.members {
		low, high = min(low, x.skill[m.rank]), max(high, x.skill[m.rank])
		if len(q.rules.Regions) > 0 {
			p.latency = max(p.latency, q.latencies(x.slot[m.rank])[region])
		}
	}
	p.spread = high - low
	weakest, strongest, total := p.teams[0].strength, p.teams[0].strength, 0.0
	for _, t := range p.teams {
		weakest, strongest = min(weakest, t.strength), max(strongest, t.strength)
		total += t.strength
	}
	p.imbalance = (strongest - weakest) / float64(p.shape.size)
	p.skill = total / float64(p.shape.players())
}

// fill writes the proposal out.
func (p *proposal) fill(q *Queue, s *search, o *output) {
	m := Match{
		Region: q.regionName(p.region),
		Skill:  p.skill, Spread: p.spread, Imbalance: p.imbalance, Latency: p.latency,
		Window: s.window,
	}
	firstTeam := len(o.teams)
	for team := range p.teams {
		first := len(o.tickets)
		for _, member := range p.members {
			if int(member.team) == team {
				slot := q.index.slot[member.rank]
				o.tickets = append(o.tickets, q.tickets[slot])
				m.Waited = max(m.Waited, q.waited(slot))
			}
		}
		o.teams = append(o.teams, o.tickets[first:len(o.tickets):len(o.tickets)])
	}
	m.Teams = o.teams[firstTeam:len(o.teams):len(o.teams)]
	o.matches = append(o.matches, m)
}

func (q *Queue) regionName(region int) string {
	if len(q.rules.Regions) == 0 {
		return ""
	}
	return q.rules.Regions[region]
}
