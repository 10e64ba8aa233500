package main

import (
	"strconv"
	"time"

	"tickwire/lobby/matchmaker"
	"tickwire/lobby/rating"
)

// party is what the simulation knows of a ticket.
type party struct {
	size    int
	skill   float64
	arrived time.Duration
	leaves  time.Duration // when it gives up
	gone    bool
}

// simulation runs in virtual time: nothing in it reads a clock but the meter of
// what a pass costs.
type simulation struct {
	o       *options
	queue   *matchmaker.Queue
	people  *population
	parties []party
	leaving [][]int32 // parties by the pass at which they give up
	open    int       // measured parties that still wait
	rec     recorder
}

// Only those who arrive in the measured time count; the queue fills up before
// and the rates stay the same until the last of them has left.
const (
	warmUp  = 2 * time.Minute
	mostLag = time.Hour
)

func simulate(o options) *result {
	queue, err := matchmaker.New(o.rules)
	if err != nil {
		panic(err) // the rules were checked; variations only scale them
	}
	o.rules = queue.Rules()
	s := simulation{o: &o, queue: queue, people: newPopulation(&o)}
	end := warmUp + o.duration
	for pass := 0; ; pass++ {
		now := time.Duration(pass) * o.every
		if now >= end && s.open == 0 || now >= end+mostLag {
			break
		}
		s.admit(now)
		s.giveUp(pass)
		s.pass(now)
		if s.measures(now) {
			s.observe(now)
		}
	}
	s.countOpen(end + mostLag)
	return s.rec.result(&o)
}

func (s *simulation) measures(at time.Duration) bool { return at >= warmUp && at < warmUp+s.o.duration }

// admit lets everybody in who has come by now.
func (s *simulation) admit(now time.Duration) {
	for s.people.next <= now {
		arrived := s.people.next
		id := len(s.parties)
		t, patience := s.people.arrive(id)
		p := party{size: t.Size, skill: t.Skill, arrived: arrived, leaves: arrived + patience}
		if err := s.queue.Add(t, arrived); err != nil {
			p.gone = true // out of reach of all regions
			s.rec.refused++
		} else if s.measures(arrived) {
			s.open++
		}
		s.parties = append(s.parties, p)
		if s.o.patience > 0 && !p.gone {
			s.remember(int32(id), p.leaves)
		}
	}
}

// remember notes the first pass that is not before that time.
func (s *simulation) remember(id int32, leaves time.Duration) {
	pass := int((leaves + s.o.every - 1) / s.o.every)
	for len(s.leaving) <= pass {
		s.leaving = append(s.leaving, nil)
	}
	s.leaving[pass] = append(s.leaving[pass], id)
}

func (s *simulation) giveUp(pass int) {
	if pass >= len(s.leaving) {
		return
	}
	for _, id := range s.leaving[pass] {
		p := &s.parties[id]
		if p.gone {
			continue
		}
		s.queue.Remove(strconv.Itoa(int(id)))
		s.leave(p, p.leaves, false)
	}
	s.leaving[pass] = nil
}

// leave takes a party out of the count.
func (s *simulation) leave(p *party, now time.Duration, matched bool) {
	p.gone = true
	if s.measures(p.arrived) {
		s.open--
		s.rec.party(p, now-p.arrived, matched)
	}
}

func (s *simulation) pass(now time.Duration) {
	start := time.Now()
	matches := s.queue.Pass(now)
	if s.measures(now) {
		s.rec.passes = append(s.rec.passes, time.Since(start).Seconds())
	}
	for i := range matches {
		m := &matches[i]
		if s.measures(now) {
			s.rec.match(m)
		}
		for t := range m.Tickets() {
			id, _ := strconv.Atoi(t.ID)
			s.leave(&s.parties[id], now, true)
		}
	}
}

// mostAsked bounds the tickets that are asked for their reason after a pass.
const mostAsked = 200

// observe notes how full the queue is and why its tickets wait.
func (s *simulation) observe(now time.Duration) {
	s.rec.queue = append(s.rec.queue, float64(s.queue.Len()))
	step := max(1, s.queue.Len()/mostAsked)
	seen := 0
	for id := s.oldest(); id < len(s.parties); id++ {
		if s.parties[id].gone {
			continue
		}
		if seen++; seen%step != 0 {
			continue
		}
		if status, ok := s.queue.Status(strconv.Itoa(id), now); ok {
			s.rec.reasons[status.Reason] += float64(step) * s.o.every.Seconds()
		}
	}
}

// oldest is the first party that can still be waiting.
func (s *simulation) oldest() int {
	for s.rec.oldest < len(s.parties) && s.parties[s.rec.oldest].gone {
		s.rec.oldest++
	}
	return s.rec.oldest
}

// countOpen closes the account of who waits even at the end.
func (s *simulation) countOpen(now time.Duration) {
	for i := range s.parties {
		if p := &s.parties[i]; !p.gone {
			s.leave(p, max(now, p.arrived), false)
		}
	}
}

// favourite is the chance of the strongest team when the skills are true: that
// of Glicko-2 with certain ratings, so that 400 points are ten to one.
func favourite(m *matchmaker.Match) float64 {
	best := 0.5
	for i, team := range m.Teams {
		for _, other := range m.Teams[:i] {
			best = max(best, chance(meanSkill(team)-meanSkill(other)))
		}
	}
	return best
}

func chance(ahead float64) float64 {
	c, err := rating.Glicko2{}.Chances([]rating.Team{
		{Players: []rating.Rating{{Mean: max(ahead, -ahead)}}}, {Players: []rating.Rating{{}}},
	})
	if err != nil {
		return 1 // further ahead than a rating can be
	}
	return c[0]
}

func meanSkill(team []matchmaker.Ticket) float64 {
	sum, n := 0.0, 0
	for i := range team {
		sum += team[i].Skill * float64(team[i].Size)
		n += team[i].Size
	}
	return sum / float64(max(1, n))
}
