package matchmaker_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"tickwire/lobby/matchmaker"
)

func newQueue(t testing.TB, rules matchmaker.Rules) *matchmaker.Queue {
	t.Helper()
	q, err := matchmaker.New(rules)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// add puts tickets of one player in, named a, b, c … by their skills.
func add(t testing.TB, q *matchmaker.Queue, now time.Duration, tickets ...matchmaker.Ticket) {
	t.Helper()
	for _, ticket := range tickets {
		if err := q.Add(ticket, now); err != nil {
			t.Fatal(err)
		}
	}
}

func player(id string, skill float64) matchmaker.Ticket {
	return matchmaker.Ticket{ID: id, Skill: skill}
}

func party(id string, size int, skill float64) matchmaker.Ticket {
	return matchmaker.Ticket{ID: id, Size: size, Skill: skill}
}

// describe writes matches as "a b | c d", teams and tickets in a fixed order.
func describe(matches []matchmaker.Match) string {
	var all []string
	for _, m := range matches {
		var teams []string
		for _, team := range m.Teams {
			var ids []string
			for _, t := range team {
				ids = append(ids, t.ID)
			}
			slices.Sort(ids)
			teams = append(teams, strings.Join(ids, " "))
		}
		if m.Backfill == "" {
			slices.Sort(teams)
		}
		text := strings.Join(teams, " | ")
		if m.Backfill != "" {
			text = m.Backfill + " < " + text
		}
		if m.Region != "" {
			text += " @" + m.Region
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func expect(t testing.TB, got []matchmaker.Match, want string) {
	t.Helper()
	if text := describe(got); text != want {
		t.Errorf("matches %q, want %q", text, want)
	}
}

const second = time.Second

func TestDuelTakesTheNearestSkill(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Skill: matchmaker.Window{Start: 100}})
	add(t, q, 0, player("a", 1500), player("b", 1590), player("c", 1450), player("d", 1610))
	expect(t, q.Pass(0), "a | c; b | d")
	if q.Len() != 0 || q.Players() != 0 {
		t.Errorf("%d tickets with %d players are left", q.Len(), q.Players())
	}
}

func TestWindowWidensWithTheLongestWait(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Skill: matchmaker.Window{Start: 50, PerSecond: 10, Max: 200}})
	add(t, q, 0, player("a", 1500))
	add(t, q, 9*second, player("b", 1650))
	expect(t, q.Pass(9*second), "") // a waits 9 s: 140
	expect(t, q.Pass(10*second), "a | b")

	add(t, q, 20*second, player("c", 1500), player("d", 1701))
	expect(t, q.Pass(20*second+time.Hour), "") // never above the maximum
	add(t, q, 20*second+time.Hour, player("e", 1620))
	expect(t, q.Pass(20*second+time.Hour), "c | e") // c is as old as d, and came first
}

func TestOldestGoesFirst(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Skill: matchmaker.Window{Start: 100}})
	add(t, q, 0, player("old", 1600))
	add(t, q, second, player("young", 1500), player("between", 1550))
	expect(t, q.Pass(2*second), "between | old")
}

func TestCreditForAnEarlierWaitCounts(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Skill: matchmaker.Window{Start: 100}})
	add(t, q, 5*second, player("a", 1500), player("b", 1550))
	back := player("back", 1600)
	back.Waited = 30 * second
	add(t, q, 5*second, back)
	expect(t, q.Pass(5*second), "b | back")
	if s, _ := q.Status("a", 5*second); s.Waited != 0 {
		t.Errorf("a waited %v", s.Waited)
	}
}

func TestPartiesStayTogetherAndSpread(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{TeamSize: 3})
	add(t, q, 0, party("duo1", 2, 10), party("duo2", 2, 10), player("x", 10), player("y", 10))
	expect(t, q.Pass(0), "duo1 x | duo2 y")

	add(t, q, 0, party("duo", 2, 10), party("trio", 3, 10))
	expect(t, q.Pass(0), "")
	if s, _ := q.Status("trio", 0); s.Reason != matchmaker.TooFew || s.Needed != 3 {
		t.Errorf("trio: %+v", s)
	}
	add(t, q, 0, player("z", 10))
	expect(t, q.Pass(0), "duo z | trio")
}

