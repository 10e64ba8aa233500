// Package duel is a match for two at 60 ticks per second, and the sample for
// what arena does without: a ready check, rounds, a result and a rematch, and
// shots that hit at once. duelist.go says what clients see and how things move
// and aim, this file holds the rules, bot.go is a sparring partner.
package duel

import (
	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
)

// Game is the duel as a server registers it: it begins when both are ready.
func Game() lobby.Game {
	return lobby.Game{
		Name: "duel", Title: "Duel", MinPlayers: 2, MaxPlayers: 2, Hz: hz, Spectators: true,
		New: newRules, Bot: bot, BotHz: hz,
		// Equals at first, and within half a minute anybody.
		Queue: &matchmaker.Rules{Skill: matchmaker.Window{Start: 150, PerSecond: 25, Max: 1000}}}
}

// Result is what match:end tells.
type Result struct {
	Winner int      `json:"winner"` // seat; -1: a draw
	Wins   [2]uint8 `json:"wins"`   // rounds, by seat
	Left   bool     `json:"left"`   // the other one went away
}

type rules struct {
	match    *lobby.Match
	duelists *state.Table[Duelist]
	beams    *state.Table[Beam]
	rounds   *state.Table[Round]
	round    state.ID
	seats    [2]state.ID
	players  [2]*lobby.Player
}

func newRules(m *lobby.Match) lobby.Rules {
	w := m.World()
	r := &rules{match: m, duelists: state.Register[Duelist](w, "Duelist"), beams: state.Register[Beam](w, "Beam"),
		rounds: state.Register[Round](w, "Round")}
	r.round = r.rounds.Spawn(Round{})
	blocks := state.Register[Wall](w, "Wall")
	for _, wall := range walls {
		blocks.Spawn(wall)
	}
	return r
}

func (r *rules) Join(p *lobby.Player) {
	r.players[p.Seat()] = p
	r.seats[p.Seat()] = r.duelists.Spawn(Duelist{Seat: uint8(p.Seat()), Name: p.Name()})
}

// Leave ends the match: the one who stays has won it.
func (r *rules) Leave(p *lobby.Player) {
	result := r.result()
	result.Winner, result.Left = 1-p.Seat(), true
	r.end(result)
}

// end also tells who was better, for the ratings by which the queue finds equals.
func (r *rules) end(result Result) {
	places := [2]int{1, 1}
	if result.Winner >= 0 {
		places[1-result.Winner] = 2
	}
	r.match.Rank(lobby.Standing{Rank: places[0], Players: r.players[:1]}, lobby.Standing{Rank: places[1], Players: r.players[1:]})
	r.match.End(result)
}

// Input is [moveX, moveY, aim, buttons]: a direction of -127..127 each way, an
// angle of 0..4095 (0 is +x, then clockwise: y points down), bit 0 to shoot.
//
// Each is one step of the duelist, however the network bunches them: so what the
// player's own page has shown already is what happens, exactly. Nobody gets more
// steps than there were ticks.
func (r *rules) Input(p *lobby.Player, in lobby.Input) {
	var want [4]int
	d := r.duelists.Edit(r.seats[p.Seat()])
	if in.Decode(&want) != nil || d.credit == 0 {
		return
	}
	d.credit--
	d.Angle = uint16(want[2]) % turn
	d.Reload -= min(d.Reload, 1)
	if r.rounds.Get(r.round).Phase != fight {
		return
	}
	d.move(float32(want[0]), float32(want[1]))
	if want[3]&1 == 1 && d.Reload == 0 {
		d.Reload = reload
		r.shoot(d, in.View)
	}
}

// shoot hits what the player aimed at: the other one where the player's screen
// had him, which is a moment ago.
func (r *rules) shoot(d *Duelist, view float64) {
	shot, id := d.aim(), r.seats[1-d.Seat]
	far, hit := shot.free(), false
	if foe, ok := r.duelists.At(r.match.Rewind(view), id); ok {
		if at, meets := shot.meets(foe.X, foe.Y); meets && at < far {
			far, hit = at, true
			r.duelists.Edit(id).hurt++ // counts at the end of the tick: two may hit each other
		}
	}
	r.beams.Spawn(Beam{X: d.X, Y: d.Y, ToX: d.X + shot.dx*far, ToY: d.Y + shot.dy*far, Seat: d.Seat, Hit: hit, life: beamLife})
}

// Step moves the world on by one tick.
func (r *rules) Step(tick uint32) {
	for id := range r.beams.All() {
		if b := r.beams.Get(id); b.life == 0 {
			r.beams.Despawn(id)
		} else {
			b.life--
		}
	}
	down := false
	for id := range r.duelists.All() {
		d := r.duelists.Edit(id)
		d.HP -= min(d.HP, d.hurt)
		d.hurt, d.credit = 0, min(d.credit+1, maxCredit)
		down = down || d.HP == 0
	}
	switch round := r.rounds.Edit(r.round); {
	case tick < round.Until && !(round.Phase == fight && down):
	case round.Number == 0 || round.Phase == over:
		r.next(round, tick)
	case round.Phase == ready:
		round.Phase, round.Until = fight, tick+fightTicks
	default:
		r.score(round)
		round.Phase, round.Until = over, tick+overTime
	}
}

// next puts both back to their places, or ends the match.
func (r *rules) next(round *Round, tick uint32) {
	if result := r.result(); max(result.Wins[0], result.Wins[1]) == winsNeeded || round.Number == maxRounds {
		r.end(result)
		return
	}
	*round = Round{Number: round.Number + 1, Phase: ready, Until: tick + readyTicks}
	for id := range r.duelists.All() {
		d := r.duelists.Edit(id)
		d.HP, d.Reload, d.Y = fullHP, 0, height/2
		d.X, d.Angle = 110, 0
		if d.Seat == 1 {
			d.X, d.Angle = width-110, turn/2
		}
	}
}

// score gives the round to whom it belongs: who stands, or was hit less often.
func (r *rules) score(round *Round) {
	a, b := r.duelists.Edit(r.seats[0]), r.duelists.Edit(r.seats[1])
	switch {
	case a.HP > b.HP:
		a.Wins++
		round.Winner = 1
	case b.HP > a.HP:
		b.Wins++
		round.Winner = 2
	}
	r.match.Emit("round", map[string]uint8{"number": round.Number, "winner": round.Winner})
}

func (r *rules) result() Result {
	res := Result{Winner: -1}
	for _, d := range r.duelists.All() {
		res.Wins[d.Seat] = d.Wins
	}
	if res.Wins[0] != res.Wins[1] {
		res.Winner = 0
		if res.Wins[1] > res.Wins[0] {
			res.Winner = 1
		}
	}
	return res
}
