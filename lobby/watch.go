package lobby

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Watch is somebody who follows a query.
type Watch struct {
	hub   *hub
	query *Query
	from  string // address; "" = not known
	push  func(*Event)
	done  func(List, error)

	stopped atomic.Bool

	// Owned by the hub's turn.
	feed *feed
}

// Stop ends the watch. A push that is under way may still arrive.
func (w *Watch) Stop() {
	if w.stopped.CompareAndSwap(false, true) {
		w.hub.add(func(h *hub) { h.left = append(h.left, w) })
	}
}

// Watch follows a query: done is called once with the present list or an error,
// then push with each change, several changes at a time and not more than ten
// times a second. Neither may block, and they are called one at a time. All who
// follow the same query get the same Event. from is the IP address of who asks, if
// it is known: of the queries that nobody else follows, one address may have some.
func (d *Directory) Watch(from string, q *Query, push func(*Event), done func(List, error)) *Watch {
	w := &Watch{hub: &d.hub, query: q, from: from, push: push, done: done}
	d.hub.add(func(h *hub) { h.came = append(h.came, w) })
	return w
}

const (
	watchEvery = 100 * time.Millisecond // diffs are gathered for that long
	maxFeeds   = 128                    // different queries at a time
	maxFounded = 16                     // of them, those that one address came with first
	maxWatches = 100_000
)

// hub brings the feeds up to date. Its turns run on a timer, one at a time and
// only while there is something to do, away from lobbies and matches: they only
// leave word of what has changed.
type hub struct {
	dir     *Directory
	watched atomic.Bool // somebody follows a query

	mu        sync.Mutex // guards the following
	changed   []*lobby
	came      []*Watch
	left      []*Watch
	timer     *time.Timer
	scheduled bool // a turn is due or under way
	lastTurn  time.Time

	// Owned by the turn.
	feeds   map[string]*feed
	founded map[string]int // feeds, by the address that came with the query
	watches int
}

// change leaves word that a public lobby has changed. The directory's lock is
// held.
func (h *hub) change(l *lobby) {
	if !h.watched.Load() || l.listing.told {
		return
	}
	l.listing.told = true // until the turn has looked
	h.add(func(h *hub) { h.changed = append(h.changed, l) })
}

// add notes something for the next turn, and sees to it that there is one.
func (h *hub) add(note func(*hub)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	note(h)
	if !h.scheduled {
		h.scheduled = true
		h.schedule()
	}
}

func (h *hub) schedule() {
	wait := max(0, time.Until(h.lastTurn.Add(watchEvery)))
	if h.timer == nil {
		h.timer = time.AfterFunc(wait, h.turn)
		return
	}
	h.timer.Reset(wait)
}

// turn takes the notes and tells the watchers. The timer is set again only at
// its end, so there is never a second one.
func (h *hub) turn() {
	h.mu.Lock()
	changed, came, left := h.changed, h.came, h.left
	h.changed, h.came, h.left = nil, nil, nil
	h.lastTurn = time.Now()
	h.mu.Unlock()

	for _, w := range left {
		h.remove(w)
	}
	h.update(changed)
	for _, w := range came {
		h.welcome(w)
	}
	h.watched.Store(h.watches > 0)

	h.mu.Lock()
	defer h.mu.Unlock()
	if h.scheduled = len(h.changed)+len(h.came)+len(h.left) > 0; h.scheduled {
		h.schedule()
	}
}

// update brings the feeds up to date and pushes what is new.
func (h *hub) update(changed []*lobby) {
	if len(changed) == 0 {
		return
	}
	rows, gone := h.dir.look(changed)
	for _, f := range h.feeds {
		for _, r := range rows {
			f.put(r)
		}
		for _, id := range gone {
			f.drop(id)
		}
		diff := f.diff()
		if diff == nil {
			continue
		}
		ev := &Event{Name: EventList, Args: []any{*diff}}
		for _, w := range f.watchers {
			if !w.stopped.Load() {
				w.push(ev)
			}
		}
	}
}

func (h *hub) welcome(w *Watch) {
	f := h.feeds[w.query.key]
	switch {
	case w.stopped.Load():
		w.done(List{}, refuse(NotFound, "the watch was stopped"))
		return
	case h.watches >= maxWatches, f == nil && !h.roomFor(w.from):
		w.done(List{}, refuse(Busy, "too many different queries are watched; ask a simpler one or try later"))
		return
	case f == nil:
		f = newFeed(w.query)
		f.founder = w.from
		h.watched.Store(true) // before looking: from now on changes are noted
		f.fill(h.dir.rows())
		if h.feeds == nil {
			h.feeds, h.founded = map[string]*feed{}, map[string]int{}
		}
		h.feeds[w.query.key] = f
		h.founded[f.founder]++
	}
	w.feed = f
	f.watchers = append(f.watchers, w)
	h.watches++
	w.done(f.list(), nil)
}

// roomFor tells whether somebody may come with another query. This machine is
// not counted: see mayOpenLocked.
func (h *hub) roomFor(address string) bool {
	return len(h.feeds) < maxFeeds && (h.founded[address] < maxFounded || isLocal(address))
}

func (h *hub) remove(w *Watch) {
	f := w.feed
	if f == nil {
		return // never came in
	}
	at := slices.Index(f.watchers, w)
	f.watchers = slices.Delete(f.watchers, at, at+1)
	h.watches--
	if len(f.watchers) == 0 {
		delete(h.feeds, f.query.key)
		if h.founded[f.founder]--; h.founded[f.founder] == 0 {
			delete(h.founded, f.founder)
		}
	}
}

// look returns what has become of lobbies.
func (d *Directory) look(changed []*lobby) (rows []*row, gone []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range changed {
		l.listing.told = false
		if d.lobbies[l.id] == l && l.listed() {
			rows = append(rows, &row{l.listing.summary, l.number})
		} else {
			gone = append(gone, l.id)
		}
	}
	return rows, gone
}

// rows returns all lobbies that may be shown.
func (d *Directory) rows() []*row {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*row, 0, len(d.lobbies))
	for _, l := range d.lobbies {
		if l.listed() {
			all = append(all, &row{l.listing.summary, l.number})
		}
	}
	return all
}

// listed tells whether a lobby is shown to strangers. The directory's lock is
// held.
func (l *lobby) listed() bool {
	return l.visibility == Public && l.listing.summary.ID != ""
}
