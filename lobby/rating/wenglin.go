package rating

import (
	"cmp"
	"math"
)

// WengLin is the Plackett–Luce model of Weng and Lin: teams of any number and
// size, any ranks. A team is as strong as the sum of its players. The zero
// value uses the customary scale, on which skills lie between 0 and 50.
type WengLin struct {
	// Mean of a new player. Default 25.
	Mean float64
	// Deviation of a new player. Default Mean/3.
	Deviation float64
	// Beta is how much the performance of a team varies from match to match: a
	// large one makes results say less. Default Deviation/2.
	Beta float64
	// Tau is what each match adds to the deviation before it is rated, so that
	// a rating never freezes. Default Deviation/100; negative for none.
	Tau float64
}

// minShrink bounds how much of a variance one match may take: the kappa of the
// paper, "a small positive value to avoid that the variance becomes negative".
const minShrink = 1e-4

func (w WengLin) withDefaults() WengLin {
	w.Mean = cmp.Or(w.Mean, 25)
	w.Deviation = cmp.Or(w.Deviation, math.Abs(w.Mean)/3)
	w.Beta = cmp.Or(w.Beta, w.Deviation/2)
	w.Tau = max(0, cmp.Or(w.Tau, w.Deviation/100))
	return w
}

// New implements [System].
func (w WengLin) New() Rating {
	w = w.withDefaults()
	return Rating{Mean: w.Mean, Deviation: w.Deviation}
}

// Rate implements [System].
func (w WengLin) Rate(teams []Team) ([]Team, error) {
	if err := check(teams); err != nil {
		return nil, err
	}
	w = w.withDefaults()
	sums, c := w.sums(teams)
	rated := make([]Team, len(teams))
	for i, t := range teams {
		omega, delta := derivatives(teams, sums, c, i)
		rated[i] = Team{Rank: t.Rank, Players: make([]Rating, len(t.Players))}
		for j, p := range t.Players {
			variance := w.variance(p)
			// Source: Weng & Lin 2011, algorithm 4, step 4: mean and variance
			// move with the player's share of the team's variance.
			p.Mean += variance / c * omega
			p.Deviation = math.Sqrt(variance * max(1-variance/(c*c)*delta, minShrink))
			rated[i].Players[j] = p
		}
	}
	return rated, nil
}

// Chances implements [System].
func (w WengLin) Chances(teams []Team) ([]float64, error) {
	if err := check(teams); err != nil {
		return nil, err
	}
	sums, c := w.withDefaults().sums(teams)
	all := func(int) bool { return true }
	chances := make([]float64, len(teams))
	for i := range teams {
		chances[i] = share(sums, c, i, all)
	}
	return chances, nil
}

// sum is a team as the model sees it.
type sum struct{ mean, variance float64 }

// sums adds the players up to teams and finds the scale c of the match.
func (w WengLin) sums(teams []Team) (sums []sum, c float64) {
	sums = make([]sum, len(teams))
	total := 0.0
	for i, t := range teams {
		for _, p := range t.Players {
			sums[i].mean += p.Mean
			sums[i].variance += w.variance(p)
		}
		total += sums[i].variance + w.Beta*w.Beta
	}
	return sums, math.Sqrt(total)
}

// variance of the player at the start of the match.
func (w WengLin) variance(p Rating) float64 { return p.Deviation*p.Deviation + w.Tau*w.Tau }

// derivatives of the log-likelihood of the ranks by the strength of team i.
//
// Source: Weng & Lin 2011, equations 71 to 75. The match is a series of
// choices: for each team q, the best of all that rank no better than q.
func derivatives(teams []Team, sums []sum, c float64, i int) (omega, delta float64) {
	gamma := math.Sqrt(sums[i].variance) / c
	for q := range teams {
		if teams[q].Rank > teams[i].Rank {
			continue
		}
		tied := 0
		for s := range teams {
			if teams[s].Rank == teams[q].Rank {
				tied++
			}
		}
		p := share(sums, c, i, func(s int) bool { return teams[s].Rank >= teams[q].Rank })
		won := 0.0
		if q == i {
			won = 1
		}
		omega += (won - p) / float64(tied)
		delta += gamma * p * (1 - p) / float64(tied)
	}
	return omega, delta
}

// share is the chance that team i is the best of the teams in the choice.
func share(sums []sum, c float64, i int, in func(int) bool) float64 {
	best := math.Inf(-1) // taken off all exponents, or large teams overflow
	for s := range sums {
		if in(s) {
			best = max(best, sums[s].mean)
		}
	}
	total := 0.0
	for s := range sums {
		if in(s) {
			total += math.Exp((sums[s].mean - best) / c)
		}
	}
	return math.Exp((sums[i].mean-best)/c) / total
}
