package lobby

import (
	"cmp"
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hold is a seat that waits for who brings its ticket. It counts as taken. Who
// redeems it, takes it out of the listing of its lobby.
type hold struct {
	ticket  string
	account string // "" = anybody's
	team    int    // 0 = any
	expires time.Time
	of      *seatSet
	at      int // in of
}

var errTicket = &Error{Code: BadTicket, Message: "the ticket is used, expired or wrong: ask for another"}

// holdLocked keeps seats, all or none.
func (d *Directory) holdLocked(l *lobby, seats []SeatRequest, keep time.Duration) (Reservation, *seatSet, error) {
	keep = cmp.Or(keep, defaultHold)
	r := Reservation{Lobby: l.id, Code: l.code}
	set := &seatSet{members: make([]*Member, len(seats))}
	if len(seats) == 0 {
		return r, set, nil
	}
	switch {
	case keep < 0 || keep > maxHold:
		return r, nil, refuse(BadRequest, "seats can be kept for up to %v", maxHold)
	case d.draining:
		return r, nil, errDraining
	case l.listing.taken+len(seats) > l.max:
		return r, nil, refuse(RoomFull, "lobby %s has %d of %d players and no %d seats", l.id, l.listing.taken, l.max, len(seats))
	}
	if err := d.checkTeamsLocked(l, seats); err != nil {
		return r, nil, err
	}
	r.Expires = time.Now().Add(keep)
	for i, s := range seats {
		h := &hold{ticket: l.id + "." + secret(), account: s.Account, team: s.Team, expires: r.Expires, of: set, at: i}
		l.listing.holds = append(l.listing.holds, h)
		r.Tickets = append(r.Tickets, h.ticket)
	}
	l.listing.taken += len(seats)
	d.heldLocked(l)
	l.note(LogReserved, nil, byServer, strconv.Itoa(len(seats)))
	return r, set, nil
}

// checkTeamsLocked makes sure that the teams which are asked for have room.
func (d *Directory) checkTeamsLocked(l *lobby, seats []SeatRequest) error {
	asked := make([]int, l.game.Teams+1)
	for _, s := range seats {
		switch {
		case len(s.Account) > maxAccount:
			return refuse(BadRequest, "an account has at most %d bytes", maxAccount)
		case s.Team < 0 || s.Team > l.game.Teams:
			return refuse(BadRequest, "team must be 0 to %d", l.game.Teams)
		}
		asked[s.Team]++
	}
	for team := 1; team < len(asked); team++ {
		if asked[team] > 0 && asked[team] > l.teamRoomLocked(team) {
			return refuse(RoomFull, "team %d of lobby %s has no %d seats", team, l.id, asked[team])
		}
	}
	return nil
}

// teamRoomLocked is how many seats of a team are free, as last published.
func (l *lobby) teamRoomLocked(team int) int {
	room := l.maxTeam()
	if len(l.listing.teams) > 0 {
		room -= l.listing.teams[team-1]
	}
	for _, h := range l.listing.holds {
		if h.team == team {
			room--
		}
	}
	return room
}

// heldLocked is called whenever the holds of a lobby have changed.
func (d *Directory) heldLocked(l *lobby) {
	l.held.Store(int32(len(l.listing.holds)))
	d.requeueLocked(l)
}

// findTicketLocked returns the lobby that a ticket is for.
func (d *Directory) findTicketLocked(ticket string) (*lobby, error) {
	id, _, _ := strings.Cut(ticket, ".")
	if l := d.lobbies[id]; l != nil {
		return l, nil
	}
	return nil, errTicket
}

// takeHold takes a hold out of the listing. Its seat stays counted.
func (d *Directory) takeHold(l *lobby, ticket, account string) (*hold, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.draining {
		return nil, errDraining
	}
	found := l.findHoldLocked(ticket)
	if found < 0 {
		return nil, errTicket
	}
	h := l.listing.holds[found]
	switch {
	case !time.Now().Before(h.expires):
		return nil, errTicket
	case h.account != "" && h.account != account:
		return nil, refuse(BadTicket, "the ticket is another account's")
	}
	l.dropHoldLocked(found)
	d.heldLocked(l)
	return h, nil
}

// findHoldLocked looks at all holds, so that its time tells nothing.
func (l *lobby) findHoldLocked(ticket string) int {
	found := -1
	for i, h := range l.listing.holds {
		if subtle.ConstantTimeCompare([]byte(h.ticket), []byte(ticket)) == 1 {
			found = i
		}
	}
	return found
}

func (l *lobby) dropHoldLocked(i int) {
	holds := l.listing.holds
	last := len(holds) - 1
	holds[i], holds[last] = holds[last], nil
	l.listing.holds = holds[:last]
}

// returnHold undoes takeHold when the lobby was too busy to let the player in.
func (d *Directory) returnHold(l *lobby, h *hold) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l.listing.holds = append(l.listing.holds, h)
	d.heldLocked(l)
	_ = l.inbox.force(command{do: func(l *lobby) { l.expect(h.expires) }, fail: func(error) {}}) // closed is fine
}

