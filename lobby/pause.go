package lobby

import "time"

// settlePause stops the clock of a DropIn match while nobody at all is
// connected: the seats are held, but there is no point in steps that nobody
// sees. The first who is back finds the world as it was. Matches of other games
// go on, since somebody may be losing by being away.
func (l *lobby) settlePause(now time.Time) {
	r := l.run
	idle := r != nil && l.game.DropIn && !r.ended && r.fault == nil && !l.connected()
	if idle == l.paused {
		return
	}
	l.paused = idle
	switch {
	case idle:
		l.ticks.Stop()
	case r != nil:
		l.firstTick(now)
	}
}

// connected tells whether there is anybody to play or to watch.
func (l *lobby) connected() bool {
	for m := range l.everybody() {
		if m.conn != nil {
			return true
		}
	}
	return false
}
