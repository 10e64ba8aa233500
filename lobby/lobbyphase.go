package lobby

import "time"

// settlePhase moves the lobby to the phase that its members and the time call
// for.
func (l *lobby) settlePhase(now time.Time) {
	switch l.phase {
	case Gathering:
		if l.settleAutoStart(now) || l.draining || len(l.members) < l.game.MinPlayers {
			return
		}
		if l.game.DropIn {
			l.begin(now)
		} else if l.allReady() && l.dir.onTheWay(l) == 0 {
			l.countDown(now)
		}
	case Countdown:
		if now.Before(l.due.begin) {
			return
		}
		if l.held.Load() > 0 && !l.joinsLate() {
			l.gather() // a seat was reserved at the last moment
			return
		}
		l.begin(now)
	case Finished:
		if l.game.DropIn && !now.Before(l.due.begin) {
			l.gather()
			l.settlePhase(now)
		}
	}
}

// gather returns to the beginning: everybody has to get ready (again).
func (l *lobby) gather() {
	l.setPhase(Gathering)
	l.due.begin = time.Time{}
	l.unready()
}

// unready makes everybody say anew that they are ready.
func (l *lobby) unready() {
	for _, m := range l.members {
		m.ready = false
	}
}

// setPhase also tells the directory, at once, whether players may still join:
// quick join must not pick a lobby that would refuse.
func (l *lobby) setPhase(p Phase) {
	l.phase, l.changed = p, true
	l.note(LogPhase, nil, "", string(p))
	l.dir.publish(l)
}

// joinable tells whether this phase takes new players.
func (l *lobby) joinable() bool {
	return !l.draining && (l.phase != Playing || l.joinsLate())
}

func (l *lobby) allReady() bool {
	for _, m := range l.members {
		if !m.ready && !m.player.bot {
			return false
		}
	}
	return true
}

func (l *lobby) countDown(now time.Time) {
	if l.game.Countdown < 0 {
		l.begin(now)
		return
	}
	l.setPhase(Countdown)
	l.due.begin = now.Add(l.game.Countdown)
}
