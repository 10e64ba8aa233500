package lobby

import (
	"cmp"
	"sync/atomic"
	"time"
)

// Member is a client's place in a lobby: what its connection holds on to. Its
// methods may be called by any goroutine and never block. done is called once,
// by the lobby's goroutine or before the method returns; it may be nil.
type Member struct {
	// Set before anybody sees it, read-only after.
	player *Player // its Data belongs to the rules, away to the lobby's goroutine
	lobby  *lobby
	token  string
	form   uint8 // index of forms

	moderator bool // may do what the leader does to put order

	manners *manners
	seat    atomic.Int32 // of the player, for other goroutines than the lobby's

	gone     atomic.Bool
	farewell atomic.Bool  // Leave is in the inbox: once
	lost     atomic.Bool  // Disconnect is: once
	pending  atomic.Int32 // other commands in the inbox

	inputs inputQueue
	flow   flow

	// Owned by the lobby's goroutine.
	conn      Conn // nil while the player is away
	ready     bool
	out       outState
	awayUntil time.Time
	brings    []string // tickets of the seats for who comes along
}

// maxPending bounds the commands of one member that wait, so that one client
// cannot fill the inbox of all.
const maxPending = 16

func newMember(l *lobby, j *Joiner, seat int) *Member {
	m := &Member{
		player: &Player{
			id: l.dir.nextPlayer(), seat: seat, name: DisplayName(j.Name), bot: j.Bot,
			account: j.Account, address: j.Address, rated: cmp.Or(j.Rated, j.Account),
		},
		lobby: l, token: l.id + "." + secret(), form: formIndex(j.Form), conn: j.Conn,
		moderator: j.Moderator, manners: newManners(l.dir.opt.ChatEvery),
	}
	m.seat.Store(int32(seat))
	l.remember(m)
	return m
}

// ID returns the player's id.
func (m *Member) ID() string { return m.player.id }

// Seat returns the player's seat; -1 for a spectator.
func (m *Member) Seat() int { return int(m.seat.Load()) }

// Name returns the display name as the lobby accepted it.
func (m *Member) Name() string { return m.player.name }

// LobbyID returns the id of the lobby.
func (m *Member) LobbyID() string { return m.lobby.id }

// Watches tells whether this is a spectator.
func (m *Member) Watches() bool { return m.Seat() == noSeat }

// Gone tells whether the place is given up: the client left, was removed, or
// the lobby closed.
func (m *Member) Gone() bool { return m.gone.Load() }

// Input hands in an input and the newest tick that the client has applied. An
// empty payload is an acknowledgement alone. The payload, one validated
// MessagePack value, is copied. Stale and surplus inputs, and those outside of
// a match, are dropped and counted; a payload above Options.MaxInput is
// refused.
func (m *Member) Input(seq, acked uint32, payload []byte) error {
	return m.Send(Sent{Seq: seq, Acked: acked}, payload)
}

// Send is Input for clients that tell more of it.
func (m *Member) Send(in Sent, payload []byte) error {
	if len(payload) > m.lobby.dir.opt.MaxInput {
		return errInputSize
	}
	m.inputs.put(&in, payload)
	return nil
}

var errInputSize = &Error{Code: BadRequest, Message: "the input's payload is too large"}

// Resync asks for a keyframe.
func (m *Member) Resync(done func(error)) {
	m.ask(done, func(l *lobby) error { return l.resync(m) })
}

// Ready says whether the player is ready for the match. After a match it also
// calls for the next one.
func (m *Member) Ready(ready bool, done func(error)) {
	m.ask(done, func(l *lobby) error { return l.setReady(m, ready) })
}

// Start begins the countdown. Leader only; everybody else must be ready.
func (m *Member) Start(done func(error)) {
	m.ask(done, func(l *lobby) error { return l.start(m) })
}

// Kick removes a player or spectator, who may come back. Leader and moderators
// only.
func (m *Member) Kick(player string, done func(error)) {
	m.ask(done, func(l *lobby) error {
		other, err := l.police(m, player, "removes players")
		if err == nil {
			l.kick(other, m.player.id)
		}
		return err
	})
}

// Ban removes a player or spectator and keeps the person out for 1 s to 7 days:
// the account, or for a guest everybody at that address who has no account.
// Leader and moderators only.
func (m *Member) Ban(player string, d time.Duration, done func(error)) {
	m.ask(done, func(l *lobby) error {
		other, err := l.police(m, player, "bans players")
		if err != nil {
			return err
		}
		return l.ban(other, m.player.id, d)
	})
}

