package lobby

import "tickwire/lobby/matchmaker"

// QueueRules returns the rules of a game's queue; nil if it has none, or if
// there is no such game.
func (d *Directory) QueueRules(game string) *matchmaker.Rules {
	if g := d.games.byName[game]; g != nil {
		return g.Queue
	}
	return nil
}

// Vacancy is where a running match has room for more players.
type Vacancy struct {
	Lobby string
	Gone  bool  // the lobby is closed
	Open  []int // free seats of each team, one number in a game without teams; nil: takes nobody now
}

// Vacancies tells of some lobbies, in their order, which running matches have
// room: seats that nobody has, nor is on the way to. It appends to into.
func (d *Directory) Vacancies(lobbies []string, into []Vacancy) []Vacancy {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range lobbies {
		v := Vacancy{Lobby: id}
		if l := d.lobbies[id]; l == nil {
			v.Gone = true
		} else if l.listing.open && !l.listing.locked && l.listing.summary.Phase == Playing && !d.draining {
			v.Open = l.roomLocked()
		}
		into = append(into, v)
	}
	return into
}

// roomLocked is how many seats are free, by team; nil if there are none.
func (l *lobby) roomLocked() []int {
	free := l.max - l.listing.taken
	if free <= 0 {
		return nil
	}
	if l.game.Teams == 0 {
		return []int{free}
	}
	open := make([]int, l.game.Teams)
	for ; free > 0; free-- { // one by one to the roomiest
		best := 0
		for i := range open {
			if l.teamRoomLocked(i+1)-open[i] > l.teamRoomLocked(best+1)-open[best] {
				best = i
			}
		}
		open[best]++
	}
	return open
}

// queueInfo is what clients are told of a game's queue.
func (g *game) queueInfo() *QueueInfo {
	if g.Queue == nil {
		return nil
	}
	return &QueueInfo{Regions: g.Queue.Regions}
}

// checkQueue makes sure that the matches of the queue fit the game.
func (g *Game) checkQueue() error {
	if g.Queue == nil {
		return nil
	}
	q, err := matchmaker.New(*g.Queue)
	if err != nil {
		return err
	}
	switch r := q.Rules(); {
	case r.Teams*r.TeamSize > g.MaxPlayers:
		return refuse(BadRequest, "Queue makes matches of up to %d players, MaxPlayers is %d", r.Teams*r.TeamSize, g.MaxPlayers)
	case r.MinTeams*r.MinTeamSize < g.MinPlayers:
		return refuse(BadRequest, "Queue makes matches of %d players, MinPlayers is %d", r.MinTeams*r.MinTeamSize, g.MinPlayers)
	case g.Teams > 0 && r.Teams > g.Teams:
		return refuse(BadRequest, "Queue makes %d teams, Teams is %d", r.Teams, g.Teams)
	}
	return nil
}
