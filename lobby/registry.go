package lobby

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"tickwire/tick"
)

// registry holds the games of a directory with their defaults filled in.
type registry struct {
	byName map[string]*game
	list   []*game
}

// game is a registered Game and what was learnt by trying it.
type game struct {
	Game
	hash string // of its state schema

	meter meter
}

func newRegistry(games []Game) (*registry, error) {
	if len(games) == 0 {
		return nil, errors.New("lobby: Options.Games is empty: register at least one game")
	}
	r := &registry{byName: make(map[string]*game, len(games))}
	for _, g := range games {
		g, err := complete(g)
		if err != nil {
			return nil, fmt.Errorf("lobby: game %q: %w", g.Name, err)
		}
		if r.byName[g.Name] != nil {
			return nil, fmt.Errorf("lobby: game %q is registered twice", g.Name)
		}
		entry := &game{Game: g}
		if entry.hash, err = entry.try(); err != nil {
			return nil, fmt.Errorf("lobby: game %q: %w", g.Name, err)
		}
		r.byName[g.Name] = entry
		r.list = append(r.list, entry)
	}
	return r, nil
}

// complete checks g and fills in its defaults.
func complete(g Game) (Game, error) {
	if !validName(g.Name) {
		return g, errors.New("Name must be 1 to 32 of a-z 0-9 _ -")
	}
	if g.New == nil {
		return g, errors.New("New is missing")
	}
	g.Title = cmp.Or(g.Title, g.Name)
	g.MinPlayers = cmp.Or(g.MinPlayers, 1)
	g.MaxPlayers = cmp.Or(g.MaxPlayers, max(8, g.MinPlayers))
	g.Leader = cmp.Or(g.Leader, LeaderOldest)
	g.MaxSpectators = cmp.Or(g.MaxSpectators, 32)
	g.Hz = cmp.Or(g.Hz, 20)
	g.SendHz = cmp.Or(g.SendHz, g.Hz)
	g.Countdown = cmp.Or(g.Countdown, 3*time.Second)
	g.Intermission = cmp.Or(g.Intermission, 5*time.Second)
	switch {
	case g.MinPlayers < 1 || g.MaxPlayers < g.MinPlayers || g.MaxPlayers > 1024:
		return g, errors.New("need 1 <= MinPlayers <= MaxPlayers <= 1024")
	case g.Hz < 1 || g.Hz > 128:
		return g, errors.New("Hz must be 1 to 128")
	case g.SendHz < 1 || g.SendHz > g.Hz || g.Hz%g.SendHz != 0:
		return g, fmt.Errorf("SendHz must divide Hz = %d", g.Hz)
	case g.Teams < 0 || g.Teams > g.MaxPlayers:
		return g, errors.New("need 0 <= Teams <= MaxPlayers")
	case !g.Leader.valid():
		return g, errors.New("need a Leader policy: oldest, chosen, none or server")
	case g.Overrun > tick.Stretch || g.MaxCatchUp < 0 || g.MaxCatchUp > 128:
		return g, errors.New("need an Overrun policy of package tick and 0 <= MaxCatchUp <= 128")
	case g.BotHz < 0 || g.BotHz > g.Hz:
		return g, errors.New("need 0 <= BotHz <= Hz")
	case g.Inputs.Hold < 0 || g.Inputs.Ahead < 0 || g.Inputs.Ahead > time.Second:
		return g, errors.New("need 0 <= Inputs.Hold and 0 <= Inputs.Ahead <= 1 s")
	case g.SpectatorDelay < 0 || g.SpectatorDelay > maxSpectatorDelay:
		return g, fmt.Errorf("SpectatorDelay must be 0 to %v", maxSpectatorDelay)
	case g.StepBudget < 0:
		return g, errors.New("StepBudget must not be negative")
	case g.Rewind > maxRewind:
		return g, fmt.Errorf("Rewind must be at most %v", maxRewind)
	case g.InputsPerTick < 0 || g.InputsPerTick > 1024:
		return g, errors.New("need 0 <= InputsPerTick <= 1024")
	}
	g.BotHz = cmp.Or(g.BotHz, min(DefaultBotHz, g.Hz))
	g.Inputs.Ahead = cmp.Or(g.Inputs.Ahead, 250*time.Millisecond)
	g.Rewind = max(cmp.Or(g.Rewind, 250*time.Millisecond), 0)
	if err := g.checkQueue(); err != nil {
		return g, err
	}
	g.InputsPerTick = cmp.Or(g.InputsPerTick, max(4, (120+g.Hz-1)/g.Hz))
	return g, nil
}

// maxRewind bounds by how much the slowest player may be in the past.
const maxRewind = 500 * time.Millisecond

func validName(s string) bool {
	if len(s) == 0 || len(s) > 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// try makes the rules of a match that nobody plays, so that a wrong state type
// shows when the server starts, and returns the hash of the schema.
func (g *game) try() (hash string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("New panics: %v", v)
		}
	}()
	m := newMatch(g, "", 0, zerolog.Nop(), false)
	if g.New(m) == nil {
		return "", errors.New("New returns nil")
	}
	m.world.Commit() // finds references to types that are not there
	return m.world.Schema().Hash(), nil
}

func (g *game) info() GameInfo {
	return GameInfo{Name: g.Name, Title: g.Title, Min: g.MinPlayers, Max: g.MaxPlayers, Hz: g.Hz, DropIn: g.DropIn,
		Teams: g.Teams, Spectators: g.Spectators, Hash: g.hash, LateJoin: g.LateJoin || g.DropIn, Queue: g.queueInfo()}
}
