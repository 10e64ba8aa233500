package lobby

import (
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tickwire/tick"
)

// lobby is a group of players and their match. One goroutine owns it from its
// opening until nobody is left.
type lobby struct {
	// Set before run, read-only after.
	dir    *Directory
	id     string
	game   *game
	unled  bool   // there is no leader
	number uint64 // lobbies count up; older ones are filled first
	log    zerolog.Logger
	inbox  inbox

	journal *journal
	opened  time.Time

	ended sync.Once    // the directory knows that the goroutine is done, or given up
	held  atomic.Int32 // seats that wait for a ticket; the directory's lock is held by who writes

	// Guarded by dir.mu.
	listing listing
	opener  string // address that Directory.openers counts it for

	// Changed by the goroutine under dir.mu: it reads them freely.
	code       string // "": none
	visibility Visibility
	password   *password // nil: none
	max        int

	// Owned by the goroutine.
	name      string
	meta      map[string]any
	phase     Phase
	locked    bool
	members   []*Member // the players, in the order of their joining
	watchers  []*Member // the spectators
	seats     []*Member // by seat; nil where nobody sits
	leader    *Member
	led       bool // somebody leads, or did
	mutes     penalties
	run       *run   // while playing
	relay     *relay // nil: spectators see what is
	due       agenda
	openings  []*opening // who wants to know what becomes of reserved seats
	autoStart int        // players with whom the first match begins by itself; 0 = it does not
	began     bool       // a match has
	shown     View       // as the members know it
	changed   bool       // the members do not know all
	spare     []command
	undone    []command // the one that is being done, and those after it
	draining  bool
	closing   *Error // what everybody is told when the match has ended
	shutFor   *Error // why everybody was sent away
	closed    bool
	fault     any    // what the rules of the last match panicked with, for Solo
	stack     []byte // of fault
	paused    bool   // nobody is connected: the match waits
	ticks     *tick.Timer
	goroutine []byte // what a stack dump calls it
	turnBegan time.Time
}

// agenda holds the moments for which the goroutine wakes up; zero = none.
type agenda struct {
	begin  time.Time // end of the countdown, or of the intermission
	update time.Time // members may be told of changes again
	grace  time.Time // the first held place is given up
	holds  time.Time // the first reserved seat is
	keep   time.Time // an empty lobby may close
	code   time.Time // the code expires

	timer *time.Timer
	set   time.Time // what timer is set to
}

// prompt is the rate in Hz from which on events wait for the next tick, to leave
// in one write with its state.
const prompt = 10

// updateEvery is the shortest time between two updates, so that a rush of
// joins does not cost members times joins.
const updateEvery = 50 * time.Millisecond

// loop runs until the last member is gone or the lobby is closed. Its owner is
// the directory.
func (l *lobby) loop() {
	defer l.ended.Do(l.dir.end)
	l.goroutine = goroutineID()
	l.openTimers()
	defer l.ticks.Stop()
	defer l.due.timer.Stop()
	for !l.closed {
		select {
		case <-l.inbox.wake:
		case <-l.ticks.C:
			if l.run != nil && !l.paused {
				l.dir.rush.enter(time.Since(l.run.clock.Next()), l.run.clock.Interval())
			}
		case <-l.due.timer.C:
		}
		l.turn(time.Now())
	}
	l.inbox.close()
}

func (l *lobby) openTimers() {
	l.ticks = l.dir.newTimer()
	l.due.timer = time.NewTimer(time.Hour)
	l.due.timer.Stop()
}

// turn does what is due at this moment.
func (l *lobby) turn(now time.Time) {
	l.turnBegan = now
	l.commands()
	if l.run != nil && !l.paused {
		l.advance(now)
	}
	l.playRelay(now)
	l.settle(now)
	l.settlePause(now)
	if l.run == nil || l.game.Hz < prompt {
		l.flush()
	}
	l.wakeAt(now)
}

// commands does what the members and the directory asked for, in order.
func (l *lobby) commands() {
	batch := l.inbox.swap(l.spare)
	for i, c := range batch {
		l.undone = batch[i:]
		c.do(l)
		batch[i] = command{}
	}
	l.spare, l.undone = batch, nil
}

