package lobby

// Standing is the place of a team in the end; without teams, of one player.
// Equal ranks are a tie.
type Standing struct {
	Rank    int // 1 is the best
	Players []*Player
}

// Rank tells how the match went, for the ratings of its players; call it before
// End. Who has left the match may be among them. Only the last call counts, and
// only in a match that its rules end.
func (m *Match) Rank(standings ...Standing) { m.standings = standings }

// Ranking is how a match went, for those who rate players. Bots are not in it.
type Ranking struct {
	Game, Lobby, Match string
	Teams              []RankedTeam // at least two
}

// RankedTeam is one side of a match. Players are named as by Joiner.Rated.
type RankedTeam struct {
	Rank    int
	Players []string
}

// OnRanking has fn told of each ranking, by the goroutine of the match, which it
// must not block. Call it before the first lobby is made.
func (d *Directory) OnRanking(fn func(Ranking)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ranked = append(d.ranked, fn)
}

// rank hands out the ranking of a match that its rules ended.
func (l *lobby) rank(r *run) {
	ranking := Ranking{Game: l.game.Name, Lobby: l.id, Match: r.id}
	for _, s := range r.standings {
		team := RankedTeam{Rank: s.Rank}
		for _, p := range s.Players {
			if p != nil && !p.bot && p.rated != "" {
				team.Players = append(team.Players, p.rated)
			}
		}
		if len(team.Players) > 0 {
			ranking.Teams = append(ranking.Teams, team)
		}
	}
	if len(ranking.Teams) < 2 {
		return
	}
	l.dir.mu.Lock()
	ranked := l.dir.ranked
	l.dir.mu.Unlock()
	for _, fn := range ranked {
		fn(ranking)
	}
}
