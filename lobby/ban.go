package lobby

import (
	"math"
	"time"
)

// Ban is somebody who is kept out of a lobby.
type Ban struct {
	Player  string `json:"player"` // the id that the player had
	Name    string `json:"name"`
	Seconds int    `json:"seconds"` // left
}

// ban removes somebody and keeps the person out for a while.
func (l *lobby) ban(m *Member, by string, d time.Duration) error {
	if err := checkPenalty(d); err != nil {
		return err
	}
	p := m.player
	if key := keyOf(p.account, p.address); key != "" {
		l.dir.mu.Lock()
		l.listing.bans.add(penalty{key: key, player: p.id, name: p.name, until: l.turnBegan.Add(d)}, l.turnBegan)
		l.dir.mu.Unlock()
	}
	l.note(LogBanned, m, by, d.String())
	l.remove(m, refuse(Banned, "you are banned from this lobby for %v", d))
	return nil
}

func (l *lobby) unban(by *Member, player string) error {
	if err := l.polices(by, "lifts a ban"); err != nil {
		return err
	}
	return l.liftBan(by.player.id, player)
}

func (l *lobby) liftBan(by, player string) error {
	l.dir.mu.Lock()
	lifted := l.listing.bans.lift(player)
	l.dir.mu.Unlock()
	if !lifted {
		return refuse(NotFound, "no player %q is banned here", limit(player, 32))
	}
	l.noteID(LogUnbanned, player, by)
	return nil
}

// bans lists who is kept out.
func (l *lobby) bans(by *Member) ([]Ban, error) {
	if err := l.polices(by, "sees the bans"); err != nil {
		return nil, err
	}
	return l.listBans(), nil
}

func (l *lobby) listBans() []Ban {
	l.dir.mu.Lock()
	defer l.dir.mu.Unlock()
	l.listing.bans.tidy(l.turnBegan)
	list := make([]Ban, 0, len(l.listing.bans))
	for _, p := range l.listing.bans {
		list = append(list, Ban{Player: p.player, Name: p.name, Seconds: secondsUntil(p.until, l.turnBegan)})
	}
	return list
}

// mute keeps somebody from speaking for a while; 0 lifts it. Who leaves and
// comes back is still mute.
func (l *lobby) mute(m *Member, by string, d time.Duration) error {
	p := m.player
	if d == 0 {
		m.manners.muted.Store(0)
		l.mutes.lift(p.id)
		l.note(LogUnmuted, m, by, "")
		return nil
	}
	if err := checkPenalty(d); err != nil {
		return err
	}
	until := l.turnBegan.Add(d)
	m.muteUntil(until)
	if key := keyOf(p.account, p.address); key != "" {
		l.mutes.add(penalty{key: key, player: p.id, name: p.name, until: until}, l.turnBegan)
	}
	l.note(LogMuted, m, by, d.String())
	return nil
}

// muteUntil and mutedFor count from the directory's beginning on the monotonic
// clock: who is muted stays so when somebody sets the machine's clock.
func (m *Member) muteUntil(t time.Time) { m.manners.muted.Store(int64(t.Sub(m.lobby.dir.epoch))) }

func (m *Member) mutedFor(now time.Time) time.Duration {
	return max(0, time.Duration(m.manners.muted.Load())-now.Sub(m.lobby.dir.epoch))
}

// remember makes a newcomer mute who was before.
func (l *lobby) remember(m *Member) {
	if until := l.mutes.of(keyOf(m.player.account, m.player.address), l.turnBegan); !until.IsZero() {
		m.muteUntil(until)
	}
}

func checkPenalty(d time.Duration) error {
	if d < time.Second || d > maxPenalty {
		return refuse(BadRequest, "seconds must be 1 to %d", int(maxPenalty.Seconds()))
	}
	return nil
}

// police finds whom a leader or moderator wants to put out or silence.
func (l *lobby) police(by *Member, player, does string) (*Member, error) {
	if err := l.polices(by, does); err != nil {
		return nil, err
	}
	m, err := l.findAnybody(player)
	switch {
	case err != nil:
		return nil, err
	case m == by:
		return nil, refuse(BadRequest, "that is yourself: leave if you want to")
	case m.player.bot:
		return nil, refuse(BadRequest, "%s is a bot of the server and stays", m.player.name)
	case m.moderator:
		return nil, refuse(BadRequest, "%s is a moderator", m.player.name)
	}
	return m, nil
}

// bannedLocked refuses who is kept out of a lobby. The directory's lock is held, or
// it is the lobby's goroutine that asks, which alone changes the bans.
func (l *lobby) bannedLocked(j *Joiner) error {
	if len(l.listing.bans) == 0 {
		return nil
	}
	now := time.Now()
	if until := l.listing.bans.of(keyOf(j.Account, j.Address), now); !until.IsZero() {
		return refuse(Banned, "you are banned from this lobby for %d more seconds", secondsUntil(until, now))
	}
	return nil
}

// secondsUntil rounds up: what is not over is never 0.
func secondsUntil(until, now time.Time) int {
	return int(math.Ceil(until.Sub(now).Seconds()))
}
