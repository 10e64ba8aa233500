package rating_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tickwire/lobby/rating"
)

func r(mean, deviation float64) rating.Rating {
	return rating.Rating{Mean: mean, Deviation: deviation}
}

// solo makes a team of each player.
func solo(ranks []int, players ...rating.Rating) []rating.Team {
	teams := make([]rating.Team, len(players))
	for i, p := range players {
		teams[i] = rating.Team{Rank: ranks[i], Players: []rating.Rating{p}}
	}
	return teams
}

// The expected numbers are those that the OpenSkill implementations publish in
// their tests (model Plackett–Luce, files rate.test.ts and
// plackett-luce.test.ts of openskill.js).
func TestWengLinGivesThePublishedNumbers(t *testing.T) {
	fresh := r(25, 25.0/3)
	a, b, c := r(29.182, 4.782), r(27.174, 4.922), r(16.672, 6.217)
	noTau := rating.WengLin{Tau: -1}
	third := 25.0 / 3
	for name, tc := range map[string]struct {
		system rating.WengLin
		teams  []rating.Team
		want   []rating.Rating
	}{
		"four alone": {
			teams: solo([]int{1, 2, 3, 4}, a, b, c, fresh),
			want: []rating.Rating{
				r(30.210227447000438, 4.765617924939384), r(27.644725221915632, 4.883479590134575),
				r(17.4036218889969, 6.101259408259549), r(19.21460876538932, 7.854669920480409),
			},
		},
		"four alone, other tau": {
			system: rating.WengLin{Tau: 0.01},
			teams:  solo([]int{1, 2, 3, 4}, a, b, c, fresh),
			want: []rating.Rating{
				r(30.20997558824299, 4.764909330988368), r(27.64461002009721, 4.882799245921361),
				r(17.403587237635527, 6.100731158882956), r(19.21478808745494, 7.854267281042293),
			},
		},
		"two against two": {
			teams: []rating.Team{{1, []rating.Rating{a, b}}, {2, []rating.Rating{c, fresh}}},
			want: []rating.Rating{
				r(29.607340941337068, 4.755311788972862), r(27.624602782532037, 4.892807828777459),
				r(15.953170429143093, 6.125902065139878), r(23.70858117648013, 8.111707446126035),
			},
		},
		"three teams, ranks out of order": {
			teams: []rating.Team{{3, []rating.Rating{a, fresh}}, {1, []rating.Rating{b, fresh}}, {2, []rating.Rating{c, fresh}}},
			want: []rating.Rating{
				r(27.857622571955794, 4.744504197327133), r(20.97892943330433, 8.129851804000902),
				r(27.990904891666695, 4.901705733959291), r(27.341233554297506, 8.2314516336455),
				r(17.607030910762578, 6.141282638892306), r(26.67983701239816, 8.149157818911323),
			},
		},
		"ranks out of order": {
			teams: solo([]int{1, 3, 4, 2}, r(15, third), r(20, third), r(25, third), r(30, third)),
			want: []rating.Rating{
				r(18.131120980297805, 8.283536573151807), r(20.405169039419135, 8.107860440531121),
				r(20.65583040714804, 8.082574596348321), r(30.80787957313502, 8.155100416275928),
			},
		},
		"tie for second": {
			teams: solo([]int{1, 2, 2}, r(10, 8), r(5, 10), r(0, 12)),
			want: []rating.Rating{
				r(11.942996666741225, 7.926888197620324), r(2.9381178546315034, 9.653804487570165),
				r(-1.4024317012198733, 11.323641575516767),
			},
		},
		"tie in the middle": {
			teams: solo([]int{2, 4, 2, 1}, r(15, third), r(20, third), r(25, third), r(30, third)),
			want: []rating.Rating{
				r(15.340043358359136, 8.213141619804967), r(18.007678675484204, 8.189033933813437),
				r(24.25801928251219, 8.166918055585525), r(32.39425868364447, 8.247687230833794),
			},
		},
		"all tied": {
			teams: solo([]int{1, 1, 1, 1}, fresh, fresh, fresh, fresh),
			want:  slices.Repeat([]rating.Rating{r(25, 8.263571791259416)}, 4),
		},
		"five alone without tau": {
			system: noTau,
			teams:  solo([]int{1, 2, 3, 4, 5}, fresh, fresh, fresh, fresh, fresh),
			want: []rating.Rating{
				r(27.666666666666668, 8.290556877154474), r(26.833333333333332, 8.240145629781066),
				r(25.72222222222222, 8.179996679645559), r(24.055555555555557, 8.111796013701358),
				r(20.72222222222222, 8.111796013701358),
			},
		},
		"teams of different sizes without tau": {
			system: noTau,
			teams: []rating.Team{
				{1, slices.Repeat([]rating.Rating{fresh}, 3)}, {2, []rating.Rating{fresh}}, {3, slices.Repeat([]rating.Rating{fresh}, 2)},
			},
			want: []rating.Rating{
				r(25.939870821784513, 8.247641552260456), r(25.939870821784513, 8.247641552260456), r(25.939870821784513, 8.247641552260456),
				r(27.21366020491262, 8.274321317985242),
				r(21.84646897330287, 8.213058173195341), r(21.84646897330287, 8.213058173195341),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			rated, err := tc.system.Rate(tc.teams)
			if err != nil {
				t.Fatal(err)
			}
			i := 0
			for got := range players(rated) {
				if want := tc.want[i]; math.Abs(got.Mean-want.Mean) > 1e-9 || math.Abs(got.Deviation-want.Deviation) > 1e-9 {
					t.Errorf("player %d: got %v, want %v", i, got, want)
				}
				i++
			}
		})
	}
}

