package matchmaker_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"tickwire/lobby/matchmaker"
)

var fiveOnFive = matchmaker.Rules{
	TeamSize: 5,
	Skill:    matchmaker.Window{Start: 50, PerSecond: 5, Max: 400},
	Balance:  matchmaker.Window{Start: 50, PerSecond: 5},
	Regions:  []string{"eu", "us", "asia", "south"},
	Latency:  matchmaker.Window{Start: 60, PerSecond: 1, Max: 200},
}

// crowd makes tickets as a large game sees them.
type crowd struct {
	rand  *rand.Rand
	ids   []string
	pings []map[string]float64
	next  int
}

func newCrowd(ids int) *crowd {
	c := &crowd{rand: rand.New(rand.NewPCG(1, 2))}
	for i := range ids {
		c.ids = append(c.ids, strconv.Itoa(i))
	}
	for range 256 {
		home := c.rand.IntN(4)
		ping := map[string]float64{}
		for i, region := range fiveOnFive.Regions {
			ping[region] = 20 + 30*c.rand.Float64()
			if i != home {
				ping[region] += 80 + 40*c.rand.Float64()
			}
		}
		c.pings = append(c.pings, ping)
	}
	return c
}

func (c *crowd) ticket() matchmaker.Ticket {
	size := 1
	if c.rand.IntN(5) == 0 {
		size = 2 + c.rand.IntN(3)
	}
	c.next++
	return matchmaker.Ticket{
		ID:      c.ids[c.next%len(c.ids)],
		Size:    size,
		Skill:   1500 + 300*c.rand.NormFloat64(),
		Latency: c.pings[c.rand.IntN(len(c.pings))],
	}
}

// BenchmarkPassFlow is the steady state: so many tickets wait because they are
// too far from each other, and one twentieth as many arrive before each pass
// and are matched.
func BenchmarkPassFlow(b *testing.B) {
	for _, size := range []int{100, 1_000, 10_000, 30_000} {
		b.Run(fmt.Sprintf("tickets=%d", size), func(b *testing.B) {
			rules := fiveOnFive
			rules.Skill = matchmaker.Window{Start: 50}
			rules.FullFor = time.Hour
			c := newCrowd(1 << 20)
			q := newQueue(b, rules)
			now := time.Duration(0)
			for i := range size { // far apart: they never match
				t := c.ticket()
				t.ID, t.Skill = "w"+strconv.Itoa(i), 1e6+20*float64(i)
				add(b, q, now, t)
			}
			matched := 0
			pass := func() {
				now += time.Second
				for range size / 20 {
					add(b, q, now, c.ticket())
				}
				matched += len(q.Pass(now))
			}
			for range 50 {
				pass()
			}
			matched = 0
			b.ReportAllocs()
			for b.Loop() {
				pass()
			}
			b.ReportMetric(float64(matched)/float64(b.N), "matches/op")
			b.ReportMetric(float64(q.Len()), "waiting")
		})
	}
}

// BenchmarkPassRush is a full queue of which all can be matched at once.
func BenchmarkPassRush(b *testing.B) {
	for _, size := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("tickets=%d", size), func(b *testing.B) {
			c := newCrowd(2 * size)
			q := newQueue(b, fiveOnFive)
			now, matched := time.Duration(0), 0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				now += time.Second
				for q.Len() < size {
					_ = q.Add(c.ticket(), now)
				}
				b.StartTimer()
				matched += len(q.Pass(now))
			}
			b.ReportMetric(float64(matched)/float64(b.N), "matches/op")
		})
	}
}

// BenchmarkPassRoyale is a full queue for matches of a hundred.
func BenchmarkPassRoyale(b *testing.B) {
	const size = 10_000
	rules := fiveOnFive
	rules.Teams, rules.MinTeams, rules.TeamSize, rules.Balance = 25, 15, 4, matchmaker.Window{}
	c := newCrowd(2 * size)
	q := newQueue(b, rules)
	now, matched := time.Duration(0), 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		now += time.Second
		for q.Len() < size {
			_ = q.Add(c.ticket(), now)
		}
		b.StartTimer()
		matched += len(q.Pass(now))
	}
	b.ReportMetric(float64(matched)/float64(b.N), "matches/op")
}

// BenchmarkPassStuck is a full queue of which nothing can be matched, for each
// reason there is.
func BenchmarkPassStuck(b *testing.B) {
	const size = 10_000
	for name, stuck := range map[string]struct {
		rules  matchmaker.Rules
		ticket func(i int) matchmaker.Ticket
	}{
		"skill": {
			matchmaker.Rules{TeamSize: 5, Skill: matchmaker.Window{Start: 20}},
			func(i int) matchmaker.Ticket { return matchmaker.Ticket{Skill: 5 * float64(i)} },
		},
		"skill100": {
			matchmaker.Rules{Teams: 100, Skill: matchmaker.Window{Start: 98}},
			func(i int) matchmaker.Ticket { return matchmaker.Ticket{Skill: float64(i)} },
		},
		"party": {
			matchmaker.Rules{TeamSize: 5},
			func(i int) matchmaker.Ticket { return matchmaker.Ticket{Size: 3, Skill: float64(i)} },
		},
		"balance": {
			matchmaker.Rules{TeamSize: 5, Balance: matchmaker.Window{Start: 1e-9}},
			func(i int) matchmaker.Ticket { return matchmaker.Ticket{Skill: float64(i) * float64(i)} },
		},
		"together": {
			matchmaker.Rules{TeamSize: 5, Together: func(x, y *matchmaker.Ticket) bool { return false }},
			func(i int) matchmaker.Ticket { return matchmaker.Ticket{Skill: float64(i)} },
		},
		"accept": {
			matchmaker.Rules{TeamSize: 5, Accept: func(*matchmaker.Match) bool { return false }},
			func(i int) matchmaker.Ticket { return matchmaker.Ticket{Skill: float64(i)} },
		},
	} {
		b.Run("reason="+name, func(b *testing.B) {
			q := newQueue(b, stuck.rules)
			for i := range size {
				t := stuck.ticket(i)
				t.ID = strconv.Itoa(i)
				add(b, q, 0, t)
			}
			now := time.Duration(0)
			b.ReportAllocs()
			for b.Loop() {
				if n := len(q.Pass(now)); n != 0 {
					b.Fatalf("%d matches", n)
				}
				now += time.Millisecond
			}
		})
	}
}

func BenchmarkStatus(b *testing.B) {
	q := newQueue(b, fiveOnFive)
	c := newCrowd(20_000)
	for range 10_000 {
		_ = q.Add(c.ticket(), 0)
	}
	for now := range time.Duration(5) {
		q.Pass(now)
	}
	for range 10_000 {
		_ = q.Add(c.ticket(), 0)
	}
	b.ReportAllocs()
	for b.Loop() {
		q.Status(c.ids[15_000], time.Second)
	}
}
