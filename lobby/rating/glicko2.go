package rating

import (
	"cmp"
	"fmt"
	"math"
)

// Glicko2 rates games of one against one. The zero value uses the customary
// scale, on which a new player has 1500 and 400 more mean ten wins to one loss.
//
// Glickman's system rates all games of a period at once, best some ten per
// player; [Glicko2.Period] does that. [Glicko2.Rate] takes each match as a
// period of its own, as game servers do. Volatility then moves little.
type Glicko2 struct {
	// Mean of a new player. Default 1500.
	Mean float64
	// Deviation of a new player, and the most that rest can bring it to.
	// Default 350.
	Deviation float64
	// Volatility of a new player. Default 0.06.
	Volatility float64
	// Tau restrains changes of volatility; between 0.3 and 1.2. Default 0.5.
	Tau float64
}

// scale turns customary numbers into those of the formulas: 400/ln 10, rounded
// as in the source. Source: Glickman 2022, step 2.
const scale = 173.7178

// precision of a volatility, and how many steps finding it may take. Five are
// usual. Source: Glickman 2022, step 5: ε = 0.000001.
const (
	precision = 1e-6
	maxSteps  = 100
)

// leastInformation is what games must tell before they move a volatility. Less
// comes from absurdly unequal games alone, and its inverse would overflow.
const leastInformation = 1e-12

func (g Glicko2) withDefaults() Glicko2 {
	g.Mean = cmp.Or(g.Mean, 1500)
	g.Deviation = cmp.Or(g.Deviation, 350)
	g.Volatility = cmp.Or(g.Volatility, 0.06)
	g.Tau = cmp.Or(g.Tau, 0.5)
	return g
}

// New implements [System].
func (g Glicko2) New() Rating {
	g = g.withDefaults()
	return Rating{Mean: g.Mean, Deviation: g.Deviation, Volatility: g.Volatility}
}

// Rate implements [System] for two teams of one player each.
func (g Glicko2) Rate(teams []Team) ([]Team, error) {
	if err := duel(teams); err != nil {
		return nil, err
	}
	a, b := teams[0].Players[0], teams[1].Players[0]
	score := 0.5 - 0.5*float64(cmp.Compare(teams[0].Rank, teams[1].Rank))
	return []Team{
		{Rank: teams[0].Rank, Players: []Rating{g.period(a, []Game{{b, score}})}},
		{Rank: teams[1].Rank, Players: []Rating{g.period(b, []Game{{a, 1 - score}})}},
	}, nil
}

// Chances implements [System] for two teams of one player each.
func (g Glicko2) Chances(teams []Team) ([]float64, error) {
	if err := duel(teams); err != nil {
		return nil, err
	}
	a, b := teams[0].Players[0], teams[1].Players[0]
	// Both are uncertain here, unlike in the rating of one of them.
	both := math.Hypot(a.Deviation, b.Deviation) / scale
	chance := expect((a.Mean-b.Mean)/scale, weight(both))
	return []float64{chance, 1 - chance}, nil
}

// Game is one game of a rating period as one of its players saw it.
type Game struct {
	Opponent Rating
	// Score is 1 for a win, 0.5 for a draw, 0 for a loss.
	Score float64
}

// Period rates all games that a player played in one period. A period without
// games lets the deviation grow and leaves the rest.
func (g Glicko2) Period(r Rating, games []Game) (Rating, error) {
	if !r.valid() {
		return r, fmt.Errorf("%w: %+v", ErrRating, r)
	}
	for i, game := range games {
		if !game.Opponent.valid() {
			return r, fmt.Errorf("%w: opponent in game %d: %+v", ErrRating, i, game.Opponent)
		}
		if !(game.Score >= 0 && game.Score <= 1) {
			return r, fmt.Errorf("%w: score %v in game %d", ErrShape, game.Score, i)
		}
	}
	return g.period(r, games), nil
}

// period is the algorithm; the steps are those of Glickman 2022.
func (g Glicko2) period(r Rating, games []Game) Rating {
	g = g.withDefaults()
	phi, sigma := r.Deviation/scale, cmp.Or(r.Volatility, g.Volatility)
	information, surprise := 0.0, 0.0 // steps 3 and 4: 1/v and Δ/v
	for _, game := range games {
		w := weight(game.Opponent.Deviation / scale)
		e := expect((r.Mean-game.Opponent.Mean)/scale, w)
		information += w * w * e * (1 - e)
		surprise += w * (game.Score - e)
	}
	if information > leastInformation {
		sigma = g.volatility(phi, sigma, 1/information, surprise/information)
	}
	before := math.Hypot(phi, sigma)                      // step 6
	after := 1 / math.Sqrt(1/(before*before)+information) // step 7
	return Rating{
		Mean:       r.Mean + scale*after*after*surprise,
		Deviation:  min(scale*after, g.Deviation),
		Volatility: sigma,
	}
}

// volatility is step 5: the root of f by the Illinois algorithm.
func (g Glicko2) volatility(phi, sigma, v, delta float64) float64 {
	a := 2 * math.Log(sigma)
	f := func(x float64) float64 {
		e := math.Exp(x)
		d := phi*phi + v + e
		return e*(delta*delta-d)/(2*d*d) - (x-a)/(g.Tau*g.Tau)
	}
	low, high := a, math.Log(delta*delta-phi*phi-v)
	if math.IsNaN(high) || math.IsInf(high, -1) { // the logarithm of nothing or less
		high = a - g.Tau
		for f(high) < 0 {
			high -= g.Tau
		}
	}
	fLow, fHigh := f(low), f(high)
	for range maxSteps {
		if math.Abs(high-low) <= precision {
			break
		}
		mid := low + (low-high)*fLow/(fHigh-fLow)
		fMid := f(mid)
		if fMid*fHigh <= 0 {
			low, fLow = high, fHigh
		} else {
			fLow /= 2
		}
		high, fHigh = mid, fMid
	}
	return math.Exp(low / 2)
}

// weight is g(φ): how much an opponent of that deviation tells.
func weight(phi float64) float64 { return 1 / math.Sqrt(1+3*phi*phi/(math.Pi*math.Pi)) }

// expect is E: the chance to win at that distance.
func expect(distance, weight float64) float64 { return 1 / (1 + math.Exp(-weight*distance)) }

func duel(teams []Team) error {
	if err := check(teams); err != nil {
		return err
	}
	if len(teams) != 2 || len(teams[0].Players) != 1 || len(teams[1].Players) != 1 {
		return fmt.Errorf("%w: Glicko-2 is for one against one", ErrShape)
	}
	return nil
}
