package main

import (
	"sync/atomic"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
)

// What an input has the rules do.
const (
	inputMove  = iota
	inputWin   // the match ends, its players are ranked
	inputPanic // the rules panic
	inputHang  // the rules do not come back in time
)

// gameCounts is what happened in the rules of all matches.
type gameCounts struct {
	begun, panics, hangs atomic.Uint64

	ready func() // the games are registered: what is made from now on counts
}

// token is what a player moves.
type token struct {
	Seat uint8  `sync:"bits=4"`
	X, Y uint16 `sync:"bits=10"`
}

// rules are of a game that breaks when a player says so.
type rules struct {
	counts *gameCounts
	hang   time.Duration
	match  *lobby.Match
	tokens *state.Table[token]
	of     map[*lobby.Player]state.ID
	until  uint32 // tick of the end; 0: none
}

func (r *rules) Join(p *lobby.Player)  { r.of[p] = r.tokens.Spawn(token{Seat: uint8(p.Seat())}) }
func (r *rules) Leave(p *lobby.Player) { r.tokens.Despawn(r.of[p]); delete(r.of, p) }

func (r *rules) Input(p *lobby.Player, in lobby.Input) {
	var what int
	if in.Decode(&what) != nil {
		return
	}
	switch what {
	case inputPanic:
		r.counts.panics.Add(1)
		panic("a player asked for it")
	case inputHang:
		r.counts.hangs.Add(1)
		time.Sleep(r.hang)
	case inputWin:
		r.win(p)
	default:
		t := r.tokens.Edit(r.of[p])
		t.X, t.Y = (t.X+7)%1000, (t.Y+3)%1000
	}
}

func (r *rules) win(p *lobby.Player) {
	others := lobby.Standing{Rank: 2}
	for o := range r.match.Players() {
		if o != p {
			others.Players = append(others.Players, o)
		}
	}
	r.match.Rank(lobby.Standing{Rank: 1, Players: []*lobby.Player{p}}, others)
	r.match.End("won")
}

func (r *rules) Step(tick uint32) {
	if tick == r.until {
		r.match.End("over")
	}
}

// games are all kinds: dropped into, with a ready check, with queues for two and
// for two pairs.
func (c *gameCounts) games(stepLimit time.Duration) []lobby.Game {
	trial := true // New also runs once per game when it is registered
	made := func(length int) func(*lobby.Match) lobby.Rules {
		return func(m *lobby.Match) lobby.Rules {
			if !trial {
				c.begun.Add(1)
			}
			r := &rules{
				counts: c, hang: 3 * stepLimit, match: m,
				tokens: state.Register[token](m.World(), "Token"), of: map[*lobby.Player]state.ID{},
			}
			if length > 0 {
				r.until = uint32(length/2 + m.Rand().IntN(length))
			}
			return r
		}
	}
	c.ready = func() { trial = false }
	second := matchmaker.Window{Start: 200, PerSecond: 100}
	return []lobby.Game{
		{Name: "drop", MaxPlayers: 3, DropIn: true, Intermission: time.Second, Hz: 20, New: made(600)},
		{Name: "ready", MinPlayers: 2, MaxPlayers: 3, Countdown: 500 * time.Millisecond, Hz: 30, SendHz: 15, New: made(450)},
		{Name: "pair", MinPlayers: 2, MaxPlayers: 2, Countdown: -1, Hz: 20, New: made(300), Queue: &matchmaker.Rules{Skill: second}},
		{
			Name: "teams", MinPlayers: 2, MaxPlayers: 4, Teams: 2, LateJoin: true, Countdown: -1, Hz: 20, New: made(400),
			Queue: &matchmaker.Rules{TeamSize: 2, MinTeamSize: 1, FullFor: 3 * time.Second, Skill: second},
		},
	}
}