func TestPartiesThatFillNoTeamWait(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{TeamSize: 5, MaxParty: 4})
	add(t, q, 0, party("a", 3, 0), party("b", 3, 0), party("c", 3, 0), party("d", 3, 0))
	expect(t, q.Pass(0), "")
	if s, _ := q.Status("a", 0); s.Reason != matchmaker.PartySize || s.Candidates != 9 || s.Needed != 7 {
		t.Errorf("a: %+v", s)
	}
	// Spreading the large ones leaves gaps here; only 3+2 and 4+1 is exact.
	add(t, q, 0, party("e", 4, 0), party("f", 2, 0), player("g", 0))
	expect(t, q.Pass(0), "a f | e g")
}

func TestTeamsAreBalanced(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{TeamSize: 2})
	add(t, q, 0, player("a", 40), player("b", 30), player("c", 20), player("d", 10))
	got := q.Pass(0)
	expect(t, got, "a d | b c")
	if m := got[0]; m.Imbalance != 0 || m.Spread != 30 || m.Skill != 25 {
		t.Errorf("%+v", m)
	}

	q = newQueue(t, matchmaker.Rules{TeamSize: 2, Balance: matchmaker.Window{Start: 5, PerSecond: 1}})
	add(t, q, 0, player("a", 40), player("b", 10), player("c", 10), player("d", 10))
	expect(t, q.Pass(0), "")
	if s, _ := q.Status("a", 0); s.Reason != matchmaker.Unbalanced {
		t.Errorf("a: %+v", s)
	}
	expect(t, q.Pass(9*second), "")
	if got := q.Pass(10 * second); len(got) != 1 || got[0].Imbalance != 15 {
		t.Errorf("%+v", got)
	}
}

func TestRegionMustSuitAll(t *testing.T) {
	rules := matchmaker.Rules{
		Regions: []string{"eu", "us"},
		Latency: matchmaker.Window{Start: 50, PerSecond: 10, Max: 200},
		Skill:   matchmaker.Window{Start: 100},
	}
	near := func(id string, skill, eu, us float64) matchmaker.Ticket {
		return matchmaker.Ticket{ID: id, Skill: skill, Latency: map[string]float64{"eu": eu, "us": us, "moon": 1}}
	}
	q := newQueue(t, rules)
	add(t, q, 0, near("a", 0, 20, 120), near("b", 10, 110, 30))
	expect(t, q.Pass(0), "")
	if s, _ := q.Status("a", 0); s.Reason != matchmaker.NoRegion || s.Latency != 50 || s.Candidates != 0 {
		t.Errorf("a: %+v", s)
	}
	add(t, q, 5*second, near("c", 90, 40, 45))
	expect(t, q.Pass(5*second), "a | c @eu") // the older decides where
	add(t, q, 6*second, matchmaker.Ticket{ID: "anywhere", Skill: 10})
	if got := q.Pass(6 * second); describe(got) != "anywhere | b @us" || got[0].Latency != 30 {
		t.Errorf("%+v", got)
	}

	if err := q.Add(near("far", 0, 201, 300), 0); !errors.Is(err, matchmaker.ErrRegion) {
		t.Errorf("out of reach for ever: %v", err)
	}
	if err := q.Add(matchmaker.Ticket{ID: "x", Latency: map[string]float64{"moon": 1}}, 0); !errors.Is(err, matchmaker.ErrRegion) {
		t.Errorf("unknown region: %v", err)
	}
}

func TestNearestRegionWins(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Regions: []string{"eu", "us"}, Latency: matchmaker.Window{Start: 100}})
	ms := func(eu, us float64) map[string]float64 { return map[string]float64{"eu": eu, "us": us} }
	add(t, q, 0, matchmaker.Ticket{ID: "a", Latency: ms(80, 20)}, matchmaker.Ticket{ID: "b", Latency: ms(90, 30)})
	expect(t, q.Pass(0), "a | b @us")
}

