package gateway

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"tickwire/lobby"
	"tickwire/lobby/party"
	"tickwire/sio"
)

// player stands for one socket. It is the lobby.Conn of its member.
type player struct {
	// Set when made, read-only after.
	socket   *sio.Socket
	identity Identity
	bot      bool
	log      *zerolog.Logger
	lists    *rate.Limiter // of requests that look at all lobbies
	groups   *rate.Limiter // of those about parties and queues
	places   *rate.Limiter // of those for a place, and of new passwords

	mu      sync.Mutex // guards the following
	member  *lobby.Member
	watch   *lobby.Watch // nil: follows no list
	party   *party.Member
	joining bool // a request for a place is under way
	gone    bool // the socket has ended
	left    bool // it said good-bye
}

var (
	errAlready = &lobby.Error{Code: lobby.AlreadyInLobby, Message: "you are in a lobby already: leave it first"}
	errNowhere = &lobby.Error{Code: lobby.NotInLobby, Message: "you are in no lobby: create or join one first"}
)

// beginJoin reserves the player for one request for a place.
func (p *player) beginJoin() *lobby.Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.joining || p.member != nil && !p.member.Gone() {
		return errAlready
	}
	p.joining = true
	return nil
}

// endJoin ends what beginJoin began. A place that came too late, when the
// socket had ended, is given back.
func (p *player) endJoin(m *lobby.Member) {
	p.mu.Lock()
	p.joining = false
	gone, left := p.gone, p.left
	if m != nil {
		p.member = m
	}
	p.mu.Unlock()
	switch {
	case m == nil:
	case gone:
		depart(m, left)
	default:
		p.socket.Join(RoomPlayers)
	}
}

// current returns the player's place in a lobby, or nil.
func (p *player) current() *lobby.Member {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.member == nil || p.member.Gone() {
		return nil
	}
	return p.member
}

func (p *player) disconnected(left bool) {
	p.mu.Lock()
	p.gone, p.left = true, left
	m, in := p.member, p.party
	p.mu.Unlock()
	p.follow(nil)
	if m != nil {
		depart(m, left)
	}
	if in != nil {
		quitParty(in, left)
	}
}

// depart gives up the place of a client that said good-bye; that of another is
// held for a while.
func depart(m *lobby.Member, left bool) {
	if left {
		m.Leave(nil)
		return
	}
	m.Disconnect()
}

var errUnsendable = errors.New("event has a payload without a wire form")

// Event holds an event until the tick's state frame, or Flush.
func (p *player) Event(ev *lobby.Event) error {
	if ev.Name == lobby.EventClosed {
		p.socket.Leave(RoomPlayers)
	}
	if ev.Wire == nil {
		ev.Wire = p.prepare(ev)
	}
	prepared, ok := ev.Wire.(*sio.Prepared)
	if !ok {
		return errUnsendable
	}
	return p.socket.Hold(prepared)
}

// prepare encodes an event. A payload that the rules made and nobody can
// encode is told once, not once per member. One that encodes itself is code of
// the studio's, on the lobby's goroutine: its panic must not be the server's.
func (p *player) prepare(ev *lobby.Event) (wire any) {
	defer func() {
		if v := recover(); v != nil {
			p.log.Error().Str("reason", fmt.Sprint(v)).Str("event", ev.Name).Bytes("stack", debug.Stack()).Msg("event dropped: the encoding of its payload panicked")
			wire = errUnsendable
		}
	}()
	prepared, err := sio.Prepare(ev.Name, ev.Args...)
	if err != nil {
		p.log.Error().Err(err).Str("event", ev.Name).Msg("event dropped: its payload has no wire form")
		return errUnsendable
	}
	return prepared
}

// stateWire is a state frame as a stamped event: all members share it but for
// the acknowledgement.
type stateWire struct {
	stamped *sio.Stamped
	version uint64
}

// State sends a state frame with everything held before it.
func (p *player) State(f *lobby.Frame, ack uint32) error {
	return p.socket.SendStamped(stampedOf(f), ack)
}

// stampedOf makes the event of a frame, or finds it.
func stampedOf(f *lobby.Frame) *sio.Stamped {
	w, ok := f.Wire.(*stateWire)
	if !ok {
		w = &stateWire{stamped: sio.NewStamped(), version: f.Version - 1}
		f.Wire = w
	}
	if w.version != f.Version {
		w.stamped.Reset("s", f.Bytes)
		w.version = f.Version
	}
	return w.stamped
}

// Flush sends what is held.
func (p *player) Flush() error { return p.socket.Flush() }

// Backlog is what the client's kernel has not taken yet, in bytes.
func (p *player) Backlog() int { return p.socket.Backlog() }
