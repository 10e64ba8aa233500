package lobby

import "slices"

// Spectators see what everybody sees and decide nothing: they have no seat, the
// rules do not know them, and a lobby does not stay open for them.

// seatWatcher lets somebody watch for whom a place is reserved.
func (l *lobby) admitWatcher(j *Joiner, done func(Joined, error)) {
	if l.draining {
		l.dir.releaseWatcher(l)
		done(Joined{}, errDraining)
		return
	}
	m := newMember(l, j, noSeat)
	l.watchers = append(l.watchers, m)
	l.changed = true
	l.welcome(m, done)
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