// Unban lets in again who was banned as that player. Leader and moderators only.
func (m *Member) Unban(player string, done func(error)) {
	m.ask(done, func(l *lobby) error { return l.unban(m, player) })
}

// Bans tells who is banned. Leader and moderators only.
func (m *Member) Bans(done func([]Ban, error)) {
	var list []Ban
	m.ask(func(err error) { done(list, err) }, func(l *lobby) (err error) {
		list, err = l.bans(m)
		return err
	})
}

// Mute keeps a player or spectator from chatting for up to 7 days, also after
// coming back; 0 lifts it. Leader and moderators only.
func (m *Member) Mute(player string, d time.Duration, done func(error)) {
	m.ask(done, func(l *lobby) error {
		other, err := l.police(m, player, "mutes players")
		if err != nil {
			return err
		}
		return l.mute(other, m.player.id, d)
	})
}

// Role makes a spectator of a player, where the game has spectators, or gives a
// spectator a free seat; player "" means oneself, others are the leader's to
// move. The client is told with EventPlace.
func (m *Member) Role(player string, role Role, done func(error)) {
	m.ask(done, func(l *lobby) error { return l.setRole(m, player, role) })
}

// Lead hands the lobby over to another player. Leader only.
func (m *Member) Lead(player string, done func(error)) {
	m.ask(done, func(l *lobby) error { return l.lead(m, player) })
}

// Chat says a line of up to 200 characters to everybody in the lobby. It may
// block in Options.Moderate.
func (m *Member) Chat(text string, done func(error)) {
	text, err := m.speak(text)
	if err != nil {
		if done != nil {
			done(err)
		}
		return
	}
	m.ask(done, func(l *lobby) error { return l.say(m, text) })
}

// Lock says whether newcomers are turned away. Leader only.
func (m *Member) Lock(locked bool, done func(error)) {
	m.ask(done, func(l *lobby) error { return l.lock(m, locked) })
}

// Team moves a player to a team, from 1; player "" means oneself, others are
// the leader's to move.
func (m *Member) Team(player string, team int, done func(error)) {
	m.ask(done, func(l *lobby) error { return l.setTeam(m, player, team) })
}

// Swap exchanges the teams of two players. Leader only.
func (m *Member) Swap(a, b string, done func(error)) {
	m.ask(done, func(l *lobby) error { return l.swapTeams(m, a, b) })
}

// Balance evens the teams out. Leader only.
func (m *Member) Balance(done func(error)) {
	m.ask(done, func(l *lobby) error { return l.balance(m) })
}

// Leave gives up the place.
func (m *Member) Leave(done func(error)) {
	if done == nil {
		done = func(error) {}
	}
	if !m.farewell.CompareAndSwap(false, true) {
		done(errNotInLobby)
		return
	}
	err := m.lobby.inbox.force(command{
		do:   func(l *lobby) { done(l.leave(m)) },
		fail: done,
	})
	if err != nil {
		done(err)
	}
}

// Disconnect tells that the connection is gone. Conn is not used any more once
// the lobby has seen it. The place may be held for a while: see Options.Grace.
func (m *Member) Disconnect() {
	if m.lost.CompareAndSwap(false, true) {
		_ = m.lobby.inbox.force(command{ // a closed lobby needs no farewell
			do:   func(l *lobby) { l.lose(m) },
			fail: func(error) {},
		})
	}
}

var errNotInLobby = &Error{Code: NotInLobby, Message: "you are not in this lobby"}

// ask has the lobby's goroutine do something in the member's name.
func (m *Member) ask(done func(error), do func(*lobby) error) {
	answer := func(err error) {
		m.pending.Add(-1)
		if done != nil {
			done(err)
		}
	}
	if m.pending.Add(1) > maxPending {
		answer(&Error{Code: RateLimited, Message: "too many requests are waiting; slow down"})
		return
	}
	err := m.lobby.inbox.push(command{
		do: func(l *lobby) {
			if m.gone.Load() {
				answer(errNotInLobby)
				return
			}
			answer(do(l))
		},
		fail: answer,
	})
	if err != nil {
		answer(err)
	}
}

// resume is the token of the place, for whom one is held.
func (m *Member) resume() string {
	if m.watches() {
		return ""
	}
	return m.token
}

func (m *Member) you() You { return You{ID: m.player.id, Seat: m.player.seat} }
