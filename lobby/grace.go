package lobby

import (
	"crypto/subtle"
	"strings"
	"time"
)

// lose keeps the place of a member whose connection broke, for a while: the
// seat stays taken, the rules go on without its inputs, and the token of the
// place brings the player back. Bots and members of a lobby without grace just
// leave.
func (l *lobby) lose(m *Member) {
	grace := l.dir.opt.Grace
	switch {
	case m.gone.Load():
	case grace <= 0 || m.watches() || m.player.bot || l.draining && l.run == nil:
		l.remove(m, nil)
	case m.conn != nil:
		m.conn = nil
		m.out = outState{}
		m.ready = false
		m.player.away = true
		m.awayUntil = l.turnBegan.Add(grace)
		l.due.grace = sooner(l.due.grace, m.awayUntil)
		l.changed = true
		l.note(LogLost, m, "", "")
		if l.phase == Countdown {
			l.gather()
		}
	}
}

// expire gives up the places that were held long enough.
func (l *lobby) expire(now time.Time) {
	l.due.grace = time.Time{}
	for i := 0; i < len(l.members); {
		m := l.members[i]
		if m.player.away && !now.Before(m.awayUntil) {
			l.remove(m, nil)
			continue
		}
		if m.player.away {
			l.due.grace = sooner(l.due.grace, m.awayUntil)
		}
		i++
	}
}

// resume gives the place that the token names to another connection.
func (l *lobby) resume(j *Joiner, token string, done func(Joined, error)) {
	old := l.holder(token)
	if old == nil || old.player.account != j.Account { // a token that leaked is of no use to other accounts
		done(Joined{}, errGivenUp)
		return
	}
	l.succeed(old, j, done)
}

func (l *lobby) holder(token string) *Member {
	for _, m := range l.members {
		if subtle.ConstantTimeCompare([]byte(m.token), []byte(token)) == 1 {
			return m
		}
	}
	return nil
}

var errGivenUp = &Error{Code: NotFound, Message: "your place is given up: join again"}

// findHeldLocked returns the lobby that a token belongs to.
func (d *Directory) findHeldLocked(token string) (*lobby, error) {
	id, _, _ := strings.Cut(token, ".")
	if l := d.lobbies[id]; l != nil {
		return l, nil
	}
	return nil, errGivenUp
}
