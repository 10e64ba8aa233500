package matchmaker_test

import (
	"errors"
	"math"
	"testing"

	"tickwire/lobby/matchmaker"
)

func backfill(t testing.TB, q *matchmaker.Queue, b matchmaker.Backfill) {
	t.Helper()
	if err := q.SetBackfill(b, 0); err != nil {
		t.Fatal(err)
	}
}

func TestRunningMatchesAreFilledFirst(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{TeamSize: 2, Skill: matchmaker.Window{Start: 100}})
	backfill(t, q, matchmaker.Backfill{ID: "M", Open: []int{0, 2}, Skill: 1500, Data: 7})
	patient := player("patient", 1500)
	patient.NoBackfill = true
	add(t, q, 0, patient, player("a", 1590), player("b", 1450), player("c", 1601))
	got := q.Pass(0)
	expect(t, got, "M <  | a b")
	if m := got[0]; m.Data != 7 || m.Spread != 90 || m.Window != 100 || m.Skill != 1520 {
		t.Errorf("%+v", m)
	}
	if q.Backfills() != 0 || q.RemoveBackfill("M") {
		t.Error("the match is full and still asks for players")
	}
}

func TestBackfillTakesWhoComes(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{TeamSize: 3})
	backfill(t, q, matchmaker.Backfill{ID: "M", Open: []int{1, 3}})
	add(t, q, 0, party("trio", 3, 5), party("duo", 2, 1))
	expect(t, q.Pass(0), "M <  | duo") // the nearest first, whoever then fits
	add(t, q, 0, player("a", 0), player("b", 0), player("c", 0))
	expect(t, q.Pass(0), "M < a | b")
	if q.Backfills() != 0 || q.Len() != 2 {
		t.Errorf("%d backfills, %d tickets", q.Backfills(), q.Len())
	}
}

func TestBackfillChangesAndGoes(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{TeamSize: 3, Skill: matchmaker.Window{Start: 10, PerSecond: 1}})
	open := []int{1}
	backfill(t, q, matchmaker.Backfill{ID: "M", Open: open, Skill: 0})
	open[0] = 9 // the caller's own from then on
	add(t, q, 0, player("a", 20))
	expect(t, q.Pass(9*second), "")
	if err := q.SetBackfill(matchmaker.Backfill{ID: "M", Open: []int{1}, Skill: 1}, 9*second); err != nil {
		t.Fatal(err)
	}
	expect(t, q.Pass(9*second), "M < a") // it still waits since 0

	backfill(t, q, matchmaker.Backfill{ID: "N", Open: []int{3}})
	if !q.RemoveBackfill("N") {
		t.Error("N was not there")
	}
	add(t, q, 9*second, player("b", 0))
	expect(t, q.Pass(9*second), "")
}

func TestBackfillFollowsTheRules(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{
		TeamSize: 4,
		Regions:  []string{"eu", "us"},
		Latency:  matchmaker.Window{Start: 50},
		Together: func(x, y *matchmaker.Ticket) bool { return x.Data != y.Data },
		Accept: func(m *matchmaker.Match) bool {
			for ticket := range m.Tickets() {
				if ticket.Skill < 0 {
					return false
				}
			}
			return m.Backfill == "M"
		},
	})
	in := func(id string, skill float64, region string, clan any) matchmaker.Ticket {
		return matchmaker.Ticket{ID: id, Skill: skill, Latency: map[string]float64{region: 30}, Data: clan}
	}
	backfill(t, q, matchmaker.Backfill{ID: "M", Open: []int{4}, Region: "eu"})
	add(t, q, 0, in("a", 1, "eu", 1), in("other clan member", 2, "eu", 1), in("b", 3, "eu", 2), in("far", 0, "us", 3), in("refused", -1, "eu", 4))
	got := q.Pass(0)
	expect(t, got, "M < a b @eu")
	if got[0].Latency != 30 {
		t.Errorf("%+v", got[0])
	}
}

func TestBadBackfillsAreRefused(t *testing.T) {
	q := newQueue(t, matchmaker.Rules{Regions: []string{"eu"}})
	good := matchmaker.Backfill{ID: "M", Open: []int{1}, Region: "eu"}
	for name, tc := range map[string]struct {
		change func(*matchmaker.Backfill)
		want   error
	}{
		"no ID":     {func(b *matchmaker.Backfill) { b.ID = "" }, matchmaker.ErrInvalid},
		"no place":  {func(b *matchmaker.Backfill) { b.Open = []int{0, 0} }, matchmaker.ErrInvalid},
		"no team":   {func(b *matchmaker.Backfill) { b.Open = nil }, matchmaker.ErrInvalid},
		"negative":  {func(b *matchmaker.Backfill) { b.Open = []int{2, -1} }, matchmaker.ErrInvalid},
		"skill":     {func(b *matchmaker.Backfill) { b.Skill = math.NaN() }, matchmaker.ErrInvalid},
		"no region": {func(b *matchmaker.Backfill) { b.Region = "" }, matchmaker.ErrRegion},
		"region":    {func(b *matchmaker.Backfill) { b.Region = "us" }, matchmaker.ErrRegion},
	} {
		b := good
		tc.change(&b)
		if err := q.SetBackfill(b, 0); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := newQueue(t, matchmaker.Rules{}).SetBackfill(good, 0); !errors.Is(err, matchmaker.ErrRegion) {
		t.Errorf("region in a queue without regions: %v", err)
	}
}
