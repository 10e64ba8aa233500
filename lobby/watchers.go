package lobby

import "slices"

// Spectators see what everybody sees and decide nothing: they have no seat, the
// rules do not know them, and a lobby does not stay open for them.

// admitWatcher lets somebody watch for whom a place is reserved.
func (l *lobby) admitWatcher(j *Joiner, done func(Joined, error)) {
	if err := l.mayWatch(j); err != nil {
		l.dir.unuse(j)
		l.dir.releaseWatcher(l)
		done(Joined{}, err)
		return
	}
	if old := ofAccount(l.watchers, j.Account); old != nil {
		l.removeWatcher(old, errReplaced)
	}
	m := newMember(l, j, noSeat)
	l.note(LogWatching, m, "", m.player.name)
	l.watchers = append(l.watchers, m)
	l.changed = true
	l.welcome(m, j, done)
}

// mayWatch looks again: things have changed since the place was reserved.
func (l *lobby) mayWatch(j *Joiner) error {
	switch {
	case l.draining:
		return errDraining
	case l.seatOf(j.Account) != nil: // who watches sees more than a player may
		return refuse(AlreadyInLobby, "you play here: take the seat over, or give it up")
	}
	return l.bannedLocked(j)
}

// noSeat is the seat of those that watch.
const noSeat = -1

func (m *Member) watches() bool { return m.player.seat == noSeat }

func (l *lobby) removeWatcher(m *Member, why *Error) {
	at := slices.Index(l.watchers, m)
	if at < 0 {
		return
	}
	l.watchers = slices.Delete(l.watchers, at, at+1)
	l.dismiss(m, why)
	l.dir.releaseWatcher(l)
}

var errWatching = &Error{Code: BadRequest, Message: "spectators do not take part"}
