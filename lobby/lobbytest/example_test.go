package lobbytest_test

import (
	"fmt"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/lobby/lobbytest"
)

// Runner is the state of a race.
type Runner struct {
	Way float32 `sync:"max=1000,step=0.1,pred"`
}

// race is its rules: an input runs for a tick, the first at 100 wins.
type race struct {
	match   *lobby.Match
	runners *state.Table[Runner]
	of      [2]state.ID
}

func newRace(m *lobby.Match) lobby.Rules {
	return &race{match: m, runners: state.Register[Runner](m.World(), "Runner")}
}

func (r *race) Join(p *lobby.Player)  { r.of[p.Seat()] = r.runners.Spawn(Runner{}) }
func (r *race) Leave(p *lobby.Player) { r.runners.Despawn(r.of[p.Seat()]) }
func (r *race) Step(uint32)           {}

func (r *race) Input(p *lobby.Player, _ lobby.Input) {
	runner := r.runners.Edit(r.of[p.Seat()])
	if runner.Way += 0.5; runner.Way >= 100 {
		r.match.End(p.Name())
	}
}

func Example() {
	run := func(*lobbytest.Client) any { return 1 }
	rest := func(c *lobbytest.Client) any {
		if c.Tick()%4 == 0 {
			return nil
		}
		return 1
	}
	m := lobbytest.New(nil, lobbytest.Options{Game: lobby.Game{Name: "race", MinPlayers: 2, MaxPlayers: 2, Hz: 20, New: newRace}})
	ann := m.Join(lobbytest.Player{Name: "ann", Script: rest})
	m.Join(lobbytest.Player{Name: "bob", Script: run, Link: lobbytest.Mobile})

	m.Ready()
	m.Run(3 * time.Second) // the countdown
	fmt.Println(m.Phase(), "after", m.Now())

	m.RunTo(50)
	fmt.Printf("ann is at %.1f, and knows: %.1f\n", m.Number("Runner", 0, "way"), ann.Number("Runner", 0, "way"))

	m.Run(10 * time.Second)
	fmt.Println("winner:", m.End().Result)
	fmt.Println("the same again:", m.Replay().Divergence == nil)
	// Output:
	// playing after 3s
	// ann is at 18.5, and knows: 18.5
	// winner: bob
	// the same again: true
}
