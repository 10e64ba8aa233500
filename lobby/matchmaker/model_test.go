package matchmaker_test

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tickwire/lobby/matchmaker"
)

// model is what a queue should be, written down without any cleverness.
type model struct {
	rules     matchmaker.Rules // defaults filled in
	queue     *matchmaker.Queue
	now       time.Duration
	waiting   map[string]waiting
	backfills map[string]matchmaker.Backfill
	since     map[string]time.Duration // of the backfills
	left      map[string]bool          // matched or removed for good
	next      int
}

type waiting struct {
	ticket matchmaker.Ticket
	since  time.Duration
}

func newModel(t *rapid.T, rules matchmaker.Rules) *model {
	q, err := matchmaker.New(rules)
	if err != nil {
		t.Fatalf("%+v: %v", rules, err)
	}
	return &model{
		rules: q.Rules(), queue: q,
		waiting: map[string]waiting{}, backfills: map[string]matchmaker.Backfill{},
		since: map[string]time.Duration{}, left: map[string]bool{},
	}
}

func drawWindow(t *rapid.T, name string) matchmaker.Window {
	if rapid.Bool().Draw(t, name+" unlimited") {
		return matchmaker.Window{}
	}
	start := rapid.IntRange(0, 30).Draw(t, name+" start")
	return matchmaker.Window{
		Start:     float64(start),
		PerSecond: float64(rapid.IntRange(0, 10).Draw(t, name+" growth")),
		Max:       float64(start + rapid.IntRange(1, 50).Draw(t, name+" widening")),
	}
}

func drawRules(t *rapid.T) matchmaker.Rules {
	r := matchmaker.Rules{
		Teams:    rapid.IntRange(1, 4).Draw(t, "teams"),
		TeamSize: rapid.IntRange(1, 4).Draw(t, "size"),
		FullFor:  time.Duration(rapid.IntRange(-1, 5).Draw(t, "full for")) * time.Second,
		Skill:    drawWindow(t, "skill"),
		Balance:  drawWindow(t, "balance"),
	}
	if r.Teams*r.TeamSize == 1 {
		r.Teams = 2
	}
	r.MinTeams = rapid.IntRange(1, r.Teams).Draw(t, "least teams")
	r.MinTeamSize = rapid.IntRange(1, r.TeamSize).Draw(t, "least size")
	if r.MinTeams*r.MinTeamSize == 1 {
		r.MinTeams, r.MinTeamSize = r.Teams, r.TeamSize
	}
	if rapid.Bool().Draw(t, "regions") {
		r.Regions = []string{"eu", "us", "asia"}
		r.Latency = drawWindow(t, "latency")
	}
	if rapid.Bool().Draw(t, "together") {
		r.Together = together
	}
	if rapid.Bool().Draw(t, "accept") {
		r.Accept = func(m *matchmaker.Match) bool { return math.Mod(m.Skill, 7) > 1 }
	}
	if rapid.Bool().Draw(t, "score") {
		r.Score = func(m *matchmaker.Match) float64 { return m.Waited.Seconds() - m.Imbalance }
	}
	r.Budget = 1 << 40
	if rapid.Bool().Draw(t, "poor") {
		r.Budget = rapid.IntRange(1, 200).Draw(t, "budget")
	}
	return r
}

// together keeps clans apart.
func together(a, b *matchmaker.Ticket) bool { return a.Data != b.Data || a.Data == 0 }

func (m *model) drawTicket(t *rapid.T) matchmaker.Ticket {
	m.next++
	ticket := matchmaker.Ticket{
		ID:         strconv.Itoa(m.next),
		Size:       rapid.IntRange(1, m.rules.MaxParty).Draw(t, "size"),
		Skill:      float64(rapid.IntRange(-60, 60).Draw(t, "skill")),
		NoBackfill: rapid.Bool().Draw(t, "no backfill"),
		Waited:     time.Duration(rapid.IntRange(0, 2).Draw(t, "waited")) * time.Second,
		Data:       rapid.IntRange(0, 3).Draw(t, "clan"),
	}
	if len(m.rules.Regions) > 0 && rapid.IntRange(0, 3).Draw(t, "measured") > 0 {
		ticket.Latency = map[string]float64{}
		for _, region := range append(m.rules.Regions, "moon") {
			if rapid.Bool().Draw(t, region) {
				ticket.Latency[region] = float64(rapid.IntRange(0, 90).Draw(t, "ms"))
			}
		}
	}
	return ticket
}

func (m *model) add(t *rapid.T) {
	ticket := m.drawTicket(t)
	if err := m.queue.Add(ticket, m.now); err != nil {
		if m.reachable(ticket) {
			t.Fatalf("%+v: %v", ticket, err)
		}
		return
	}
	m.waiting[ticket.ID] = waiting{ticket, m.now - ticket.Waited}
}

