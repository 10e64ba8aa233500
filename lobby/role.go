package lobby

import "slices"

// Role is what somebody is in a lobby, beside being its leader.
type Role string

// The roles.
const (
	RolePlayer    Role = "player"    // has a seat
	RoleSpectator Role = "spectator" // watches
)

// setRole makes a player of a spectator, or the other way round: oneself, or
// as the leader another.
func (l *lobby) setRole(by *Member, player string, role Role) error {
	if role != RolePlayer && role != RoleSpectator {
		return refuse(BadRequest, "role must be player or spectator")
	}
	m := by
	if player != "" && player != by.player.id {
		if err := l.leads(by, "moves others"); err != nil {
			return err
		}
		var err error
		if m, err = l.findAnybody(player); err != nil {
			return err
		}
	}
	switch {
	case l.draining:
		return errDraining
	case m.watches() == (role == RoleSpectator):
		return nil
	case m.player.bot:
		return refuse(BadRequest, "%s is a bot of the server and stays", m.player.name)
	case m.watches():
		return l.sitDown(m, m == by)
	}
	return l.standUp(m)
}

// standUp has a player watch from now on.
func (l *lobby) standUp(m *Member) error {
	switch {
	case len(l.members) == 1:
		return refuse(BadRequest, "the last player cannot just watch: there would be nothing to see")
	case m.player.away:
		return refuse(BadRequest, "%s is away", m.player.name)
	}
	if err := l.dir.moveToWatch(l); err != nil {
		return err
	}
	l.watchers = append(l.watchers, m) // first: should the rules hang, the watchdog finds m here
	l.vacate(m)
	m.ready, m.player.team = false, 0
	m.setSeat(noSeat)
	l.vacated()
	l.note(LogRole, m, "", string(RoleSpectator))
	l.tellPlace(m)
	return nil
}

// sitDown gives a spectator a free seat. The lock is for those who come by
// themselves.
func (l *lobby) sitDown(m *Member, byItself bool) error {
	switch {
	case byItself && l.locked:
		return errLocked
	case !l.joinable():
		return refuse(WrongPhase, "the match has begun and takes nobody any more")
	}
	if err := l.dir.moveToPlay(l); err != nil {
		return err
	}
	at := slices.Index(l.watchers, m)
	l.watchers = slices.Delete(l.watchers, at, at+1)
	m.setSeat(slices.Index(l.seats, nil))
	m.player.team = l.smallestTeam()
	l.take(m)
	if l.run != nil {
		l.run.join(m.player)
	}
	l.note(LogRole, m, "", string(RolePlayer))
	l.tellPlace(m)
	return nil
}

// tellPlace tells a client that its place is another now, and lets it begin
// anew with the match that runs.
func (l *lobby) tellPlace(m *Member) {
	place := Place{ID: m.player.id, Seat: m.player.seat, Resume: m.resume()}
	l.tellOne(m, EventPlace, place)
	l.catchUp(m)
}

// take puts a member on its seat.
func (l *lobby) take(m *Member) {
	l.seats[m.player.seat] = m
	l.members = append(l.members, m)
	l.changed = true
	l.dir.claim(m)
	if own := ofAccount(l.watchers, m.player.account); own != nil { // would see more than a player may
		l.removeWatcher(own, errReplaced)
	}
	l.handOver()
}

// vacate takes a player out of its seat; vacated must follow, once what becomes
// of the player is settled.
func (l *lobby) vacate(m *Member) {
	at := slices.Index(l.members, m)
	l.members = slices.Delete(l.members, at, at+1)
	l.seats[m.player.seat] = nil
	if l.run != nil {
		l.run.leave(m.player)
	}
	l.dir.unclaim(m)
	l.dir.release(l)
}

// vacated draws the conclusions.
func (l *lobby) vacated() {
	l.changed = true
	l.handOver()
	if l.phase == Countdown {
		l.gather()
	}
}

func (m *Member) setSeat(seat int) {
	m.player.seat = seat
	m.seat.Store(int32(seat))
}

// findAnybody returns the player or spectator of an id.
func (l *lobby) findAnybody(id string) (*Member, error) {
	for m := range l.everybody() {
		if m.player.id == id {
			return m, nil
		}
	}
	return nil, refuse(NotFound, "nobody in this lobby is %q", limit(id, 32))
}
