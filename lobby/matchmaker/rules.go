package matchmaker

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Rules say what a match of one queue looks like. The zero value pairs single
// players for duels, whatever their skill.
type Rules struct {
	// Teams of a match, and the fewest it may start with. Defaults 2 and Teams.
	// A free-for-all is one team of many, or many teams of one.
	Teams, MinTeams int
	// TeamSize is the players of each team, MinTeamSize the fewest; all teams
	// of a match are equally large. Defaults 1 and TeamSize.
	TeamSize, MinTeamSize int
	// FullFor is how long a ticket holds out for a full match before a smaller
	// one will do. Default 15 s; negative for not at all.
	FullFor time.Duration
	// MaxParty is the largest party that may queue. Default TeamSize.
	MaxParty int

	// Skill is how far apart the skills of two tickets of a match may lie, in
	// the unit of [Ticket.Skill]. The longest waiting ticket's window counts.
	Skill Window
	// Balance is how far apart the mean skills of two teams may lie, likewise.
	Balance Window
	// Regions where matches can run, at most 64. Empty: one region for all.
	Regions []string
	// Latency is the most that each ticket accepts to the match's region, in
	// milliseconds. Each ticket's own window counts.
	Latency Window

	// Together tells whether two tickets may meet; it must be symmetric. It is
	// called often: some ten nanoseconds are fine.
	Together func(a, b *Ticket) bool
	// Accept has the last word on a match, backfills included. It is asked
	// about some proposals of each search, not about all that are possible, so
	// what only few matches fulfil had better be a queue of its own.
	Accept func(*Match) bool
	// Score ranks the proposals of a search; the highest wins. The default
	// prefers small spread of skill and low latency.
	Score func(*Match) float64

	// Budget bounds the work of one [Queue.Pass], counted in candidates looked
	// at. A pass that runs out goes on there next time. Default 1,000,000,
	// about five milliseconds.
	Budget int
}

// Window is a limit that widens while a ticket waits: Start at first, PerSecond
// more with each second, never above Max. Max 0 sets no bound. The zero value
// limits nothing.
type Window struct{ Start, PerSecond, Max float64 }

// At is the window after that much waiting.
func (w Window) At(waited time.Duration) float64 {
	if w == (Window{}) {
		return math.Inf(1)
	}
	now := w.Start + w.PerSecond*waited.Seconds()
	if w.Max == 0 {
		return now
	}
	return min(now, w.Max)
}

// widest is the window of one who waits for ever.
func (w Window) widest() float64 { return w.At(math.MaxInt64) }

func (w Window) check(name string) error {
	for _, v := range []float64{w.Start, w.PerSecond, w.Max} {
		if !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("%s window %v: want finite numbers, none below 0", name, w)
		}
	}
	if w.Max != 0 && w.Max < w.Start {
		return fmt.Errorf("%s window starts at %v, above its maximum of %v", name, w.Start, w.Max)
	}
	return nil
}

const (
	maxRegions = 64   // bits of a mask
	maxPlayers = 1024 // of a match
)

func (r Rules) withDefaults() Rules {
	r.Teams = cmp.Or(r.Teams, 2)
	r.MinTeams = cmp.Or(r.MinTeams, r.Teams)
	r.TeamSize = cmp.Or(r.TeamSize, 1)
	r.MinTeamSize = cmp.Or(r.MinTeamSize, r.TeamSize)
	r.MaxParty = cmp.Or(r.MaxParty, r.TeamSize)
	r.FullFor = max(0, cmp.Or(r.FullFor, 15*time.Second))
	r.Budget = cmp.Or(r.Budget, 1_000_000)
	r.Regions = slices.Clone(r.Regions)
	return r
}

// check expects the defaults filled in.
func (r Rules) check() error {
	switch {
	case r.MinTeams < 1 || r.MinTeams > r.Teams:
		return fmt.Errorf("%d to %d teams", r.MinTeams, r.Teams)
	case r.MinTeamSize < 1 || r.MinTeamSize > r.TeamSize:
		return fmt.Errorf("teams of %d to %d players", r.MinTeamSize, r.TeamSize)
	case r.Teams > maxPlayers || r.TeamSize > maxPlayers || r.Teams*r.TeamSize > maxPlayers:
		return fmt.Errorf("%d teams of %d players: at most %d players fit a match", r.Teams, r.TeamSize, maxPlayers)
	case r.MinTeams*r.MinTeamSize < 2:
		return errors.New("a match of one player needs no queue")
	case r.MaxParty < 1 || r.MaxParty > r.TeamSize:
		return fmt.Errorf("parties of up to %d do not fit teams of %d", r.MaxParty, r.TeamSize)
	case r.Budget < 0:
		return fmt.Errorf("budget %d", r.Budget)
	case len(r.Regions) > maxRegions:
		return fmt.Errorf("%d regions, at most %d", len(r.Regions), maxRegions)
	case len(r.Regions) == 0 && r.Latency != Window{}:
		return errors.New("a latency window needs regions")
	}
	for i, name := range r.Regions {
		if name == "" || slices.Contains(r.Regions[:i], name) {
			return fmt.Errorf("region %q is empty or listed twice", name)
		}
	}
	return errors.Join(r.Skill.check("skill"), r.Balance.check("balance"), r.Latency.check("latency"))
}

// shape is a number of equal teams.
type shape struct{ teams, size int }

func (s shape) players() int { return s.teams * s.size }

// shapes are what a match may look like that has room for a party of that
// size, most players first.
func (r Rules) shapes(party int) []shape {
	var all []shape
	for teams := r.Teams; teams >= r.MinTeams; teams-- {
		for size := r.TeamSize; size >= max(r.MinTeamSize, party); size-- {
			if teams*size > 1 {
				all = append(all, shape{teams, size})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b shape) int { return b.players() - a.players() })
	return all
}
