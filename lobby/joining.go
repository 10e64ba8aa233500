package lobby

// Joiner is who wants a place.
type Joiner struct {
	Conn   Conn
	Name   string // display name; default guest-xxxx
	Bot    bool   // a program of the server
	Form   string // wire form of the state: "M" (default) or "B"
	Schema string // hash of the state schema that the client was built for; "" = takes any

	// Account is who the player is on every connection and device, up to 128
	// bytes that the caller has verified; "" is a guest.
	Account string
	// Address is the peer's IP address, by which guests are told apart; "" is
	// unknown.
	Address string
	// Moderator may remove, ban and mute people in any lobby, and cannot be.
	Moderator bool

	// Rated names the player to who keeps ratings. Default: Account, so that
	// guests are not rated.
	Rated string

	// With asks for seats for others who come along: all are reserved, or the
	// request is refused. Those that are not taken when the player leaves are
	// given up. See Joined.Reserved.
	With []SeatRequest

	hold     *hold       // the seat that a ticket was good for
	invite   *invite     // that the ticket was of
	team     int         // of the group; 0 = any
	reserved Reservation // for With
}

const maxAccount = 128 // bytes

// CreateRequest asks for a new lobby.
type CreateRequest struct {
	Joiner
	Game       string
	LobbyName  string // default "<player>'s lobby"
	Visibility Visibility
	Max        int            // seats; default the game's
	Password   string         // up to 64 characters; "" = none
	Meta       map[string]any // up to 16 labels: strings (256 bytes), numbers, booleans

	secret *password
	quick  bool // nobody asked for a lobby of its own
}

// JoinRequest asks for a place in a lobby given by id, by code, by the token of
// a place that is held, or by the ticket of a seat that is reserved. An account
// that gives none of them takes over the seat that it has, wherever that is.
type JoinRequest struct {
	Joiner
	ID       string
	Code     string
	Password string
	Spectate bool   // watch without a seat
	Resume   string // Joined.Token of the place whose connection broke
	Ticket   string // of a Reservation: takes that seat; of an Invitation: any. Whatever password or lock there is
}

// QuickRequest asks for a place in any public lobby of the game, a new one if
// need be.
type QuickRequest struct {
	Joiner
	Game string
}

// Joined is the answer to a request for a place.
type Joined struct {
	Member *Member
	Lobby  View
	You    You
	Token  string // secret; takes the place again after a broken connection; "" for spectators

	Reserved Reservation // of the seats for Joiner.With, in its order
}

// Create makes a lobby with the caller in it. done is called once: by the
// lobby's goroutine before it pushes anything else to Conn, or by the caller's
// before Create returns.
func (d *Directory) Create(req CreateRequest, done func(Joined, error)) {
	g, err := d.gameFor(req.Game, &req.Joiner)
	if err == nil {
		err = checkCreate(&req, g)
	}
	if err != nil {
		done(Joined{}, err)
		return
	}
	req.secret = newPassword(req.Password) // takes a while
	d.mu.Lock()
	l, err := d.createLocked(g, &req, &req.Joiner)
	d.mu.Unlock()
	d.enter(l, err, &req.Joiner, done)
}

// Join takes a place in a lobby. done is called as by Create.
func (d *Directory) Join(req JoinRequest, done func(Joined, error)) {
	if req.Resume != "" {
		d.resume(&req, done)
		return
	}
	if req.Ticket != "" {
		d.redeem(&req, done)
		return
	}
	l, password, home, err := d.find(&req)
	if home && !req.Spectate {
		d.takeOver(l, &req.Joiner, func() { d.Join(req, done) }, done)
		return
	}
	if err == nil {
		err = password.check(req.Password)
	}
	if err == nil && req.Spectate {
		d.watch(l, &req.Joiner, done)
		return
	}
	if err == nil {
		err = d.reserve(l, &req.Joiner)
	}
	d.enter(l, err, &req.Joiner, done)
}

// find returns the lobby that is meant with its password, and whether the
// caller's account sits there.
func (d *Directory) find(req *JoinRequest) (l *lobby, p *password, home bool, err error) {
	if req.Code != "" && !d.mayGuess(&req.Joiner) {
		return nil, nil, false, refuse(RateLimited, "too many wrong codes; wait a while")
	}
	d.mu.Lock()
	l, err = d.findLocked(req)
	if err == nil {
		p, home = l.password, l == d.homeLocked(req.Account)
		err = l.bannedLocked(&req.Joiner) // before a guess of the password counts
	}
	d.mu.Unlock()
	if AsError(err).is(BadCode) {
		d.wrong(&req.Joiner)
	}
	return l, p, home, err
}

// watch lets j watch without a seat.
func (d *Directory) watch(l *lobby, j *Joiner, done func(Joined, error)) {
	_, err := d.gameFor(l.game.Name, j)
	if err == nil {
		err = d.reserveWatcher(l, j)
	}
	d.enterToWatch(l, err, j, done)
}

