package lobby

import (
	"sync"
	"time"
)

// What is the kind of a LobbyEvent.
type What string

// The kinds of events in a lobby's log. Detail depends on the kind.
const (
	LogOpened     What = "opened"   // Detail: the game
	LogJoined     What = "joined"   // Detail: the name
	LogWatching   What = "watching" // joined as a spectator; Detail: the name
	LogLeft       What = "left"     // Detail: the code that the player was told; "" = by itself
	LogLost       What = "lost"     // the connection broke, the seat is held
	LogBack       What = "back"     // on another connection
	LogRole       What = "role"     // Detail: the role
	LogLed        What = "leads"    // leads from now on
	LogKicked     What = "kicked"
	LogBanned     What = "banned"      // Detail: for how long
	LogUnbanned   What = "unbanned"    //
	LogMuted      What = "muted"       // Detail: for how long
	LogUnmuted    What = "unmuted"     //
	LogSettings   What = "settings"    // Detail: what was changed
	LogCode       What = "code"        // Detail: the new one; "" = off
	LogInvited    What = "invited"     // a ticket was made; Detail: its uses and time
	LogPhase      What = "phase"       // Detail: the phase
	LogReserved   What = "reserved"    // Detail: how many seats
	LogMatchBegan What = "match began" // Detail: the match's id
	LogMatchEnded What = "match ended" // Detail: the match's id and the reason
	LogAnnounced  What = "announced"   // Detail: the text
	LogClosing    What = "closed"      // Detail: why
)

// LobbyEvent is one entry of a lobby's log.
type LobbyEvent struct {
	At      time.Time `json:"at"`
	What    What      `json:"what"`
	Player  string    `json:"player,omitempty"`  // whom it happened to
	Account string    `json:"account,omitempty"` // of that player
	By      string    `json:"by,omitempty"`      // who did it, if somebody else; "server" is the operator
	Detail  string    `json:"detail,omitempty"`
}

// byServer is the author of what the operator or the studio's code does.
const byServer = "server"

// maxJournal bounds the log of one lobby, the newest stay; maxJournals is how
// many are kept of lobbies that are closed.
const (
	maxJournal  = 128
	maxJournals = 512
)

// journal is the log of one lobby: any goroutine writes and reads it.
type journal struct {
	mu     sync.Mutex // guards the following
	events []LobbyEvent
	next   int // where the oldest is, once events is full
}

func (j *journal) add(e LobbyEvent) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.events) < maxJournal {
		j.events = append(j.events, e)
		return
	}
	j.events[j.next] = e
	j.next = (j.next + 1) % maxJournal
}

// list returns the events, the oldest first.
func (j *journal) list() []LobbyEvent {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append(append([]LobbyEvent(nil), j.events[j.next:]...), j.events[:j.next]...)
}

// note logs what happened to a member; by is who did it, "" for m itself.
func (l *lobby) note(what What, m *Member, by, detail string) {
	e := LobbyEvent{At: time.Now(), What: what, By: by, Detail: detail}
	if m != nil {
		e.Player, e.Account = m.player.id, m.player.account
	}
	l.journal.add(e)
}

// noteID logs what happened to somebody who need not be here.
func (l *lobby) noteID(what What, player, by string) {
	l.journal.add(LobbyEvent{At: time.Now(), What: what, Player: player, By: by})
}

// Events returns the log of a lobby, the oldest event first: the last 128 of a
// lobby that is open, or of the last 512 that were. It never blocks for long.
func (d *Directory) Events(id string) ([]LobbyEvent, error) {
	d.mu.Lock()
	l := d.lobbies[id]
	d.mu.Unlock()
	if l != nil {
		return l.journal.list(), nil
	}
	if j, ok := d.past.Get(id); ok {
		return j.list(), nil
	}
	return nil, refuse(NotFound, "no lobby %q, and none that closed lately", limit(id, 32))
}
