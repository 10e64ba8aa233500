package lobby

import "slices"

// groupLocked reserves seats for those who come with j, who has one already:
// all or none. In a game with teams they get into one team if any has room for
// all.
func (d *Directory) groupLocked(l *lobby, j *Joiner) error {
	j.reserved = Reservation{}
	if len(j.With) == 0 {
		return nil
	}
	seats := slices.Clone(j.With)
	j.team = l.teamForGroupLocked(len(seats) + 1)
	for i := range seats {
		if seats[i].Team == 0 {
			seats[i].Team = j.team
		}
	}
	var err error
	j.reserved, _, err = d.holdLocked(l, seats, 0)
	return err
}

func (d *Directory) group(l *lobby, j *Joiner) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.groupLocked(l, j)
}

// teamForGroupLocked is the roomiest team that has n seats, 0 if none has.
func (l *lobby) teamForGroupLocked(n int) int {
	best, most := 0, n-1
	for team := 1; team <= l.game.Teams; team++ {
		if room := l.teamRoomLocked(team); room > most {
			best, most = team, room
		}
	}
	return best
}

// disband gives back the seats of those who would have come with j.
func (d *Directory) disband(j *Joiner) {
	for _, ticket := range j.reserved.Tickets {
		d.Release(ticket)
	}
	j.reserved = Reservation{}
}

// sendBack gives up the seats of those who were to come with m and have not
// come yet. It is gone, or asks for others: who comes and goes must not hold
// the seats of every lobby on the way.
func (l *lobby) sendBack(m *Member) {
	for _, ticket := range m.brings {
		l.dir.Release(ticket) // those that are taken stay
	}
	m.brings = nil
}