// settle draws the conclusions from what has changed.
func (l *lobby) settle(now time.Time) {
	if g := l.due.grace; !g.IsZero() && !now.Before(g) {
		l.expire(now)
	}
	l.settleCode(now)
	l.settleHolds(now)
	l.settlePhase(now)
	l.settleOpenings(now, false)
	if l.changed && !now.Before(l.due.update) {
		l.update(now)
	}
	if len(l.members) == 0 && l.unseen() {
		l.leaveToSpectators(now)
		return
	}
	if len(l.members) == 0 && (l.draining || l.due.keep.IsZero()) && l.dir.dispose(l) {
		l.settleOpenings(now, true)
		l.abandon()
		if !l.draining {
			l.note(LogClosing, nil, "", "empty")
		}
		l.sendAway(refuse(NotFound, "all players have left"))
		l.closed = true
	}
}

// wakeUp has the goroutine look again at what it should do. It adds no command:
// whoever finds the inbox full calls it.
func (l *lobby) wakeUp() { l.inbox.nudge() }

// wakeAt sets the timer of the agenda, if it has moved.
func (l *lobby) wakeAt(now time.Time) {
	next := sooner(sooner(l.due.begin, l.due.grace), sooner(l.due.holds, l.due.keep))
	next = sooner(next, l.due.code)
	if l.changed {
		next = sooner(next, l.due.update)
	}
	if l.run == nil || l.paused { // else the next step looks after it
		next = sooner(next, l.relay.next())
	}
	if next.Equal(l.due.set) {
		return
	}
	l.due.set = next
	if next.IsZero() {
		l.due.timer.Stop()
		return
	}
	l.due.timer.Reset(next.Sub(now))
}

// sooner returns the earlier of two moments that are set.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// everybody returns players and spectators.
func (l *lobby) everybody() iter.Seq[*Member] {
	return func(yield func(*Member) bool) {
		for _, group := range [...][]*Member{l.members, l.watchers} {
			for _, m := range group {
				if !yield(m) {
					return
				}
			}
		}
	}
}

// tell sends an event to everybody.
func (l *lobby) tell(name string, args ...any) {
	ev := &Event{Name: name, Args: args}
	for _, m := range l.members {
		m.out.event(m.conn, ev)
	}
	if l.relay != nil && delayed(name) {
		l.relay.event(l.turnBegan, ev)
		return
	}
	for _, m := range l.watchers {
		m.out.event(m.conn, ev)
	}
}

// tellOne sends an event to one member.
func (l *lobby) tellOne(m *Member, name string, args ...any) {
	m.out.event(m.conn, &Event{Name: name, Args: args})
}

// flush sends what is held. While a match runs its ticks do, if they come soon.
func (l *lobby) flush() {
	for m := range l.everybody() {
		m.out.flush(m.conn)
	}
}

// remove takes a member out and tells it why, unless it left by itself.
func (l *lobby) remove(m *Member, why *Error) {
	if m.watches() {
		l.removeWatcher(m, why)
		return
	}
	if !slices.Contains(l.members, m) {
		return
	}
	l.dismiss(m, why)
	l.vacate(m)
	l.vacated()
}

// dismiss says good-bye to a member.
func (l *lobby) dismiss(m *Member, why *Error) {
	code := ""
	if why != nil {
		code = string(why.Code)
		l.tellOne(m, EventClosed, Closed{Code: why.Code, Message: why.Message})
	}
	l.note(LogLeft, m, "", code)
	m.out.flush(m.conn)
	m.conn = nil
	m.inputs.close()
	m.gone.Store(true)
	l.sendBack(m)
	l.changed = true
}

// close sends everybody away and ends the lobby.
func (l *lobby) close(why *Error) {
	l.draining, l.shutFor = true, why
	l.note(LogClosing, nil, byServer, why.Error())
	l.settleOpenings(l.turnBegan, true)
	l.dir.dropHolds(l)
	l.sendAway(why)
	for len(l.members) > 0 {
		l.remove(l.members[0], why)
	}
}

// sendAway ends the watching.
func (l *lobby) sendAway(why *Error) {
	for len(l.watchers) > 0 {
		l.removeWatcher(l.watchers[0], why)
	}
}