func players(teams []rating.Team) func(func(rating.Rating) bool) {
	return func(yield func(rating.Rating) bool) {
		for _, t := range teams {
			for _, p := range t.Players {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// drawTeams makes matches of any shape, absurd ratings included.
func drawTeams(t *rapid.T) []rating.Team {
	player := rapid.Custom(func(t *rapid.T) rating.Rating {
		return r(rapid.Float64Range(-5000, 5000).Draw(t, "mean"), rapid.Float64Range(0, 500).Draw(t, "deviation"))
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) rating.Team {
		return rating.Team{
			Rank:    rapid.IntRange(-3, 3).Draw(t, "rank"),
			Players: rapid.SliceOfN(player, 1, 6).Draw(t, "players"),
		}
	}), 2, 8).Draw(t, "teams")
}

func TestWengLinHoldsForAnyMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		teams := drawTeams(t)
		rated, err := rating.WengLin{}.Rate(teams)
		if err != nil {
			t.Fatal(err)
		}
		best, worst := teams[0].Rank, teams[0].Rank
		for _, team := range teams {
			best, worst = min(best, team.Rank), max(worst, team.Rank)
		}
		winners := 0
		for _, team := range teams {
			if team.Rank == best {
				winners++
			}
		}
		for i, team := range rated {
			for j, after := range team.Players {
				before := teams[i].Players[j]
				if !(after.Deviation > 0) || after.Deviation > math.Hypot(before.Deviation, 25.0/300)+1e-9 {
					t.Fatalf("deviation %v became %v", before.Deviation, after.Deviation)
				}
				if math.IsNaN(after.Mean) || math.IsInf(after.Mean, 0) {
					t.Fatalf("mean %v became %v", before.Mean, after.Mean)
				}
				if winners == 1 && teams[i].Rank == best && after.Mean < before.Mean {
					t.Fatalf("the only winner fell from %v to %v", before.Mean, after.Mean)
				}
				if best < worst && len(teams) == 2 && teams[i].Rank == worst && after.Mean > before.Mean {
					t.Fatalf("the loser rose from %v to %v", before.Mean, after.Mean)
				}
			}
		}
	})
}

func TestWengLinDependsOnOrderOfRanksAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		teams := drawTeams(t)
		scaled := slices.Clone(teams)
		for i := range scaled {
			scaled[i].Rank = 10*scaled[i].Rank + 7
		}
		slices.Reverse(scaled)
		a, _ := rating.WengLin{}.Rate(teams)
		b, _ := rating.WengLin{}.Rate(scaled)
		slices.Reverse(b)
		for i := range a {
			for j := range a[i].Players {
				if !near(a[i].Players[j], b[i].Players[j]) {
					t.Fatalf("team %d: %v and %v", i, a[i].Players[j], b[i].Players[j])
				}
			}
		}
	})
}

