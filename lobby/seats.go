package lobby

import (
	"container/list"
	crand "crypto/rand"
	"strings"
	"time"
)

// The seats of all lobbies are counted here, under the directory's lock: who
// holds a reservation gets a seat, whatever else happens. So there is never a
// player too many, and quick join never makes a lobby too many.

func (d *Directory) findLocked(req *JoinRequest) (*lobby, error) {
	switch {
	case req.Code != "":
		code, ok := ParseCode(req.Code, codeLength)
		if !ok {
			return nil, refuse(BadCode, "a code has %d letters and digits", codeLength)
		}
		if l := d.codes[code]; l != nil {
			return l, nil
		}
		return nil, refuse(BadCode, "no lobby has the code %s", code)
	case req.ID != "":
		// That a private lobby exists is told only to those who know its code, or
		// are in it.
		if l := d.lobbies[req.ID]; l != nil && (l.visibility != Private || l == d.homeLocked(req.Account)) {
			return l, nil
		}
		return nil, refuse(NotFound, "no lobby %q: it may have closed", limit(req.ID, 32))
	case req.Account != "":
		if l := d.homeLocked(req.Account); l != nil {
			return l, nil
		}
		return nil, errNoSeat
	}
	return nil, refuse(BadRequest, "id or code is missing")
}

func (d *Directory) reserve(l *lobby, j *Joiner) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reserveLocked(l, j)
}

func (d *Directory) reserveLocked(l *lobby, j *Joiner) error {
	if err := d.mayEnterLocked(l, j); err != nil {
		return err
	}
	if err := d.takeSeatLocked(l); err != nil {
		return err
	}
	if err := d.groupLocked(l, j); err != nil {
		l.listing.taken--
		d.requeueLocked(l)
		return err
	}
	return nil
}

// mayEnterLocked refuses newcomers that the lobby does not want.
func (d *Directory) mayEnterLocked(l *lobby, j *Joiner) error {
	switch {
	case d.draining:
		return errDraining
	case l.listing.locked:
		return errLocked
	}
	return l.bannedLocked(j)
}

func (d *Directory) takeSeatLocked(l *lobby) error {
	if l.listing.taken >= l.max {
		return refuse(RoomFull, "lobby %s has %d of %d players", l.id, l.listing.taken, l.max)
	}
	l.listing.taken++
	d.requeueLocked(l)
	return nil
}

// moveToPlay counts a spectator as a player, if there is a seat.
func (d *Directory) moveToPlay(l *lobby) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.takeSeatLocked(l)
	if err == nil {
		l.listing.watching--
	}
	return err
}

// moveToWatch counts a place for a player who is about to give up the seat.
func (d *Directory) moveToWatch(l *lobby) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return l.takeWatcherLocked()
}

// reserveWatcher and releaseWatcher count the spectators of a lobby.
func (d *Directory) reserveWatcher(l *lobby, j *Joiner) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.mayEnterLocked(l, j)
	if err == nil {
		err = l.takeWatcherLocked()
	}
	return err
}

func (l *lobby) takeWatcherLocked() error {
	switch {
	case !l.game.Spectators:
		return refuse(BadRequest, "%s has no spectators", l.game.Title)
	case l.listing.watching >= l.game.MaxSpectators:
		return refuse(RoomFull, "lobby %s has %d of %d spectators", l.id, l.listing.watching, l.game.MaxSpectators)
	}
	l.listing.watching++
	return nil
}

func (d *Directory) releaseWatcher(l *lobby) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l.listing.watching--
}

var errLocked = &Error{Code: Locked, Message: "the leader lets nobody in any more"}

// quickLocked returns a lobby with a seat reserved in it.
func (d *Directory) quickLocked(g *game, j *Joiner) (*lobby, error) {
	tries := maxQuick
	for e := d.open[g].Front(); e != nil && !d.draining && tries > 0; e, tries = e.Next(), tries-1 {
		if l := e.Value.(*lobby); l.listing.taken+len(j.With) < l.max && l.bannedLocked(j) == nil {
			return l, d.reserveLocked(l, j)
		}
	}
	return d.createLocked(g, &CreateRequest{Visibility: Public, Max: g.MaxPlayers, quick: true}, j)
}

// maxQuick bounds the search for a lobby with room for a group; for a player
// alone the first will do.
const maxQuick = 1000

