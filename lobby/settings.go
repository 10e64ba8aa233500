package lobby

import (
	"maps"
	"strings"
	"unicode/utf8"
)

// Settings is what a leader changes of a lobby; nil keeps what there is.
type Settings struct {
	Name       *string // "" = "<leader>'s lobby"
	Visibility *Visibility
	Max        *int           // seats, within the game's bounds and not below those that are taken
	Password   *string        // "" = none
	Meta       map[string]any // in the place of all labels

	secret *password
}

// Configure changes the lobby, between matches or, in a DropIn game, at any
// time. A lobby that is not public any more gets a new code, since the old one
// was in lists. Leader only.
func (m *Member) Configure(s Settings, done func(error)) {
	if err := s.check(m.lobby.game); err != nil {
		if done != nil {
			done(err)
		}
		return
	}
	if s.Password != nil {
		s.secret = newPassword(*s.Password) // takes a while: not on the lobby's goroutine
	}
	s.Meta = maps.Clone(s.Meta)
	m.ask(done, func(l *lobby) error { return l.configure(m, &s) })
}

func (s *Settings) check(g *game) error {
	if v := s.Visibility; v != nil && !v.valid() {
		return errVisibility
	}
	if s.Max != nil {
		if err := g.checkMax(*s.Max); err != nil {
			return err
		}
	}
	if s.Password != nil && utf8.RuneCountInString(*s.Password) > maxPassword {
		return errPassword
	}
	return checkMeta(s.Meta)
}

func (l *lobby) configure(m *Member, s *Settings) error {
	if err := l.leads(m, "changes the lobby"); err != nil {
		return err
	}
	if !l.game.DropIn && l.phase != Gathering && l.phase != Finished {
		return refuse(WrongPhase, "the lobby cannot be changed until the match is over")
	}
	d := l.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.Max != nil && *s.Max < l.listing.taken {
		return refuse(RoomFull, "%d seats are taken or reserved", l.listing.taken)
	}
	wasPublic := l.visibility == Public
	changed := l.applyLocked(s, m)
	if wasPublic && l.visibility != Public && l.code != "" {
		d.setCodeLocked(l, d.freeCodeLocked())
	}
	if changed != "" {
		l.changed = true
		l.note(LogSettings, m, "", changed)
		d.publishLocked(l)
	}
	return nil
}

// applyLocked changes what differs, and names it.
func (l *lobby) applyLocked(s *Settings, m *Member) string {
	var changed []string
	if s.Name != nil {
		l.name = limit(strings.TrimSpace(printable(*s.Name)), maxLobbyName)
		if l.name == "" {
			l.name = defaultLobbyName(m.player)
		}
		changed = append(changed, "name")
	}
	if s.Visibility != nil && *s.Visibility != l.visibility {
		l.visibility = *s.Visibility
		changed = append(changed, string(l.visibility))
	}
	if s.Max != nil && *s.Max != l.max {
		l.max = *s.Max
		l.fitSeats()
		changed = append(changed, "max")
	}
	if s.Password != nil {
		l.password = s.secret
		changed = append(changed, "password")
	}
	if s.Meta != nil {
		l.meta = s.Meta
		changed = append(changed, "meta")
	}
	return strings.Join(changed, " ")
}

// fitSeats makes as many seats as there may be players. One beyond that stays
// until who sits there leaves: whoever is in the lobby keeps the seat.
func (l *lobby) fitSeats() {
	for len(l.seats) < l.max {
		l.seats = append(l.seats, nil)
	}
	for n := len(l.seats); n > l.max && l.seats[n-1] == nil; n-- {
		l.seats = l.seats[:n-1]
	}
}

const maxLobbyName = 32 // characters

func defaultLobbyName(p *Player) string { return p.name + "'s lobby" }

func (v Visibility) valid() bool { return v == Public || v == Unlisted || v == Private }

func (g *game) checkMax(n int) error {
	if n < g.MinPlayers || n > g.MaxPlayers {
		return refuse(BadRequest, "max must be %d to %d", g.MinPlayers, g.MaxPlayers)
	}
	return nil
}

var (
	errVisibility = refuse(BadRequest, "visibility must be public, unlisted or private")
	errPassword   = refuse(BadRequest, "a password has at most %d characters", maxPassword)
)

// checkCreate checks the request and fills in its defaults.
func checkCreate(req *CreateRequest, g *game) error {
	switch req.Visibility {
	case "":
		req.Visibility = Public
	default:
		if !req.Visibility.valid() {
			return errVisibility
		}
	}
	if req.Max == 0 {
		req.Max = g.MaxPlayers
	}
	if err := g.checkMax(req.Max); err != nil {
		return err
	}
	if utf8.RuneCountInString(req.Password) > maxPassword {
		return errPassword
	}
	req.LobbyName = limit(strings.TrimSpace(printable(req.LobbyName)), maxLobbyName)
	req.Meta = maps.Clone(req.Meta)
	return checkMeta(req.Meta)
}

func checkMeta(meta map[string]any) error {
	if len(meta) > 16 {
		return refuse(BadRequest, "meta has %d labels, 16 are allowed", len(meta))
	}
	for key, value := range meta {
		if len(key) == 0 || len(key) > 32 {
			return refuse(BadRequest, "the names of meta must have 1 to 32 bytes")
		}
		switch v := value.(type) {
		case bool, float64, int64, uint64, int:
		case string:
			if len(v) > 256 {
				return refuse(BadRequest, "meta %q has more than 256 bytes", key)
			}
		default:
			return refuse(BadRequest, "meta %q must be a string, a number or a boolean", key)
		}
	}
	return nil
}