// expireHolds gives up the seats that were kept long enough, and returns when
// to look again.
func (d *Directory) expireHolds(l *lobby, now time.Time) (next time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := 0; i < len(l.listing.holds); {
		h := l.listing.holds[i]
		if now.Before(h.expires) {
			next = sooner(next, h.expires)
			i++
			continue
		}
		l.dropHoldLocked(i)
		l.listing.taken--
	}
	d.heldLocked(l)
	return next
}

// dropHolds gives up all of them: the lobby closes.
func (d *Directory) dropHolds(l *lobby) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l.listing.taken -= len(l.listing.holds)
	l.listing.holds = nil
	d.heldLocked(l)
}

// onTheWay is how many seats are counted for players who are not in yet: those
// with a ticket, and those whose request is under way.
func (d *Directory) onTheWay(l *lobby) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return l.listing.taken - len(l.members)
}

// underWay is how many of them have asked for their seat already.
func (d *Directory) underWay(l *lobby) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return l.listing.taken - len(l.members) - len(l.listing.holds)
}

// isHeld tells whether a seat of a reservation still waits for its ticket.
func (d *Directory) isHeld(l *lobby, of *seatSet, at int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(l.listing.holds, func(h *hold) bool { return h.of == of && h.at == at })
}

// heldOf is how many seats of a team are kept.
func (d *Directory) heldOf(l *lobby, team int) (n int) {
	if l.held.Load() == 0 {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range l.listing.holds {
		if h.team == team {
			n++
		}
	}
	return n
}

// expect has the lobby know of seats that were reserved until then; zero =
// there are none.
func (l *lobby) expect(until time.Time) {
	l.due.holds = sooner(l.due.holds, until)
	l.changed = true
	if l.shown.ID == "" {
		l.dir.publish(l)
	}
	if !until.IsZero() && l.phase == Countdown && !l.joinsLate() {
		l.gather() // or they would come too late
	}
}

// joinsLate tells whether players may come while the match runs.
func (l *lobby) joinsLate() bool { return l.game.LateJoin || l.game.DropIn }

// settleHolds gives up what nobody has come for in time.
func (l *lobby) settleHolds(now time.Time) {
	if h := l.due.holds; !h.IsZero() && !now.Before(h) {
		l.due.holds = l.dir.expireHolds(l, now)
		for _, o := range l.openings {
			if now.Before(o.until) {
				l.due.holds = sooner(l.due.holds, o.until)
			}
		}
		l.changed = true
	}
	if k := l.due.keep; !k.IsZero() && !now.Before(k) {
		l.due.keep = time.Time{}
	}
}

var errNoShow = &Error{Code: NoShow, Message: "too few of the players came for the match"}

// settleAutoStart begins the first match of a lobby that was opened for it, or
// gives the lobby up. It tells whether the lobby is one.
func (l *lobby) settleAutoStart(now time.Time) bool {
	if l.autoStart == 0 || l.draining {
		return false
	}
	coming := l.dir.onTheWay(l)
	switch {
	case len(l.members)+coming < l.autoStart:
		if l.due.keep.IsZero() {
			l.close(errNoShow)
		}
	case coming > 0:
	case l.game.DropIn:
		l.begin(now)
	default:
		l.countDown(now)
	}
	return true
}
