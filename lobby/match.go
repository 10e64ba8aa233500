package lobby

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"

	"tickwire/codec/socketio"
	"tickwire/codec/state"
)

// Match is a running game as its rules see it. Only the rules, inside the
// calls that Rules describes, may use it.
type Match struct {
	id    string
	game  *Game
	world *state.World
	rand  *rand.Rand
	pcg   *rand.PCG // of rand
	seed  uint64
	log   zerolog.Logger

	players    []*Player            // by seat
	owners     uint32               // given out to players
	personal   map[*state.View]bool // made by Player.NewView
	spectators *state.View          // what they see

	// What the rules asked for during a call; the lobby's goroutine carries it
	// out once the call has returned.
	emits  []emit
	ended  bool
	result any

	standings []Standing
}

// emit is an event that waits for the end of the call; to nil means everybody.
type emit struct {
	to      *Player
	name    string
	payload any
}

// learnTicks is how much traffic in B-form it takes to make better tables.
// Source: docs/state-format.md, "Tables".
const learnTicks = 40

func newMatch(g *game, id string, seed uint64, log zerolog.Logger, check bool) *Match {
	pcg := rand.NewPCG(seed, 0x74696b77)
	return &Match{
		id: id, game: &g.Game, seed: seed, log: log,
		world:    state.NewWorld(state.Options{Hz: g.Hz, Learn: learnTicks, Check: check, History: max(1, int(ticksOf(g.Rewind, g.Hz)))}),
		rand:     rand.New(pcg),
		pcg:      pcg,
		personal: map[*state.View]bool{},
	}
}

// ID returns the match's id, unique in this process.
func (m *Match) ID() string { return m.id }

// World returns the replicated state.
func (m *Match) World() *state.World { return m.world }

// Rand returns the match's own random source. Rules that use no other give the
// same match for the same seed and inputs.
func (m *Match) Rand() *rand.Rand { return m.rand }

// Rewind returns the moment that a player saw, see [Input.View]: rules look there
// for what a shot hits. Only fields tagged "history" are remembered. The moment
// is at most Game.Rewind ago.
func (m *Match) Rewind(view float64) state.Past { return m.world.Rewind(view) }

func (m *Match) ticks(d time.Duration) uint32 { return ticksOf(d, m.game.Hz) }

// ticksOf is the number of ticks that a time takes, rounded up.
func ticksOf(d time.Duration, hz int) uint32 {
	return uint32((int64(max(d, 0))*int64(hz) + int64(time.Second) - 1) / int64(time.Second))
}

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

// NewView returns a view for several players, such as a team, to be handed to
// each with [Player.See]. It stays until the match ends. Make it before players
// can see what it hides: in Game.New or Rules.Join.
func (m *Match) NewView(o state.ViewOptions) *state.View { return m.world.NewView(o) }

// SpectatorsSee says what spectators see; nil, as before the first call, is what
// is public. Games with secrets between players will want a view that hides
// them here, too.
func (m *Match) SpectatorsSee(v *state.View) {
	old := m.spectators
	m.spectators = v
	m.unseen(old)
}

// unseen closes a personal view that nobody sees any more.
func (m *Match) unseen(v *state.View) {
	if v == nil || !m.personal[v] || v == m.spectators {
		return
	}
	for _, p := range m.players {
		if p.view == v {
			return
		}
	}
	delete(m.personal, v)
	v.Close()
}

// Emit sends match:event (event, payload) to everybody, in the same write as
// the state of this tick. The payload must not change afterwards. It is a struct
// with json tags, a map, a slice, a number, a text, a []byte: what
// socketio.AppendValue takes. Anything else never comes, and the log says so.
func (m *Match) Emit(event string, payload any) {
	m.emits = append(m.emits, emit{name: event, payload: payload})
}

// EmitTo sends match:event (event, payload) to one player.
func (m *Match) EmitTo(p *Player, event string, payload any) {
	m.emits = append(m.emits, emit{to: p, name: event, payload: payload})
}

// End ends the match after this call: the last state is sent, then match:end
// with the result. Only the first call counts. The result is as Emit takes it;
// anything else panics, for an end that nobody can be told of would be none.
func (m *Match) End(result any) {
	if m.ended {
		return
	}
	if _, err := socketio.AppendValue(nil, result); err != nil {
		panic(fmt.Errorf("lobby: Match.End: the result has no wire form: %w", err))
	}
	m.ended, m.result = true, result
}