func near(a, b rating.Rating) bool {
	return math.Abs(a.Mean-b.Mean) < 1e-6 && math.Abs(a.Deviation-b.Deviation) < 1e-6
}

func TestChancesAddUpToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chances, err := rating.WengLin{}.Chances(drawTeams(t))
		if err != nil {
			t.Fatal(err)
		}
		total := 0.0
		for _, c := range chances {
			if !(c >= 0 && c <= 1) {
				t.Fatalf("chance %v", c)
			}
			total += c
		}
		if math.Abs(total-1) > 1e-9 {
			t.Fatalf("chances %v add up to %v", chances, total)
		}
	})
}

// Players with known strengths meet at random; the ratings must sort them.
func TestWengLinFindsTheOrderOfPlayers(t *testing.T) {
	system := rating.WengLin{}
	ladder := make([]rating.Rating, 8)
	for i := range ladder {
		ladder[i] = system.New()
	}
	for round := range 40 {
		for i := range ladder {
			j := (i + 1 + round) % len(ladder)
			if i == j {
				continue
			}
			rated, err := system.Rate(solo([]int{-i, -j}, ladder[i], ladder[j])) // the higher index wins
			if err != nil {
				t.Fatal(err)
			}
			ladder[i], ladder[j] = rated[0].Players[0], rated[1].Players[0]
		}
	}
	if !slices.IsSortedFunc(ladder, func(a, b rating.Rating) int { return int(math.Copysign(1, a.Mean-b.Mean)) }) {
		t.Errorf("ladder %v is not in order", ladder)
	}
	if d := ladder[3].Deviation; d > system.New().Deviation/2 {
		t.Errorf("deviation is still %v after 80 games", d)
	}
}

func TestImpossibleMatchesAreRefused(t *testing.T) {
	one := []rating.Rating{r(25, 8)}
	for name, tc := range map[string]struct {
		teams []rating.Team
		want  error
	}{
		"no team":            {nil, rating.ErrShape},
		"one team":           {[]rating.Team{{1, one}}, rating.ErrShape},
		"empty team":         {[]rating.Team{{1, one}, {2, nil}}, rating.ErrShape},
		"mean is no number":  {solo([]int{1, 2}, r(math.NaN(), 1), r(0, 1)), rating.ErrRating},
		"mean is infinite":   {solo([]int{1, 2}, r(math.Inf(1), 1), r(0, 1)), rating.ErrRating},
		"negative deviation": {solo([]int{1, 2}, r(0, 1), r(0, -1)), rating.ErrRating},
	} {
		for _, system := range []rating.System{rating.WengLin{}, rating.Glicko2{}} {
			t.Run(fmt.Sprintf("%s/%T", name, system), func(t *testing.T) {
				if _, err := system.Rate(tc.teams); !errors.Is(err, tc.want) {
					t.Errorf("Rate: %v", err)
				}
				if _, err := system.Chances(tc.teams); !errors.Is(err, tc.want) {
					t.Errorf("Chances: %v", err)
				}
			})
		}
	}
}

func Example() {
	var system rating.System = rating.WengLin{}
	ann, bob, cid, dan := system.New(), system.New(), system.New(), system.New()

	rated, err := system.Rate([]rating.Team{
		{Rank: 2, Players: []rating.Rating{ann, bob}},
		{Rank: 1, Players: []rating.Rating{cid, dan}},
	})
	if err != nil {
		panic(err)
	}
	for _, team := range rated {
		p := team.Players[0]
		fmt.Printf("rank %d: %.1f ± %.1f, on the leaderboard %.1f\n", team.Rank, p.Mean, p.Deviation, p.Floor(3))
	}
	chances, err := system.Chances(rated)
	if err != nil {
		panic(err)
	}
	fmt.Printf("the winners of today win the next one with %.0f %%\n", 100*chances[1])
	// Output:
	// rank 2: 23.0 ± 8.2, on the leaderboard -1.5
	// rank 1: 27.0 ± 8.2, on the leaderboard 2.4
	// the winners of today win the next one with 61 %
}
