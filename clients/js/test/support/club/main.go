// Command club serves the demo page with a game that its lobby needs to show
// everything: teams, a ready check, a countdown, spectators, a result. The
// page's tests play it; it is started in the repository's root.
package main

import (
	"os"
	"time"

	"tickwire"
	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
)

// Token is what a player has collected.
type Token struct {
	Seat   uint8  `sync:"bits=4"`
	Points uint8  `sync:"bits=4"`
	Name   string `sync:"max=16"`
}

const enough = 3 // points end a match

type rules struct {
	match  *lobby.Match
	tokens *state.Table[Token]
	of     [8]state.ID // by seat
}

func (r *rules) Join(p *lobby.Player) {
	r.of[p.Seat()] = r.tokens.Spawn(Token{Seat: uint8(p.Seat()), Name: p.Name()})
}

func (r *rules) Leave(p *lobby.Player) { r.tokens.Despawn(r.of[p.Seat()]) }

// Input of any kind is a point.
func (r *rules) Input(p *lobby.Player, _ lobby.Input) {
	token := r.tokens.Edit(r.of[p.Seat()])
	token.Points++
	r.match.Emit("point", p.Seat())
	if token.Points == enough {
		r.match.End(map[string]int{"winner": p.Seat()})
	}
}

func (r *rules) Step(uint32) {}

func newRules(m *lobby.Match) lobby.Rules {
	return &rules{match: m, tokens: state.Register[Token](m.World(), "Token")}
}

// faulty is a game whose players can break it.
type faulty struct{ rules }

func (f *faulty) Input(p *lobby.Player, in lobby.Input) {
	var how string
	switch _ = in.Decode(&how); how {
	case "panic":
		panic("a player asked for it")
	case "hang":
		select {}
	case "stir": // something to learn from
		f.tokens.Edit(f.of[p.Seat()]).Points = uint8(in.Seq) % 16
		return
	}
	f.rules.Input(p, in)
}

func newFaulty(m *lobby.Match) lobby.Rules {
	return &faulty{rules{match: m, tokens: state.Register[Token](m.World(), "Token")}}
}

// moderate and moderateName refuse one word.
func moderate(line lobby.ChatLine) (string, bool) { return line.Text, line.Text != "darn" }

func moderateName(n lobby.Naming) (string, bool) { return n.Name, n.Name != "darn" }

func main() {
	tickwire.Main(tickwire.Options{
		Name: "club",
		Page: os.DirFS("cmd/gameserver/web"), ServeReplays: true,
		Games: []lobby.Game{
			{Name: "tokens", Title: "Tokens", MinPlayers: 2, MaxPlayers: 4, Teams: 2, Countdown: 1500 * time.Millisecond, Spectators: true, New: newRules,
				Queue: &matchmaker.Rules{Skill: matchmaker.Window{Start: 100, PerSecond: 20}}},
			{Name: "solo", Title: "Solo", MaxPlayers: 8, DropIn: true, New: newRules},
			{Name: "faulty", Title: "Faulty", MaxPlayers: 8, DropIn: true, New: newFaulty,
				Queue: &matchmaker.Rules{TeamSize: 2, Regions: []string{"eu"}, Latency: matchmaker.Window{Start: 100, Max: 100}}},
		},
		Lobby: lobby.Options{Moderate: moderate, ModerateName: moderateName, StepLimit: time.Second},
	})
}
