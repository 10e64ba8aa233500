package rating_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tickwire/lobby/rating"
)

// The worked example of Glickman 2022: 1500 with deviation 200 beats 1400 and
// loses to 1550 and 1700.
func TestGlicko2GivesGlickmansExample(t *testing.T) {
	player := rating.Rating{Mean: 1500, Deviation: 200, Volatility: 0.06}
	got, err := rating.Glicko2{Tau: 0.5}.Period(player, []rating.Game{
		{Opponent: r(1400, 30), Score: 1},
		{Opponent: r(1550, 100), Score: 0},
		{Opponent: r(1700, 300), Score: 0},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what            string
		got, want, unit float64
	}{
		{"rating", got.Mean, 1464.06, 0.01},
		{"deviation", got.Deviation, 151.52, 0.01},
		{"volatility", got.Volatility, 0.05999, 0.00001},
	} {
		if math.Abs(c.got-c.want) > c.unit {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestGlicko2RestOnlyWidens(t *testing.T) {
	g := rating.Glicko2{}
	before := rating.Rating{Mean: 1600, Deviation: 50, Volatility: 0.06}
	after, err := g.Period(before, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Source: Glickman 2022, last paragraph: φ' = √(φ² + σ²).
	want := math.Hypot(50, 0.06*173.7178)
	if after.Mean != 1600 || after.Volatility != 0.06 || math.Abs(after.Deviation-want) > 1e-9 {
		t.Errorf("got %+v, want deviation %v", after, want)
	}
	for range 10000 {
		after, _ = g.Period(after, nil)
	}
	if after.Deviation != g.New().Deviation {
		t.Errorf("years of rest bring the deviation to %v, want %v", after.Deviation, g.New().Deviation)
	}
}

func TestGlicko2HoldsForAnyDuel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		player := rapid.Custom(func(t *rapid.T) rating.Rating {
			return rating.Rating{
				Mean:       rapid.Float64Range(-1000, 5000).Draw(t, "mean"),
				Deviation:  rapid.Float64Range(0, 350).Draw(t, "deviation"),
				Volatility: rapid.Float64Range(0.001, 0.5).Draw(t, "volatility"),
			}
		})
		a, b := player.Draw(t, "a"), player.Draw(t, "b")
		ranks := rapid.SliceOfN(rapid.IntRange(1, 2), 2, 2).Draw(t, "ranks")
		rated, err := rating.Glicko2{}.Rate(solo(ranks, a, b))
		if err != nil {
			t.Fatal(err)
		}
		for i, before := range []rating.Rating{a, b} {
			after := rated[i].Players[0]
			won, drawn := ranks[i] < ranks[1-i], ranks[0] == ranks[1]
			switch moved := after.Mean - before.Mean; {
			case math.IsNaN(moved) || math.IsInf(moved, 0):
				t.Fatalf("mean %v", after.Mean)
			case !drawn && won && moved < 0:
				t.Fatalf("the winner fell by %v", -moved)
			case !drawn && !won && moved > 0:
				t.Fatalf("the loser rose by %v", moved)
			}
			if !(after.Deviation >= 0 && after.Deviation <= 350) || !(after.Volatility > 0) || after.Volatility > 10 {
				t.Fatalf("%+v became %+v", before, after)
			}
		}
	})
}

func TestGlicko2BearsAbsurdDistances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Float64Range(-1e8, 1e8)
		player := rating.Rating{Mean: mean.Draw(t, "mean"), Deviation: rapid.Float64Range(0, 1e9).Draw(t, "deviation")}
		opponent := r(player.Mean+rapid.Float64Range(-50000, 50000).Draw(t, "distance"), rapid.Float64Range(0, 350).Draw(t, "of"))
		after, err := rating.Glicko2{}.Period(player, []rating.Game{{opponent, rapid.Float64Range(0, 1).Draw(t, "score")}})
		if err != nil {
			t.Fatal(err)
		}
		if sum := after.Mean + after.Deviation + after.Volatility; math.IsNaN(sum) || math.IsInf(sum, 0) {
			t.Fatalf("%+v became %+v", player, after)
		}
	})
}

func TestGlicko2Chances(t *testing.T) {
	g := rating.Glicko2{}
	chances, err := g.Chances(solo([]int{1, 1}, r(1900, 0), r(1500, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if want := 10.0 / 11; math.Abs(chances[0]-want) > 1e-6 || math.Abs(chances[0]+chances[1]-1) > 1e-12 {
		t.Errorf("400 points ahead: %v, want %v", chances, want)
	}
	unsure, _ := g.Chances(solo([]int{1, 1}, r(1900, 350), r(1500, 350)))
	if unsure[0] >= chances[0] || unsure[0] <= 0.5 {
		t.Errorf("the favourite's chance is %v when the ratings are uncertain, %v when not", unsure[0], chances[0])
	}
}

func TestGlicko2IsForDuels(t *testing.T) {
	two := []rating.Rating{r(1500, 200), r(1500, 200)}
	for _, teams := range [][]rating.Team{
		{{1, two}, {2, two}},
		solo([]int{1, 2, 3}, two[0], two[0], two[0]),
	} {
		if _, err := (rating.Glicko2{}).Rate(teams); !errors.Is(err, rating.ErrShape) {
			t.Errorf("%d teams of %d: %v", len(teams), len(teams[0].Players), err)
		}
	}
	if _, err := (rating.Glicko2{}).Period(two[0], []rating.Game{{Opponent: two[1], Score: 2}}); !errors.Is(err, rating.ErrShape) {
		t.Errorf("score 2: %v", err)
	}
	if _, err := (rating.Glicko2{}).Period(two[0], []rating.Game{{Opponent: r(math.NaN(), 1)}}); !errors.Is(err, rating.ErrRating) {
		t.Errorf("opponent without a rating: %v", err)
	}
}
