package lobby

import (
	"math/rand/v2"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby/matchmaker"
	"tickwire/tick"
)

// Game is what a studio registers. Name and New are required; every other zero
// value is useful.
type Game struct {
	Name  string // stable, lower case, up to 32 of a-z 0-9 _ -
	Title string // for people; default Name

	MinPlayers int // a match needs that many; default 1
	MaxPlayers int // a lobby has that many seats; default 8, limit 1024

	Hz     int // simulation steps per second, 1..128; default 20
	SendHz int // state frames per second, 1..Hz, a divisor of Hz; default Hz

	// Countdown is the time between start and the first tick. Default 3 s;
	// negative: none.
	Countdown time.Duration
	// Intermission is the time between two matches of a DropIn game. Default 5 s;
	// negative: none.
	Intermission time.Duration

	// Overrun says what becomes of ticks that were missed. Default: up to
	// MaxCatchUp of them are run at once, the others are dropped.
	Overrun    tick.Policy
	MaxCatchUp int // default 3

	Leader LeaderPolicy // who leads once the leader is gone; default LeaderOldest

	LateJoin bool // players may join while the match runs
	// DropIn games have no ready check and no countdown: the match runs as soon
	// as MinPlayers are in, players come and go, and after the end of a match
	// the next one begins by itself.
	DropIn bool

	Teams         int  // number of teams; 0 = none
	Spectators    bool // watching is allowed
	MaxSpectators int  // of one lobby; default 32
	// SpectatorDelay is by how much spectators see everything later, so that no
	// player is told what they see: default 0, limit 10 min. They also see the
	// rest of a match that is over, or whose players have left.
	SpectatorDelay time.Duration

	// Queue, if set, are the rules by which players who wait for a match of this
	// game are brought together. Their teams are the game's, if it has any. Try
	// them with go run ./bench/matchmaking.
	Queue *matchmaker.Rules

	// InputsPerTick is how many inputs of one player a tick applies; more wait.
	// Default: inputs at 120 per second keep up, at least 4.
	InputsPerTick int

	// Inputs says how inputs meet ticks.
	Inputs InputRule

	// StepBudget is what a step should take at most: inputs, Rules.Step and
	// commit. More is counted (Stats.Overruns) and reported, see Options.Overran.
	// Default: the time between two steps.
	StepBudget time.Duration

	// Rewind is how far back [Match.Rewind] leads at most: what a player sees is
	// older than what is, by his connection and the buffer of his client.
	// Default 250 ms, limit 500 ms; negative: not at all.
	Rewind time.Duration

	// NoReplay keeps no log of the matches of this game.
	NoReplay bool

	// New makes the rules of one match: it registers the state types and spawns
	// what is there before the players. It also runs once per game in
	// [New], so that a wrong state type is found when the server starts.
	New func(*Match) Rules
	// Bot, if set, is the brain of a demo bot: it returns an input payload, or
	// nil for none.
	Bot func(*BotView) any
	// BotHz is how often per second Bot is asked: default [DefaultBotHz].
	// At most Hz.
	BotHz int
}

// DefaultBotHz is about as often as a person changes her mind.
const DefaultBotHz = 10

// Rules are a studio's game. All methods of one match are called by one
// goroutine; they never block. A panic ends this match and nothing else.
type Rules interface {
	// Join tells that p plays from now on. Before the first step it is called
	// for everyone who is there.
	Join(p *Player)
	// Leave tells that p no longer plays. p is still valid during the call.
	Leave(p *Player)
	// Input applies one input, in the order of its sequence.
	Input(p *Player, in Input)
	// Step advances the world by one tick. tick counts from 1 without gaps.
	Step(tick uint32)
}

// BotView is what a bot sees.
type BotView struct {
	Seat    int
	Replica *state.Replica // read only
	Rand    *rand.Rand
	Tick    uint32
}
