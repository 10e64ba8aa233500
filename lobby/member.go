package lobby

import "sync/atomic"

// Member is a client's place in a lobby: what its connection holds on to. Its
// methods may be called by any goroutine and never block. done is called once,
// by the lobby's goroutine or before the method returns; it may be nil.
type Member struct {
	player Player
	lobby  *lobby
	token  string
	form   form

	gone    atomic.Bool
	pending atomic.Int32 // commands in the lobby's inbox

	inputs inputQueue

	// Owned by the lobby's goroutine.
	conn  Conn
	ready bool
	out   outState
}

// ID returns the player's id.
func (m *Member) ID() string { return m.player.id }

// Seat returns the player's place.
func (m *Member) Seat() int { return m.player.seat }

// Name returns the display name as the lobby accepted it.
func (m *Member) Name() string { return m.player.name }

// LobbyID returns the id of the lobby.
func (m *Member) LobbyID() string { return m.lobby.id }

// Gone tells whether the place is given up: the client left, was removed, or
// the lobby closed.
func (m *Member) Gone() bool { return m.gone.Load() }

// Input hands in an input and the newest tick that the client has applied. An
// empty payload is an acknowledgement alone. The payload, one validated
// MessagePack value, is copied. Stale and surplus inputs are dropped and
// counted.
func (m *Member) Input(seq, acked uint32, payload []byte) error {
	return nil
}

// Resync asks for a keyframe.
func (m *Member) Resync(done func(error)) {}

// Ready says whether the player is ready for the match.
func (m *Member) Ready(ready bool, done func(error)) {}

// Start begins the countdown. Leader only.
func (m *Member) Start(done func(error)) {}

// Kick removes a player. Leader only.
func (m *Member) Kick(player string, done func(error)) {}

// Chat says a line of up to 200 characters to everybody in the lobby.
func (m *Member) Chat(text string, done func(error)) {}

// Leave gives up the place.
func (m *Member) Leave(done func(error)) {}

// Disconnect tells that the connection is gone. Conn is not used any more once
// the lobby has seen it. The place may be held for a while: see
// Options.Grace.
func (m *Member) Disconnect() {}
