package matchmaker_test

import (
	"math"
	"slices"
	"time"

	"pgregory.net/rapid"

	"tickwire/lobby/matchmaker"
)

// checkMatch holds a new match against the rules.
func (m *model) checkMatch(t *rapid.T, match *matchmaker.Match) {
	m.checkTickets(t, match)
	r := &m.rules
	if n := len(match.Teams); n < r.MinTeams || n > r.Teams {
		t.Fatalf("%d teams", n)
	}
	var means []float64
	size := 0
	low, high, longest := math.Inf(1), math.Inf(-1), time.Duration(0)
	for i, team := range match.Teams {
		n, sum := 0, 0.0
		for _, ticket := range team {
			n += ticket.Size
			sum += ticket.Skill * float64(ticket.Size)
			low, high = min(low, ticket.Skill), max(high, ticket.Skill)
			longest = max(longest, m.now-m.waiting[ticket.ID].since)
		}
		if i == 0 {
			size = n
		}
		if n != size || n < r.MinTeamSize || n > r.TeamSize {
			t.Fatalf("team %d has %d players, the first %d: %s", i, n, size, describe([]matchmaker.Match{*match}))
		}
		means = append(means, sum/float64(n))
	}
	if full := len(match.Teams)*size == r.Teams*r.TeamSize; !full && longest < r.FullFor {
		t.Fatalf("%d players only, after %v", len(match.Teams)*size, longest)
	}
	if match.Waited != longest || match.Spread != high-low || high-low > r.Skill.At(longest) {
		t.Fatalf("spread %v after %v: %+v", high-low, longest, match)
	}
	imbalance := slices.Max(means) - slices.Min(means)
	if math.Abs(match.Imbalance-imbalance) > 1e-9 || imbalance > r.Balance.At(longest)+1e-9 {
		t.Fatalf("imbalance %v after %v: %+v", imbalance, longest, match)
	}
	if r.Accept != nil && !r.Accept(match) {
		t.Fatalf("match was not accepted: %+v", match)
	}
}

// checkTickets holds for new and running matches.
func (m *model) checkTickets(t *rapid.T, match *matchmaker.Match) {
	all := slices.Collect(match.Tickets())
	for i, ticket := range all {
		w, ok := m.waiting[ticket.ID]
		switch {
		case m.left[ticket.ID]:
			t.Fatalf("ticket %s had left", ticket.ID)
		case !ok || w.ticket.Size != ticket.Size || w.ticket.Skill != ticket.Skill:
			t.Fatalf("ticket %+v was added as %+v", ticket, w.ticket)
		case !m.reaches(w, match.Region):
			t.Fatalf("ticket %+v cannot play in %q", ticket, match.Region)
		}
		for _, other := range all[:i] {
			if ticket.ID == other.ID {
				t.Fatalf("ticket %s is there twice", ticket.ID)
			}
			if m.rules.Together != nil && !together(ticket, other) {
				t.Fatalf("tickets %s and %s must not meet", ticket.ID, other.ID)
			}
		}
	}
}

func (m *model) reaches(w waiting, region string) bool {
	if len(m.rules.Regions) == 0 {
		return region == ""
	}
	ms, ok := w.ticket.Latency[region]
	return slices.Contains(m.rules.Regions, region) &&
		(w.ticket.Latency == nil || ok && ms <= m.rules.Latency.At(m.now-w.since))
}

// checkBackfill holds those who join a running match against its places.
func (m *model) checkBackfill(t *rapid.T, match *matchmaker.Match) {
	m.checkTickets(t, match)
	b, ok := m.backfills[match.Backfill]
	if !ok || b.Region != match.Region || len(b.Open) != len(match.Teams) || match.Players() == 0 {
		t.Fatalf("%+v joins %+v", match, b)
	}
	own := m.rules.Skill.At(m.now - m.since[b.ID])
	left := 0
	for i, team := range match.Teams {
		for _, ticket := range team {
			b.Open[i] -= ticket.Size
			window := max(own, m.rules.Skill.At(m.now-m.waiting[ticket.ID].since))
			if ticket.NoBackfill || math.Abs(ticket.Skill-b.Skill) > window {
				t.Fatalf("%+v joins %+v, window %v", ticket, b, window)
			}
		}
		if b.Open[i] < 0 {
			t.Fatalf("team %d of %s has %d places", i, b.ID, b.Open[i])
		}
		left += b.Open[i]
	}
	if left == 0 {
		delete(m.backfills, b.ID)
	}
	if m.rules.Accept != nil && !m.rules.Accept(match) {
		t.Fatalf("match was not accepted: %+v", match)
	}
}

