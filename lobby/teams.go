package lobby

// Teams count from 1; 0 is none. Newcomers go to the smallest one, and no team
// grows beyond its share of the seats.

// smallestTeam returns where a newcomer goes.
func (l *lobby) smallestTeam() int {
	best := 0
	for team := 1; team <= l.game.Teams; team++ {
		if best == 0 || l.teamSize(team) < l.teamSize(best) {
			best = team
		}
	}
	return best
}

// teamFor returns the team of a newcomer: the one that was reserved, if it has
// room, or the one with the fewest players, those on their way included.
func (l *lobby) teamFor(j *Joiner) int {
	wish := j.team
	if j.hold != nil {
		wish = j.hold.team
	}
	if wish > 0 && l.teamSize(wish) < l.maxTeam() {
		return wish
	}
	best, least := 0, 0
	for team := 1; team <= l.game.Teams; team++ {
		if n := l.teamSize(team) + l.dir.heldOf(l, team); best == 0 || n < least {
			best, least = team, n
		}
	}
	return best
}

// teamSizes returns the players of each team; nil without teams.
func (l *lobby) teamSizes() []int {
	if l.game.Teams == 0 {
		return nil
	}
	sizes := make([]int, l.game.Teams)
	for team := range sizes {
		sizes[team] = l.teamSize(team + 1)
	}
	return sizes
}

func (l *lobby) largestTeam() int {
	best := 0
	for team := 1; team <= l.game.Teams; team++ {
		if best == 0 || l.teamSize(team) > l.teamSize(best) {
			best = team
		}
	}
	return best
}

func (l *lobby) teamSize(team int) (n int) {
	for _, m := range l.members {
		if m.player.team == team {
			n++
		}
	}
	return n
}

// maxTeam is a team's share of the seats.
func (l *lobby) maxTeam() int {
	return (l.max + l.game.Teams - 1) / l.game.Teams
}

// setTeam moves a player, "" = by himself, to a team.
func (l *lobby) setTeam(by *Member, player string, team int) error {
	m, err := l.teamMember(by, player)
	switch {
	case err != nil:
		return err
	case team < 1 || team > l.game.Teams:
		return refuse(BadRequest, "team must be 1 to %d", l.game.Teams)
	case m.player.team == team:
		return nil
	case l.teamSize(team)+l.dir.heldOf(l, team) >= l.maxTeam():
		return refuse(RoomFull, "team %d has %d of %d players; swap with one of them", team, l.teamSize(team)+l.dir.heldOf(l, team), l.maxTeam())
	}
	m.player.team, l.changed = team, true
	return nil
}

// swapTeams exchanges the teams of two players.
func (l *lobby) swapTeams(by *Member, a, b string) error {
	if err := l.leads(by, "swaps players"); err != nil {
		return err
	}
	m, err := l.teamMember(by, a)
	if err != nil {
		return err
	}
	other, err := l.teamMember(by, b)
	if err != nil {
		return err
	}
	m.player.team, other.player.team = other.player.team, m.player.team
	l.changed = true
	return nil
}

// balance moves the youngest of the largest team to the smallest until no two
// teams differ by more than one.
func (l *lobby) balance(by *Member) error {
	if err := l.leads(by, "balances the teams"); err != nil {
		return err
	}
	if err := l.teamsOpen(); err != nil {
		return err
	}
	for {
		from, to := l.largestTeam(), l.smallestTeam()
		if l.teamSize(from)-l.teamSize(to) <= 1 {
			return nil
		}
		for i := len(l.members) - 1; i >= 0; i-- {
			if p := l.members[i].player; p.team == from {
				p.team, l.changed = to, true
				break
			}
		}
	}
}

// teamMember returns the player whose team by may change now.
func (l *lobby) teamMember(by *Member, player string) (*Member, error) {
	if err := l.teamsOpen(); err != nil {
		return nil, err
	}
	if by.watches() {
		return nil, errWatching
	}
	if player == "" || player == by.player.id {
		return by, nil
	}
	if err := l.leads(by, "moves others"); err != nil {
		return nil, err
	}
	return l.find(player)
}

func (l *lobby) teamsOpen() error {
	switch {
	case l.game.Teams == 0:
		return refuse(BadRequest, "%s has no teams", l.game.Title)
	case l.phase == Countdown || l.phase == Playing:
		return refuse(WrongPhase, "the teams are fixed until the match is over")
	}
	return nil
}

// find returns the player of an id.
func (l *lobby) find(player string) (*Member, error) {
	for _, m := range l.members {
		if m.player.id == player {
			return m, nil
		}
	}
	return nil, refuse(NotFound, "no player %q in this lobby", limit(player, 32))
}