func TestSmallerMatchesComeLater(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Teams: 8, MinTeams: 3, FullFor: 10 * second})
	add(t, q, 0, player("a", 0), player("b", 1), player("c", 2), player("d", 3))
	expect(t, q.Pass(9*second), "")
	if s, _ := q.Status("a", 9*second); s.Reason != matchmaker.TooFew || s.Needed != 7 {
		t.Errorf("a: %+v", s)
	}
	expect(t, q.Pass(10*second), "a | b | c | d")

	add(t, q, 11*second, player("a", 0), player("b", 1))
	expect(t, q.Pass(30*second), "")
	if s, _ := q.Status("a", 30*second); s.Needed != 2 {
		t.Errorf("a: %+v", s)
	}
}

func TestOneTeamForAll(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Teams: 1, TeamSize: 4, MinTeamSize: 2, FullFor: -1})
	add(t, q, 0, player("a", 0), party("duo", 2, 0))
	expect(t, q.Pass(0), "a duo")
}

func TestTogetherKeepsPeopleApart(t *testing.T) {
	// b will not play with anybody but a; it must not keep a from the others.
	q := newQueue(t, matchmaker.Rules{Teams: 3, Together: func(x, y *matchmaker.Ticket) bool {
		return x.ID != "b" && y.ID != "b" || x.ID == "a" || y.ID == "a"
	}})
	add(t, q, 0, player("a", 0), player("b", 1), player("c", 5))
	expect(t, q.Pass(0), "")
	if s, _ := q.Status("a", 0); s.Reason != matchmaker.Predicate {
		t.Errorf("a: %+v", s)
	}
	add(t, q, 0, player("d", 6))
	expect(t, q.Pass(0), "a | c | d")
}

func TestAcceptHasTheLastWord(t *testing.T) {
	evenSum := func(m *matchmaker.Match) bool {
		sum := 0.0
		for ticket := range m.Tickets() {
			sum += ticket.Skill
		}
		return math.Mod(sum, 2) == 0 && m.Players() == 2
	}
	q := newQueue(t, matchmaker.Rules{Accept: evenSum})
	add(t, q, 0, player("a", 0), player("b", 1))
	expect(t, q.Pass(0), "")
	if s, _ := q.Status("a", 0); s.Reason != matchmaker.Predicate {
		t.Errorf("a: %+v", s)
	}
	add(t, q, 0, player("c", -2))
	expect(t, q.Pass(0), "a | c")
}

func TestScoreChooses(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Score: func(m *matchmaker.Match) float64 { return m.Spread }})
	add(t, q, 0, player("a", 0), player("b", 1), player("c", -7))
	expect(t, q.Pass(0), "a | c")
}

func TestRemovedAndDoubleTickets(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{})
	add(t, q, 0, player("a", 0), player("b", 0))
	if err := q.Add(player("a", 0), 0); !errors.Is(err, matchmaker.ErrDuplicate) {
		t.Errorf("second a: %v", err)
	}
	if !q.Remove("a") || q.Remove("a") {
		t.Error("a can be removed once")
	}
	expect(t, q.Pass(0), "")
	add(t, q, 0, player("a", 0))
	expect(t, q.Pass(0), "a | b")
	if _, ok := q.Status("a", 0); ok {
		t.Error("a is still in the queue")
	}
}