func (m *model) reachable(ticket matchmaker.Ticket) bool {
	for _, region := range m.rules.Regions {
		if ms, ok := ticket.Latency[region]; ok && ms <= m.rules.Latency.At(1<<62) {
			return true
		}
	}
	return ticket.Latency == nil || len(m.rules.Regions) == 0
}

func (m *model) remove(t *rapid.T) {
	if len(m.waiting) == 0 {
		t.Skip("nobody waits")
	}
	id := rapid.SampledFrom(m.ids()).Draw(t, "id")
	if !m.queue.Remove(id) || m.queue.Remove(id) {
		t.Fatalf("ticket %s cannot be removed once", id)
	}
	delete(m.waiting, id)
	m.left[id] = true
}

func (m *model) ids() []string {
	ids := make([]string, 0, len(m.waiting))
	for id := range m.waiting {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (m *model) setBackfill(t *rapid.T) {
	b := matchmaker.Backfill{
		ID:    rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "id"),
		Open:  rapid.SliceOfN(rapid.IntRange(0, 3), 1, 3).Draw(t, "open"),
		Skill: float64(rapid.IntRange(-60, 60).Draw(t, "skill")),
	}
	if len(m.rules.Regions) > 0 {
		b.Region = rapid.SampledFrom(m.rules.Regions).Draw(t, "region")
	}
	b.Open[0]++
	if err := m.queue.SetBackfill(b, m.now); err != nil {
		t.Fatal(err)
	}
	if _, ok := m.backfills[b.ID]; !ok {
		m.since[b.ID] = m.now
	}
	b.Open = slices.Clone(b.Open)
	m.backfills[b.ID] = b
}

func (m *model) removeBackfill(t *rapid.T) {
	id := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "id")
	_, there := m.backfills[id]
	if m.queue.RemoveBackfill(id) != there {
		t.Fatalf("backfill %s should be there: %v", id, there)
	}
	delete(m.backfills, id)
}

func (m *model) wait(t *rapid.T) {
	m.now += time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond
}

func (m *model) pass(t *rapid.T) {
	for _, match := range m.queue.Pass(m.now) {
		if match.Backfill != "" {
			m.checkBackfill(t, &match)
		} else {
			m.checkMatch(t, &match)
		}
		for ticket := range match.Tickets() {
			delete(m.waiting, ticket.ID)
			m.left[ticket.ID] = true
		}
	}
	if m.exact() {
		m.checkNothingLeftBehind(t)
	}
	for _, id := range m.ids() {
		m.checkStatus(t, id)
	}
}

// consistent holds after every step.
func (m *model) consistent(t *rapid.T) {
	players := 0
	for _, w := range m.waiting {
		players += w.ticket.Size
	}
	if m.queue.Len() != len(m.waiting) || m.queue.Players() != players {
		t.Fatalf("queue has %d tickets and %d players, want %d and %d",
			m.queue.Len(), m.queue.Players(), len(m.waiting), players)
	}
	if m.queue.Backfills() != len(m.backfills) {
		t.Fatalf("queue has %d backfills, want %d", m.queue.Backfills(), len(m.backfills))
	}
}

func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t, drawRules(t))
		t.Repeat(map[string]func(*rapid.T){
			"add": m.add, "add another": m.add, "and another": m.add, "remove": m.remove, "wait": m.wait,
			"pass": m.pass, "backfill": m.setBackfill, "remove backfill": m.removeBackfill, "": m.consistent,
		})
	})
}

// Many players of few skills: most passes make matches.
func TestModelInACrowd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t, drawRules(t))
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for range rapid.IntRange(0, 40).Draw(t, "tickets") {
				m.add(t)
			}
			if rapid.Bool().Draw(t, "running match") {
				m.setBackfill(t)
			}
			m.wait(t)
			m.pass(t)
			m.consistent(t)
		}
	})
}

// The same calls give the same matches in the same order.
func TestPassesAreDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t)
		a, b := newModel(t, rules), newModel(t, rules)
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			for range rapid.IntRange(0, 40).Draw(t, "tickets") {
				ticket := a.drawTicket(t)
				if (a.queue.Add(ticket, a.now) == nil) != (b.queue.Add(ticket, a.now) == nil) {
					t.Fatal("only one took the ticket")
				}
			}
			a.wait(t)
			if x, y := describe(a.queue.Pass(a.now)), describe(b.queue.Pass(a.now)); x != y {
				t.Fatalf("%q and %q", x, y)
			}
		}
	})
}
