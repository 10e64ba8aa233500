package lobby

import (
	"iter"
	"math/rand/v2"

	"github.com/rs/zerolog"

	"tickwire/codec/state"
)

// Match is a running game as its rules see it. Only the rules, inside the
// calls that Rules describes, may use it.
type Match struct {
	id    string
	game  *Game
	world *state.World
	rand  *rand.Rand
	seed  uint64
	log   zerolog.Logger

	players []*Player // by seat

	// What the rules asked for during a call; the lobby's goroutine carries it
	// out once the call has returned.
	emits  []emit
	ended  bool
	result any
}

// emit is an event that waits for the end of the call; to nil means everybody.
type emit struct {
	to      *Player
	name    string
	payload any
}

// ID returns the match's id, unique in this process.
func (m *Match) ID() string { return m.id }

// World returns the replicated state.
func (m *Match) World() *state.World { return m.world }

// Rand returns the match's own random source. Rules that use no other give the
// same match for the same seed and inputs.
func (m *Match) Rand() *rand.Rand { return m.rand }

// Log returns a logger that names the match. Do not log in every step.
func (m *Match) Log() *zerolog.Logger { return &m.log }

// Hz returns the number of steps per second.
func (m *Match) Hz() int { return m.game.Hz }

// MaxPlayers returns the number of seats.
func (m *Match) MaxPlayers() int { return m.game.MaxPlayers }

// Players returns who plays, in the order of their seats.
func (m *Match) Players() iter.Seq[*Player] {
	return func(yield func(*Player) bool) {
		for _, p := range m.players {
			if !yield(p) {
				return
			}
		}
	}
}

// Emit sends match:event (event, payload) to everybody, in the same write as
// the state of this tick. The payload must not change afterwards.
func (m *Match) Emit(event string, payload any) {
	m.emits = append(m.emits, emit{name: event, payload: payload})
}

// EmitTo sends match:event (event, payload) to one player.
func (m *Match) EmitTo(p *Player, event string, payload any) {
	m.emits = append(m.emits, emit{to: p, name: event, payload: payload})
}

// End ends the match after this call: the last state is sent, then match:end
// with the result. Only the first call counts.
func (m *Match) End(result any) {
	if !m.ended {
		m.ended, m.result = true, result
	}
}