func TestBadTicketsAreRefused(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{TeamSize: 4, MaxParty: 2, Regions: []string{"eu"}})
	for name, tc := range map[string]struct {
		ticket matchmaker.Ticket
		want   error
	}{
		"no ID":            {matchmaker.Ticket{}, matchmaker.ErrInvalid},
		"skill":            {player("a", math.NaN()), matchmaker.ErrInvalid},
		"infinite skill":   {player("a", math.Inf(-1)), matchmaker.ErrInvalid},
		"negative size":    {party("a", -1, 0), matchmaker.ErrInvalid},
		"large party":      {party("a", 3, 0), matchmaker.ErrParty},
		"negative wait":    {matchmaker.Ticket{ID: "a", Waited: -1}, matchmaker.ErrInvalid},
		"negative latency": {matchmaker.Ticket{ID: "a", Latency: map[string]float64{"eu": -1}}, matchmaker.ErrInvalid},
		"latency":          {matchmaker.Ticket{ID: "a", Latency: map[string]float64{"eu": math.NaN()}}, matchmaker.ErrInvalid},
		"no region":        {matchmaker.Ticket{ID: "a", Latency: map[string]float64{}}, matchmaker.ErrRegion},
	} {
		if err := q.Add(tc.ticket, 0); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if q.Len() != 0 {
		t.Errorf("%d tickets in the queue", q.Len())
	}
}

func TestSenselessRulesAreRefused(t *testing.T) {
	for name, rules := range map[string]matchmaker.Rules{
		"one player":            {Teams: 1},
		"more teams at least":   {Teams: 2, MinTeams: 3},
		"larger teams at least": {TeamSize: 2, MinTeamSize: 3},
		"giant":                 {Teams: 1 << 40, TeamSize: 1 << 40},
		"negative":              {Teams: -1},
		"party":                 {TeamSize: 2, MaxParty: 3},
		"budget":                {Budget: -1},
		"window":                {Skill: matchmaker.Window{Start: math.NaN()}},
		"shrinking window":      {Balance: matchmaker.Window{Start: 10, Max: 5}},
		"latency":               {Latency: matchmaker.Window{Start: 10}},
		"regions twice":         {Regions: []string{"eu", "eu"}},
		"many regions":          {Regions: slices.Repeat([]string{"x"}, 65)},
	} {
		if _, err := matchmaker.New(rules); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTimeNeverRunsBack(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{})
	add(t, q, 10*second, player("a", 0))
	if s, _ := q.Status("a", 0); s.Waited != 0 {
		t.Errorf("a waited %v", s.Waited)
	}
	add(t, q, 0, player("b", 0))
	if got := q.Pass(12 * second); len(got) != 1 || got[0].Waited != 2*second {
		t.Errorf("%+v", got)
	}
}

func TestPanicInARuleLosesNobody(t *testing.T) {
	broken := true
	q := newQueue(t, matchmaker.Rules{Accept: func(m *matchmaker.Match) bool {
		if broken && m.Teams[0][0].Skill == 100 {
			panic("studio's mistake")
		}
		return true
	}})
	add(t, q, 0, player("a", 0), player("b", 0), player("c", 100), player("d", 100))
	func() {
		defer func() { _ = recover() }()
		q.Pass(0)
		t.Error("the panic was swallowed")
	}()
	if q.Len() != 4 {
		t.Errorf("%d tickets are left, want 4", q.Len())
	}
	broken = false
	expect(t, q.Pass(0), "a | b; c | d")
}

func ExampleQueue_Status() {
	q, err := matchmaker.New(matchmaker.Rules{Skill: matchmaker.Window{Start: 50, PerSecond: 10, Max: 400}})
	if err != nil {
		panic(err)
	}
	_ = q.Add(matchmaker.Ticket{ID: "ann", Skill: 1500}, 0)
	_ = q.Add(matchmaker.Ticket{ID: "bob", Skill: 1720}, 0)
	for now := time.Duration(0); ; now += 6 * time.Second {
		for _, m := range q.Pass(now) {
			fmt.Printf("matched after %v\n", m.Waited)
			return
		}
		s, _ := q.Status("ann", now)
		fmt.Printf("waited %v: %v, window ±%.0f, %d of %d in it\n", s.Waited, s.Reason, s.Window, s.Candidates, s.Needed)
	}
	// Output:
	// waited 0s: skill_window, window ±50, 0 of 1 in it
	// waited 6s: skill_window, window ±110, 0 of 1 in it
	// waited 12s: skill_window, window ±170, 0 of 1 in it
	// matched after 18s
}