// exact tells whether a pass misses nothing under these rules.
func (m *model) exact() bool {
	r := &m.rules
	return r.MaxParty == 1 && r.Together == nil && r.Accept == nil && r.Budget > 1000 &&
		(r.Balance == matchmaker.Window{} || r.Teams == 1)
}

// checkNothingLeftBehind looks for a match among those who still wait, by brute
// force: any window of skill around any ticket, in any region.
func (m *model) checkNothingLeftBehind(t *rapid.T) {
	regions := m.rules.Regions
	if len(regions) == 0 {
		regions = []string{""}
	}
	for _, anchor := range m.waiting {
		waited := m.now - anchor.since
		window, need := m.rules.Skill.At(waited), m.need(waited, 1)
		for _, region := range regions {
			for _, lowest := range m.waiting {
				low := lowest.ticket.Skill
				if !m.reaches(anchor, region) || anchor.ticket.Skill < low || anchor.ticket.Skill > low+window {
					continue
				}
				n := 0
				for _, w := range m.waiting {
					if w.ticket.Skill >= low && w.ticket.Skill-low <= window && m.reaches(w, region) {
						n++
					}
				}
				if n >= need {
					t.Fatalf("%d players of skill %v to %v in %q were left although ticket %s waits %v; a match takes %d",
						n, low, low+window, region, anchor.ticket.ID, waited, need)
				}
			}
		}
	}
}

// need is how many players the smallest match with that party takes.
func (m *model) need(waited time.Duration, party int) int {
	if waited < m.rules.FullFor {
		return m.rules.Teams * m.rules.TeamSize
	}
	return max(2, m.rules.MinTeams*max(party, m.rules.MinTeamSize))
}

// checkStatus counts the candidates of a ticket by hand.
func (m *model) checkStatus(t *rapid.T, id string) {
	s, ok := m.queue.Status(id, m.now)
	own := m.waiting[id]
	waited := m.now - own.since
	if !ok || s.Waited != waited || s.Window != m.rules.Skill.At(waited) || s.Latency != m.rules.Latency.At(waited) {
		t.Fatalf("status %+v of a ticket that waits %v", s, waited)
	}
	regions := m.rules.Regions
	if len(regions) == 0 {
		regions = []string{""}
	}
	all, near, best := 0, 0, 0
	for _, region := range regions {
		n := 0
		all, near = 0, 0
		for otherID, other := range m.waiting {
			if otherID == id {
				continue
			}
			all += other.ticket.Size
			if math.Abs(other.ticket.Skill-own.ticket.Skill) <= s.Window {
				near += other.ticket.Size
				if m.reaches(own, region) && m.reaches(other, region) {
					n += other.ticket.Size
				}
			}
		}
		best = max(best, n)
	}
	if need := m.need(waited, own.ticket.Size) - own.ticket.Size; s.Candidates != best || s.Needed != need {
		t.Fatalf("ticket %s: %+v, want %d candidates, %d needed", id, s, best, need)
	}
	fits := map[matchmaker.Reason]bool{
		matchmaker.Pending:    m.rules.Budget < 1000,
		matchmaker.TooFew:     all < s.Needed,
		matchmaker.SkillRange: all >= s.Needed && (near < s.Needed || best >= s.Needed),
		matchmaker.NoRegion:   near >= s.Needed && best < s.Needed && len(m.rules.Regions) > 0,
		matchmaker.PartySize:  m.rules.MaxParty > 1,
		matchmaker.Predicate:  m.rules.Together != nil || m.rules.Accept != nil,
		matchmaker.Unbalanced: m.rules.Balance != matchmaker.Window{},
	}
	if !fits[s.Reason] {
		t.Fatalf("ticket %s: reason %v, but %d players in all, %d of like skill, %d in a region, %d needed",
			id, s.Reason, all, near, best, s.Needed)
	}
}
