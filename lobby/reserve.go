package lobby

import (
	"cmp"
	"time"
)

// SeatRequest asks for a seat to be kept for somebody.
type SeatRequest struct {
	Account string // who alone may take it; "" = who brings the ticket
	Team    int    // from 1; 0 = the smallest when the player comes
}

// ReserveRequest asks for seats in a lobby: all or none.
type ReserveRequest struct {
	Lobby string // id
	Seats []SeatRequest
	For   time.Duration // until they are given up; default 30 s, limit 1 h

	// Settled, if set, is called once after seats were reserved, by a goroutine
	// that must not be blocked: when all have been taken or were given up.
	Settled func(Outcome)
}

// Reservation is seats that are kept. Each of its tickets takes one of them,
// once: see JoinRequest.Ticket. Tickets are secrets.
type Reservation struct {
	Lobby, Code string
	Tickets     []string // as the seats were asked for
	Expires     time.Time
}

// OpenRequest asks for a lobby without a member.
type OpenRequest struct {
	Game       string
	LobbyName  string // default the game's title
	Visibility Visibility
	Max        int // seats; default the game's
	Password   string
	Meta       map[string]any

	Seats []SeatRequest // to be reserved at once
	For   time.Duration // as ReserveRequest.For
	// Keep is how long the lobby stays open at least, though nobody is in it
	// and no seat is reserved. Default 1 min without Seats, else not at all;
	// limit 24 h.
	Keep time.Duration
	// AutoStart, if above 0, has the first match begin without anybody getting
	// ready: once each reserved seat is taken or given up, with at least this
	// many players. With fewer the lobby closes, and its players are told
	// NO_SHOW. Nobody leads such a lobby.
	AutoStart int
	// Settled, if set, is called once, by a goroutine that must not be blocked:
	// when the first match runs and no reserved seat is open any more, or when
	// the lobby closes before that.
	Settled func(Outcome)
}

// Info is a lobby that was opened. Reserved has no tickets if no seat was asked
// for.
type Info struct {
	ID, Code, Game string
	Reserved       Reservation
}

const (
	defaultHold = 30 * time.Second
	maxHold     = time.Hour
	defaultKeep = time.Minute
	maxKeep     = 24 * time.Hour
)

// Open makes a lobby without a member. Reservations keep it open, and
// OpenRequest.Keep; after that, if nobody is in it, it closes by itself.
func (d *Directory) Open(req OpenRequest) (Info, error) {
	g := d.games.byName[req.Game]
	if g == nil {
		return Info{}, refuse(UnknownGame, "no game is called %q", limit(req.Game, 32))
	}
	create := CreateRequest{
		Game: req.Game, LobbyName: cmp.Or(req.LobbyName, g.Title), Visibility: req.Visibility,
		Max: req.Max, Password: req.Password, Meta: req.Meta,
	}
	err := checkCreate(&create, g)
	if err == nil {
		err = checkOpen(&req, create.Max)
	}
	if err != nil {
		return Info{}, err
	}
	create.secret = newPassword(req.Password)
	d.mu.Lock()
	defer d.mu.Unlock()
	l, err := d.makeLocked(g, &create)
	if err != nil {
		return Info{}, err
	}
	l.listing.taken = 0 // nobody is on the way
	r, seats, err := d.holdLocked(l, req.Seats, req.For)
	if err != nil {
		d.forgetLocked(l)
		return Info{}, err
	}
	d.heldLocked(l)
	if req.Keep > 0 {
		l.due.keep = time.Now().Add(req.Keep)
	}
	if req.AutoStart > 0 {
		l.unled, l.autoStart = true, max(req.AutoStart, g.MinPlayers)
	}
	l.inform(&opening{settled: req.Settled, seats: seats, until: r.Expires, match: true})
	d.startLocked(l)
	_ = l.inbox.force(command{do: func(l *lobby) { l.expect(r.Expires) }, fail: func(error) {}}) // it is new
	return Info{ID: l.id, Code: l.code, Game: g.Name, Reserved: r}, nil
}

// checkOpen checks what Create does not have, and fills in its defaults.
func checkOpen(req *OpenRequest, seats int) error {
	if len(req.Seats) == 0 {
		req.Keep = cmp.Or(req.Keep, defaultKeep)
	}
	switch {
	case req.Keep < 0 || req.Keep > maxKeep:
		return refuse(BadRequest, "keep must be 0 to %v", maxKeep)
	case req.AutoStart < 0 || req.AutoStart > seats:
		return refuse(BadRequest, "auto start must be 0 to %d", seats)
	}
	return nil
}

// Reserve keeps seats in a lobby: all that are asked for or none. Seats that
// nobody takes in time, and those of a lobby that closes, are given up. A lobby
// that is not DropIn waits with its countdown for them.
func (d *Directory) Reserve(req ReserveRequest) (Reservation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.lobbies[req.Lobby]
	switch {
	case l == nil:
		return Reservation{}, refuse(NotFound, "no lobby %q: it may have closed", limit(req.Lobby, 32))
	case len(req.Seats) == 0:
		return Reservation{}, refuse(BadRequest, "no seats are asked for")
	case !l.listing.open:
		return Reservation{}, refuse(WrongPhase, "lobby %s takes nobody now", l.id)
	}
	r, seats, err := d.holdLocked(l, req.Seats, req.For)
	if err != nil {
		return r, err
	}
	o := &opening{settled: req.Settled, seats: seats, until: r.Expires}
	return r, l.inbox.force(command{
		do: func(l *lobby) {
			l.inform(o)
			l.expect(r.Expires)
		},
		fail: func(error) {
			if o.settled != nil {
				o.unanswered(r.Lobby)
			}
		},
	})
}

// redeem takes the seat that a ticket is good for.
func (d *Directory) redeem(req *JoinRequest, done func(Joined, error)) {
	d.mu.Lock()
	l, err := d.findTicketLocked(req.Ticket)
	if err == nil {
		err = l.bannedLocked(&req.Joiner)
	}
	home := err == nil && l == d.homeLocked(req.Account)
	d.mu.Unlock()
	if err == nil { // the ticket is not spent on a client that cannot play
		_, err = d.gameFor(l.game.Name, &req.Joiner)
	}
	if err == nil {
		req.hold, err = d.takeHold(l, req.Ticket, req.Account)
	}
	if err != errTicket {
		d.enter(l, err, &req.Joiner, done)
		return
	}
	// No seat is reserved, but it may be an invitation.
	if home && !req.Spectate {
		d.takeOver(l, &req.Joiner, func() { d.Join(*req, done) }, done)
		return
	}
	if l != nil {
		err = d.useInvite(l, req)
	}
	if req.Spectate {
		d.enterToWatch(l, err, &req.Joiner, done)
		return
	}
	d.enter(l, err, &req.Joiner, done)
}

// Release gives up the seat of a ticket that is not used yet, and tells whether
// there was one.
func (d *Directory) Release(ticket string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	l, err := d.findTicketLocked(ticket)
	if err != nil {
		return false
	}
	i := l.findHoldLocked(ticket)
	if i < 0 {
		return false
	}
	l.dropHoldLocked(i)
	l.listing.taken--
	d.heldLocked(l)
	_ = l.inbox.force(command{do: func(l *lobby) { l.expect(time.Time{}) }, fail: func(error) {}}) // closed is fine
	return true
}
