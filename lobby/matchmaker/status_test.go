package matchmaker_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"tickwire/lobby/matchmaker"
)

// The codes are on the wire and in the documentation of the protocol.
func TestReasonsHaveStableCodes(t *testing.T) {
	var codes []string
	for _, r := range matchmaker.Reasons() {
		codes = append(codes, r.String())
	}
	want := "pending too_few_players skill_window region party_size predicate balance"
	if got := strings.Join(codes, " "); got != want {
		t.Errorf("codes %q, want %q", got, want)
	}
}

func TestStatusBeforeTheFirstPass(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{})
	if _, ok := q.Status("a", 0); ok {
		t.Error("a ticket that is not there has a status")
	}
	add(t, q, 0, player("a", 0), player("b", 0))
	s, ok := q.Status("a", 3*second)
	if !ok || s.Reason != matchmaker.Pending || s.Waited != 3*second || s.Candidates != 0 || s.Needed != 1 || !math.IsInf(s.Window, 1) {
		t.Errorf("%+v, %v", s, ok)
	}
}

func TestEstimateFollowsWhatOthersWaited(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Skill: matchmaker.Window{Start: 10}})
	now := time.Duration(0)
	// Average players wait 10 s, strong ones 60 s.
	match := func(id string, skill float64, wait time.Duration) {
		for _, n := range []string{"1", "2"} {
			add(t, q, now, matchmaker.Ticket{ID: id + n, Skill: skill, Waited: wait})
		}
		if len(q.Pass(now)) != 1 {
			t.Fatalf("no match at skill %v", skill)
		}
	}
	for i := range 20 {
		now += second
		match("average"+strconv.Itoa(i), 1500, 10*second)
		match("strong"+strconv.Itoa(i), 2200, 60*second)
	}
	estimate := func(skill float64, waited time.Duration) (time.Duration, bool) {
		add(t, q, now, matchmaker.Ticket{ID: "new", Skill: skill, Waited: waited})
		defer q.Remove("new")
		s, _ := q.Status("new", now)
		return s.Estimate, s.Known
	}
	for _, c := range []struct {
		skill               float64
		waited, least, most time.Duration
	}{
		{1500, 0, 10 * second, 11 * second},
		{1505, 4 * second, 6 * second, 7 * second},
		{2200, 0, 59 * second, 60 * second},
		{1500, 20 * second, 39 * second, 41 * second}, // only the strong waited longer
	} {
		if got, ok := estimate(c.skill, c.waited); !ok || got < c.least || got > c.most {
			t.Errorf("skill %v after %v: %v, %v; want %v to %v", c.skill, c.waited, got, ok, c.least, c.most)
		}
	}
	if got, ok := estimate(1500, 2*time.Minute); ok {
		t.Errorf("estimate %v though nobody ever waited that long", got)
	}
	now += time.Hour
	if got, ok := estimate(1500, 0); ok {
		t.Errorf("estimate %v from what was an hour ago", got)
	}
}

// Tickets that fit nobody stand at the head of the queue and cost the whole
// budget; those behind them get their matches all the same.
func TestHopelessTicketsBlockNobody(t *testing.T) {
	hopeless := func(x *matchmaker.Ticket) bool { return x.Data == "hopeless" }
	q := newQueue(t, matchmaker.Rules{
		Budget:   500,
		Together: func(x, y *matchmaker.Ticket) bool { return !hopeless(x) && !hopeless(y) },
	})
	for i := range 200 {
		add(t, q, 0, matchmaker.Ticket{ID: "h" + strconv.Itoa(i), Skill: float64(i), Data: "hopeless"})
	}
	add(t, q, second, player("a", 1000), player("b", 1000))
	for range 201 { // one for each hopeless ticket
		if got := q.Pass(second); len(got) > 0 {
			expect(t, got, "a | b")
			return
		}
	}
	t.Error("a and b were never matched")
}

// New arrivals of the middle find partners at once; the outlier must get one of
// them when its window is wide enough.
func TestOutlierIsMatchedInTheEnd(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Skill: matchmaker.Window{Start: 20, PerSecond: 10, Max: 300}})
	add(t, q, 0, player("outlier", 300))
	for now := second; now < time.Minute; now += second {
		for i := range 4 {
			add(t, q, now, player(now.String()+strconv.Itoa(i), float64(i)))
		}
		for _, m := range q.Pass(now) {
			for ticket := range m.Tickets() {
				if ticket.ID == "outlier" {
					if m.Waited < 27*second || m.Waited > 29*second {
						t.Errorf("matched after %v", m.Waited)
					}
					return
				}
			}
		}
	}
	t.Error("never matched")
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	q := newQueue(t, fiveOnFive)
	c := newCrowd(1 << 16)
	now := time.Duration(0)
	step := func() {
		now += second
		for range 50 {
			add(t, q, now, c.ticket())
		}
		for range q.Pass(now) {
		}
		q.Status(c.ids[c.next], now)
	}
	for range 300 {
		step()
	}
	if n := testing.AllocsPerRun(100, step); n >= 1 {
		t.Errorf("%v allocations per step", n)
	}
}
