package rating

import (
	"errors"
	"fmt"
	"math"
)

// System rates the players of matches. The scale of its numbers is its own:
// ratings of two systems do not compare.
type System interface {
	// New is the rating of a player who has not played.
	New() Rating
	// Rate returns the teams of a finished match, in the order given and with
	// their new ratings. It leaves its argument alone. A match that the system
	// cannot rate gives [ErrShape], a number that is none [ErrRating].
	Rate(teams []Team) ([]Team, error)
	// Chances returns for each team the chance that it comes first; they add
	// up to 1. Ranks play no part. Errors as with Rate.
	Chances(teams []Team) ([]float64, error)
}

// Rating is what a system believes of one player: the skill lies around Mean,
// with a standard deviation of Deviation.
type Rating struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	// Volatility says how erratic the player is; only Glicko-2 uses it.
	Volatility float64 `json:"volatility,omitempty"`
}

// Floor is the skill that the player has with some certainty: k deviations
// below the mean. Leaderboards commonly take 3 with [WengLin] and 2 with
// [Glicko2].
func (r Rating) Floor(k float64) float64 { return r.Mean - k*r.Deviation }

// Team is one side of a finished match.
type Team struct {
	// Rank is 1 for the best. Only the order counts; equal ranks are a tie.
	Rank    int
	Players []Rating
}

var (
	// ErrShape says that the system cannot rate a match of these teams.
	ErrShape = errors.New("match cannot be rated")
	// ErrRating says that a rating holds a number that no rating can have.
	ErrRating = errors.New("not a rating")
)

// check refuses what would turn into NaN and then spread over all players.
func check(teams []Team) error {
	if len(teams) < 2 {
		return fmt.Errorf("%w: %d teams, at least 2 are needed", ErrShape, len(teams))
	}
	for i, t := range teams {
		if len(t.Players) == 0 {
			return fmt.Errorf("%w: team %d is empty", ErrShape, i)
		}
		for j, p := range t.Players {
			if !p.valid() {
				return fmt.Errorf("%w: player %d of team %d: %+v", ErrRating, j, i, p)
			}
		}
	}
	return nil
}

// limit keeps sums and squares of many players finite.
const limit = 1e9

func (r Rating) valid() bool {
	return math.Abs(r.Mean) <= limit && r.Deviation >= 0 && r.Deviation <= limit &&
		r.Volatility >= 0 && r.Volatility <= limit // false for NaN
}
