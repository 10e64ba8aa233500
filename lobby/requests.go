package lobby

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// admit gives a place to a client for whom one is reserved. done is called
// before anything is pushed to it.
func (l *lobby) admit(j *Joiner, done func(Joined, error)) {
	if old := l.seatOf(j.Account); old != nil { // came on two ways at once
		l.dir.release(l)
		l.succeed(old, j, done)
		return
	}
	m, err := l.seat(j)
	if err != nil {
		l.dir.disband(j)
		l.dir.unuse(j)
		l.dir.release(l)
		done(Joined{}, err)
		return
	}
	l.note(LogJoined, m, "", m.player.name)
	if l.run != nil {
		l.run.join(m.player)
	}
	if l.shown.ID == "" {
		l.dir.publish(l) // who creates a lobby and then asks for the list finds it there
	}
	if h := j.hold; h != nil {
		h.of.members[h.at] = m
	}
	l.welcome(m, j, done)
}

// welcome answers a request for a place, then tells of the match.
func (l *lobby) welcome(m *Member, j *Joiner, done func(Joined, error)) {
	if r := &j.reserved; len(r.Tickets) > 0 {
		l.sendBack(m) // whom it asked for before
		m.brings = r.Tickets
		l.expect(r.Expires)
	}
	view := l.view()
	view.Rev = l.shown.Rev // the update that brings the others up to date follows
	done(Joined{Member: m, Lobby: view, You: m.you(), Token: m.resume(), Reserved: j.reserved}, nil)
	l.catchUp(m)
}

func (l *lobby) seat(j *Joiner) (*Member, error) {
	if l.shutFor != nil && !l.shutFor.is(Draining) {
		return nil, errClosed // this lobby alone
	}
	if l.draining {
		return nil, errDraining
	}
	if !l.joinable() {
		return nil, refuse(WrongPhase, "the match in lobby %s has begun and takes nobody any more", l.id)
	}
	if err := l.bannedLocked(j); err != nil { // since the seat was reserved
		return nil, err
	}
	at := slices.Index(l.seats, nil)
	if at < 0 {
		return nil, refuse(Internal, "a place was reserved, but lobby %s has none", l.id)
	}
	m := newMember(l, j, at)
	m.player.team = l.teamFor(j)
	if l.name == "" {
		l.name = defaultLobbyName(m.player)
	}
	l.take(m)
	return m, nil
}

func (l *lobby) leave(m *Member) error {
	if m.gone.Load() {
		return errNotInLobby
	}
	l.remove(m, nil)
	return nil
}

func (l *lobby) setReady(m *Member, ready bool) error {
	if m.watches() {
		return errWatching
	}
	if err := l.beforeMatch(); err != nil {
		return err
	}
	if m.ready == ready {
		return nil
	}
	m.ready, l.changed = ready, true
	if !ready && l.phase == Countdown {
		l.gather()
	}
	return nil
}

func (l *lobby) start(m *Member) error {
	if err := l.leads(m, "starts the match"); err != nil {
		return err
	}
	if l.phase == Countdown {
		return nil
	}
	if err := l.beforeMatch(); err != nil {
		return err
	}
	if n := len(l.members); n < l.game.MinPlayers {
		return refuse(NotReady, "%s needs %d players, here are %d", l.game.Title, l.game.MinPlayers, n)
	}
	if n := l.held.Load(); n > 0 {
		return refuse(NotReady, "%d seats are reserved for players on their way", n)
	}
	waiting := 0
	for _, other := range l.members {
		if other != m && !other.ready && !other.player.bot {
			waiting++
		}
	}
	if waiting > 0 {
		return refuse(NotReady, "%d of %d players are not ready", waiting, len(l.members))
	}
	m.ready, l.changed = true, true // all are ready now: the countdown begins
	return nil
}

// beforeMatch makes sure that the lobby is in a phase in which people get
// ready. After a match, the first who does so calls for the next.
func (l *lobby) beforeMatch() error {
	switch {
	case l.draining:
		return errDraining
	case l.game.DropIn:
		return refuse(WrongPhase, "%s starts by itself", l.game.Title)
	case l.phase == Playing:
		return refuse(WrongPhase, "the match is running")
	case l.phase == Finished:
		l.gather()
	}
	return nil
}

func (l *lobby) kick(m *Member, by string) {
	l.note(LogKicked, m, by, "")
	l.remove(m, refuse(Kicked, "you were removed from the lobby"))
}

func (l *lobby) lock(m *Member, locked bool) error {
	if err := l.leads(m, "locks the lobby"); err != nil {
		return err
	}
	if l.locked != locked {
		l.locked, l.changed = locked, true
		l.dir.publish(l)
	}
	return nil
}

func (l *lobby) resync(m *Member) error {
	switch {
	case l.run == nil && !m.out.playing:
		return refuse(WrongPhase, "no match is running")
	case !m.manners.resyncs.AllowN(l.turnBegan, 1):
		return refuse(RateLimited, "keyframes are not for every tick")
	}
	m.out.synced = false
	return nil
}

// DisplayName makes what a client calls itself fit to be shown to others: up to
// 16 characters that can be seen, guest-xxxx if none are left.
func DisplayName(s string) string {
	s = limit(strings.TrimSpace(printable(s)), maxName)
	if s == "" {
		return "guest-" + strings.ToLower(secret()[:4])
	}
	return s
}

const maxName = 16 // characters

// printable drops control characters and whatever else does not show.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || unicode.IsGraphic(r) && r != utf8.RuneError:
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, s)
}

// limit returns the first n characters of s.
func limit(s string, n int) string {
	for at := range s {
		if n == 0 {
			return s[:at]
		}
		n--
	}
	return s
}
