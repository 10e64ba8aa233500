package gateway_test

import (
	"strings"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// tally is the game of these tests: each player has a count, and an input is a
// number that is added to it. The input 99 ends the match, 98 panics, 97 is
// answered what the player saw, 96 is answered by what panics when it is encoded.
type tally struct {
	match *lobby.Match
	units *state.Table[unit]
	ids   map[*lobby.Player]state.ID
}

type unit struct {
	Seat  uint8  `sync:"bits=7"`
	Count uint16 `sync:"bits=16"`
	Name  string `sync:"max=16"`
}

func newTally(m *lobby.Match) lobby.Rules {
	return &tally{match: m, units: state.Register[unit](m.World(), "Unit"), ids: map[*lobby.Player]state.ID{}}
}

func (t *tally) Join(p *lobby.Player) {
	t.ids[p] = t.units.Spawn(unit{Seat: uint8(p.Seat()), Name: p.Name()})
	t.match.Emit("joined", map[string]any{"seat": p.Seat()})
}

func (t *tally) Leave(p *lobby.Player) {
	t.units.Despawn(t.ids[p])
	delete(t.ids, p)
}

func (t *tally) Input(p *lobby.Player, in lobby.Input) {
	var n int
	if in.Decode(&n) != nil {
		return
	}
	switch n {
	case 96:
		t.match.Emit("broken", broken{})
	case 97:
		t.match.EmitTo(p, "view", in.View)
	case 98:
		panic("98")
	case 99:
		t.match.End(map[string]any{"winner": p.Name()})
	default:
		t.units.Edit(t.ids[p]).Count += uint16(n)
	}
}

func (t *tally) Step(uint32) {}

// broken is a payload that encodes itself, badly.
type broken struct{}

func (broken) MarshalText() ([]byte, error) { panic("96") }

// games: drop-in ones, one of them with a state every other tick, one with a
// ready check, and one that is full with one player and takes nobody while it
// runs.
func games() []lobby.Game {
	return []lobby.Game{
		{Name: "tally", Title: "Tally", MaxPlayers: 4, Hz: 60, DropIn: true, New: newTally},
		{Name: "half", MaxPlayers: 4, Hz: 60, SendHz: 30, DropIn: true, New: newTally},
		{Name: "round", MinPlayers: 2, MaxPlayers: 3, Hz: 60, Countdown: -1, New: newTally},
		{Name: "slow", MinPlayers: 1, MaxPlayers: 2, Hz: 60, Countdown: time.Hour, New: newTally},
	}
}

// long is a string of n characters.
func long(n int) string { return strings.Repeat("ä", n) }
