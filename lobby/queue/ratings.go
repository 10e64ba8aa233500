package queue

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"tickwire/lobby"
	"tickwire/lobby/rating"
)

// Store keeps the ratings of players: accounts, and whatever else callers name
// in [Player.Rated]. The service's goroutine calls it, so it should answer from
// memory: while it does not, no queue moves.
type Store interface {
	// Get returns the rating of a player in a game, if there is one.
	Get(game, player string) (rating.Rating, bool)
	// Put keeps it.
	Put(game, player string, r rating.Rating)
}

// Memory is a Store that forgets who has not been seen for longest. Its methods
// may be called by any goroutine.
type Memory struct {
	cache *lru.Cache[ratingKey, rating.Rating]
}

type ratingKey struct{ game, player string }

// NewMemory returns a store for so many ratings, at least one.
func NewMemory(ratings int) *Memory {
	cache, _ := lru.New[ratingKey, rating.Rating](max(1, ratings)) // fails for sizes below 1 only
	return &Memory{cache}
}

// Get implements Store.
func (m *Memory) Get(game, player string) (rating.Rating, bool) {
	return m.cache.Get(ratingKey{game, player})
}

// Put implements Store.
func (m *Memory) Put(game, player string, r rating.Rating) {
	m.cache.Add(ratingKey{game, player}, r)
}

// points is Weng-Lin on the scale that Elo has made customary, which is also
// that of bench/matchmaking: newcomers have 1500, and who is 400 points ahead
// wins 10 of 11 games.
var points = rating.WengLin{Mean: 1500, Deviation: 350, Beta: 122.8}

// skill is the mean of the ratings of a ticket's players.
func (s *Service) skill(t *ticket) float64 {
	sum := 0.0
	for _, p := range t.players {
		sum += s.rating(t.line.info.Name, p.Rated).Mean
	}
	return sum / float64(len(t.players))
}

func (s *Service) rating(game, player string) rating.Rating {
	if player != "" {
		if r, ok := s.opt.Ratings.Get(game, player); ok {
			return r
		}
	}
	return s.opt.System.New()
}

// ranked takes the ranking of a match. It runs on the match's goroutine. In a
// rush that the inbox does not hold, rankings are lost and counted.
func (s *Service) ranked(r lobby.Ranking) {
	lost := func(error) { s.unrated.Add(1) }
	if err := s.inbox.push(command{do: func() { s.rate(&r) }, fail: lost}); err != nil {
		lost(err)
	}
}

func (s *Service) rate(r *lobby.Ranking) {
	if l := s.lines[r.Game]; !s.opt.RateAll && (l == nil || l.matches[r.Lobby] == nil) {
		return
	}
	teams := make([]rating.Team, len(r.Teams))
	for i, t := range r.Teams {
		teams[i].Rank = t.Rank
		for _, p := range t.Players {
			teams[i].Players = append(teams[i].Players, s.rating(r.Game, p))
		}
	}
	rated, err := s.opt.System.Rate(teams)
	if err != nil { // such as three teams for Glicko-2
		s.unrated.Add(1)
		s.opt.Log.Warn().Err(err).Str("game", r.Game).Str("match", r.Match).Msg("a match cannot be rated")
		return
	}
	for i, t := range r.Teams {
		for j, p := range t.Players {
			s.opt.Ratings.Put(r.Game, p, rated[i].Players[j])
		}
	}
	s.rated.Add(1)
}