// enterToWatch hands j to the lobby, where a spectator's place is reserved for
// it unless err says why not.
func (d *Directory) enterToWatch(l *lobby, err error, j *Joiner, done func(Joined, error)) {
	if err == nil {
		err = l.inbox.push(command{
			do:   func(l *lobby) { l.admitWatcher(j, done) },
			fail: func(err error) { done(Joined{}, err) },
		})
		if err != nil {
			d.releaseWatcher(l)
			d.unuse(j)
		}
	}
	if err != nil {
		done(Joined{}, err)
	}
}

func (d *Directory) resume(req *JoinRequest, done func(Joined, error)) {
	d.mu.Lock()
	l, err := d.findHeldLocked(req.Resume)
	d.mu.Unlock()
	if err == nil {
		_, err = d.gameFor(l.game.Name, &req.Joiner)
	}
	if err == nil {
		err = l.inbox.push(command{
			do:   func(l *lobby) { l.resume(&req.Joiner, req.Resume, done) },
			fail: func(error) { done(Joined{}, errGivenUp) },
		})
	}
	if err != nil {
		done(Joined{}, err)
	}
}

// Quick takes a place in the oldest public lobby that has one, or in a new
// lobby; an account that sits in a lobby of the game takes that seat over.
// However many call at the same time, no more lobbies are made than are needed
// to seat them. done is called as by Create.
func (d *Directory) Quick(req QuickRequest, done func(Joined, error)) {
	g, err := d.gameFor(req.Game, &req.Joiner)
	if err != nil {
		done(Joined{}, err)
		return
	}
	d.mu.Lock()
	home := d.homeLocked(req.Account)
	d.mu.Unlock()
	if home != nil && home.game == g {
		d.takeOver(home, &req.Joiner, func() { d.Quick(req, done) }, done)
		return
	}
	d.quick(g, &req, 8, done)
}

// quick tries again when the lobby that it was given began its match before
// the newcomer arrived.
func (d *Directory) quick(g *game, req *QuickRequest, tries int, done func(Joined, error)) {
	d.mu.Lock()
	l, err := d.quickLocked(g, &req.Joiner)
	d.mu.Unlock()
	d.enter(l, err, &req.Joiner, func(j Joined, err error) {
		if AsError(err).is(WrongPhase) && tries > 0 {
			d.quick(g, req, tries-1, done)
			return
		}
		done(j, err)
	})
}

// enter hands j to the lobby, where a seat is reserved for it unless err says
// why not.
func (d *Directory) enter(l *lobby, err error, j *Joiner, done func(Joined, error)) {
	if err != nil {
		done(Joined{}, err)
		return
	}
	if _, err = d.gameFor(l.game.Name, j); err == nil {
		err = l.inbox.push(command{
			do:   func(l *lobby) { l.admit(j, done) },
			fail: func(err error) { done(Joined{}, err) },
		})
	}
	if err != nil {
		d.giveBack(l, j, err)
		done(Joined{}, err)
	}
}

// giveBack undoes the reservation of a seat that its player could not ask the
// lobby for. A ticket can be tried again when the lobby was only too busy.
func (d *Directory) giveBack(l *lobby, j *Joiner, err error) {
	d.disband(j)
	d.unuse(j)
	if j.hold == nil || !AsError(err).is(Busy) {
		d.release(l)
		l.wakeUp()
		return
	}
	d.returnHold(l, j.hold)
}

// gameFor returns the game and checks that the client can play it.
func (d *Directory) gameFor(name string, j *Joiner) (*game, error) {
	g := d.games.byName[name]
	switch {
	case g == nil:
		return nil, refuse(UnknownGame, "no game is called %q", limit(name, 32))
	case j.Conn == nil:
		return nil, refuse(BadRequest, "no connection")
	case len(j.Account) > maxAccount || len(j.Address) > maxAccount:
		return nil, refuse(BadRequest, "account and address have at most %d bytes", maxAccount)
	case j.Form != "" && j.Form != formNames[0] && j.Form != formNames[1]:
		return nil, refuse(BadRequest, `form must be "M" or "B"`)
	case j.Schema != "" && j.Schema != g.hash:
		return nil, refuse(SchemaMismatch, "the client was built for state schema %q, the server has %q: update the client",
			limit(j.Schema, 32), g.hash)
	}
	return g, nil
}

func (e *Error) is(code Code) bool { return e != nil && e.Code == code }

var formNames = [2]string{"M", "B"} // as forms

func formIndex(name string) uint8 {
	if name == formNames[1] {
		return 1
	}
	return 0
}

var errDraining = &Error{Code: Draining, Message: "the server is shutting down; connect again in a moment"}
