// Package arena is a top-down shooter for up to 100 players at 30 ticks per second, and the sample to copy: ship.go
// says what clients see and how things move, this file holds the rules, bot.go plays when nobody else does.
package arena

import (
	"math"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// Game is the arena as a server registers it: players come and go as they like.
func Game() lobby.Game {
	return lobby.Game{
		Name: "arena", Title: "Arena", MaxPlayers: maxPlayers, Hz: hz, DropIn: true, LateJoin: true,
		Spectators: true, MaxSpectators: 50, New: newRules, Bot: bot}
}

type rules struct {
	match   *lobby.Match
	players *state.Table[Player]
	shots   *state.Table[Shot]
	rocks   *state.Table[Rock]
	seats   [maxPlayers]state.ID
}

func newRules(m *lobby.Match) lobby.Rules {
	w := m.World()
	r := &rules{match: m, players: state.Register[Player](w, "Player"),
		shots: state.Register[Shot](w, "Shot"), rocks: state.Register[Rock](w, "Rock")}
	r.rocks.Spawn(Rock{size / 2, size / 2, 95})
	for _, q := range []Rock{{430, 170, 70}, {520, 470, 46}, {170, 690, 52}, {690, 300, 34}} {
		for range 4 { // a quarter of the map, turned by 90 degrees each time
			r.rocks.Spawn(Rock{size/2 + q.X, size/2 + q.Y, q.R})
			q.X, q.Y = -q.Y, q.X
		}
	}
	return r
}

func (r *rules) Join(p *lobby.Player) {
	r.seats[p.Seat()] = r.players.Spawn(Player{Seat: uint8(p.Seat()), Hue: uint8(p.Seat() * 158), Name: p.Name()}) // 158: the golden angle
}

func (r *rules) Leave(p *lobby.Player) { r.players.Despawn(r.seats[p.Seat()]) }

// Input is [moveX, moveY, aim, buttons]: a direction of -127..127 each way, an
// angle of 0..1023 (0 is +x, then clockwise: y points down), bit 0 to shoot.
func (r *rules) Input(p *lobby.Player, in lobby.Input) {
	var want [4]int
	if in.Decode(&want) != nil {
		return // a client's mistake moves nothing
	}
	ship := r.players.Get(r.seats[p.Seat()])
	ship.moveX, ship.moveY, ship.aim, ship.firing = float32(want[0]), float32(want[1]), uint16(want[2]&1023), want[3]&1 == 1
}

// Step moves the world on by one tick.
func (r *rules) Step(uint32) {
	for p := range r.match.Players() {
		if ship := r.players.Get(r.seats[p.Seat()]); p.Away() { // the last input does not go on for ever
			ship.moveX, ship.moveY, ship.firing = 0, 0, false
		}
	}
	for id := range r.players.All() {
		r.stepPlayer(r.players.Edit(id))
	}
	for id := range r.shots.All() {
		if flies := r.stepShot(r.shots.Edit(id)); !flies {
			r.shots.Despawn(id)
		}
	}
}

func (r *rules) stepPlayer(p *Player) {
	p.wait -= min(p.wait, 1)
	switch {
	case p.HP == 0 && p.wait > 0:
		return
	case p.HP == 0: // comes (back) from the rim, where no rocks are
		sin, cos := math.Sincos(r.match.Rand().Float64() * 2 * math.Pi)
		p.X, p.Y = float32(size/2+spawnRing*cos), float32(size/2+spawnRing*sin)
		p.HP, p.vx, p.vy = fullHP, 0, 0
	}
	p.Angle = p.aim
	p.move()
	for _, rock := range r.rocks.All() {
		p.pushOut(rock)
	}
	if p.firing && p.wait == 0 {
		p.wait = reload
		r.shots.Spawn(p.shoot())
	}
}

// stepShot flies a shot to the first thing in its way; true: it flies on.
func (r *rules) stepShot(s *Shot) bool {
	first, victim := float32(1), state.ID(0)
	for _, rock := range r.rocks.All() {
		if at, ok := s.reaches(rock.X, rock.Y, float32(rock.R)); ok && at < first {
			first = at
		}
	}
	for id, p := range r.players.All() {
		if at, ok := s.reaches(p.X, p.Y, shipRadius); ok && at < first && p.HP > 0 && p.Seat != s.Seat {
			first, victim = at, id
		}
	}
	if p := r.players.Edit(victim); p != nil {
		r.hit(p, s.Seat)
	}
	s.X, s.Y, s.life = s.X+s.dx, s.Y+s.dy, s.life-1
	return first == 1 && s.life > 0 && min(s.X, s.Y) > 0 && max(s.X, s.Y) < size
}

func (r *rules) hit(p *Player, by uint8) {
	if p.HP -= min(p.HP, damage); p.HP > 0 {
		return
	}
	p.wait = respawnTicks
	if shooter := r.players.Edit(r.seats[by]); shooter != nil { // else it has left
		shooter.Score++
	}
	r.match.Emit("kill", map[string]uint8{"by": by, "seat": p.Seat})
}