// createLocked starts a lobby with a seat reserved in it.
func (d *Directory) createLocked(g *game, req *CreateRequest, j *Joiner) (*lobby, error) {
	if err := d.mayOpenLocked(j.Address); err != nil {
		return nil, err
	}
	l, err := d.makeLocked(g, req)
	if err != nil {
		return nil, err
	}
	d.openedLocked(l, j.Address)
	if err = d.groupLocked(l, j); err != nil {
		d.forgetLocked(l)
		return nil, err
	}
	d.startLocked(l)
	return l, nil
}

func (d *Directory) startLocked(l *lobby) {
	d.running++
	go l.loop() // ends with the lobby; Drain waits for it
}

func (d *Directory) makeLocked(g *game, req *CreateRequest) (*lobby, error) {
	switch {
	case d.draining:
		return nil, errDraining
	case len(d.lobbies) >= d.opt.MaxLobbies:
		return nil, refuse(LobbyLimit, "the server has %d lobbies and takes no more; try again later", len(d.lobbies))
	}
	d.number++
	l := &lobby{
		dir: d, id: strings.ToLower(secret()[:12]), code: d.freeCodeLocked(), game: g,
		visibility: req.Visibility, password: req.secret, unled: req.quick && g.DropIn, max: req.Max, number: d.number,
		name: req.LobbyName, meta: req.Meta, phase: Gathering, seats: make([]*Member, req.Max), relay: newRelay(g.SpectatorDelay),
		journal: &journal{}, opened: time.Now(),
	}
	l.log = d.opt.Log.With().Str("lobby", l.id).Logger()
	l.inbox.init(d.opt.MaxInbox)
	l.listing = listing{taken: 1, open: true, first: l.summary()}
	l.note(LogOpened, nil, "", g.Name)
	d.lobbies[l.id], d.codes[l.code] = l, l
	l.ageCode(l.opened)
	l.listing.byAge = d.byAge.PushBack(l)
	d.requeueLocked(l)
	return l, nil
}

// release gives back a seat.
func (d *Directory) release(l *lobby) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l.listing.taken--
	d.requeueLocked(l)
}

// publish makes known what the lobby's goroutine decided about it.
func (d *Directory) publish(l *lobby) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.publishLocked(l)
}

func (d *Directory) publishLocked(l *lobby) {
	now := &l.listing
	now.open, now.locked, now.summary, now.teams = l.joinable(), l.locked, l.summary(), l.teamSizes()
	d.requeueLocked(l)
	if was := now.listed; was || l.listed() { // a lobby that hides leaves the lists
		now.listed = l.listed()
		d.hub.change(l)
	}
}

// track keeps the running match of a lobby at hand for its counters.
func (d *Directory) track(l *lobby, r *run) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l.listing.run = r
}

// dispose forgets an empty lobby, unless somebody is on the way to it.
func (d *Directory) dispose(l *lobby) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l.listing.taken > 0 {
		return false
	}
	d.forgetLocked(l)
	return true
}

// forget removes a lobby whoever is in it.
func (d *Directory) forget(l *lobby) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forgetLocked(l)
}

func (d *Directory) forgetLocked(l *lobby) {
	d.closedLocked(l)
	delete(d.lobbies, l.id)
	delete(d.codes, l.code)
	d.past.Add(l.id, l.journal)
	d.byAge.Remove(l.listing.byAge)
	l.listing.open, l.listing.run = false, nil
	d.requeueLocked(l)
	if l.listing.listed {
		d.hub.change(l)
	}
}

// end is the last that a lobby's goroutine does.
func (d *Directory) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running--
	d.settleDrainLocked()
}

// requeueLocked keeps the list of those that quick join may pick.
func (d *Directory) requeueLocked(l *lobby) {
	open := d.open[l.game]
	queued := l.listing.quick != nil
	wanted := l.visibility == Public && l.password == nil && l.listing.open && !l.listing.locked && l.listing.taken < l.max
	switch {
	case wanted && !queued:
		l.listing.quick = insertByAge(open, l)
	case !wanted && queued:
		open.Remove(l.listing.quick)
		l.listing.quick = nil
	}
}

func insertByAge(open *list.List, l *lobby) *list.Element {
	e := open.Back() // the youngest: most that come are new
	for e != nil && e.Value.(*lobby).number > l.number {
		e = e.Prev()
	}
	if e == nil {
		return open.PushFront(l)
	}
	return open.InsertAfter(l, e)
}

// secret returns 26 characters that nobody can guess.
func secret() string { return crand.Text() }
