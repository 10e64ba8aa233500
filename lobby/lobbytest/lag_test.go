package lobbytest_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/lobby/lobbytest"
)

// Duck swims to and fro in a shooting gallery.
type Duck struct {
	X float32 `sync:"max=1000,step=0.05,pred,history"`
}

const (
	duckRadius = 16.0
	duckSpeed  = 240.0 // units per second
	galleryHz  = 60
)

// gallery is its rules: an input is where a player aims; it hits what is there,
// or what was there when he aimed.
type gallery struct {
	match       *lobby.Match
	ducks       *state.Table[Duck]
	duck        state.ID
	compensates bool
	shots, hits *int
}

func (g *gallery) Join(*lobby.Player)  {}
func (g *gallery) Leave(*lobby.Player) {}

func (g *gallery) Input(p *lobby.Player, in lobby.Input) {
	var aim float64
	if in.Decode(&aim) != nil {
		return
	}
	duck := *g.ducks.Get(g.duck)
	if g.compensates {
		was, ok := g.ducks.At(g.match.Rewind(in.View), g.duck)
		if !ok {
			return
		}
		duck = was
	}
	*g.shots++
	if math.Abs(aim-float64(duck.X)) <= duckRadius {
		*g.hits++
	}
}

// Step turns the duck around every second or so: who leads the target misses.
func (g *gallery) Step(tick uint32) {
	at := float64(tick) / galleryHz * duckSpeed
	lap := math.Mod(at, 600)
	g.ducks.Edit(g.duck).X = float32(200 + math.Min(lap, 600-lap))
}

// shoot plays half a minute in which a player aims at what he is shown, and
// returns the share that hits.
func shoot(t *testing.T, link lobbytest.Link, rewind time.Duration, compensates bool, aim func(c *lobbytest.Client) (float64, bool)) (share float64) {
	t.Helper()
	shots, hits := 0, 0
	m := lobbytest.New(t, lobbytest.Options{Game: lobby.Game{
		Name: "gallery", DropIn: true, Hz: galleryHz, Rewind: rewind, New: func(m *lobby.Match) lobby.Rules {
			g := &gallery{match: m, ducks: state.Register[Duck](m.World(), "Duck"), compensates: compensates, shots: &shots, hits: &hits}
			g.duck = g.ducks.Spawn(Duck{})
			return g
		},
	}})
	ticks := 0
	m.Join(lobbytest.Player{Name: "ann", Link: link, Script: func(c *lobbytest.Client) any {
		if ticks++; ticks%10 != 0 { // six shots per second
			return nil
		}
		if x, ok := aim(c); ok {
			return x
		}
		return nil
	}})
	m.Run(30 * time.Second)
	if m.Replay(); shots < 150 {
		t.Fatalf("%d shots", shots)
	}
	return float64(hits) / float64(shots)
}

func deadOn(c *lobbytest.Client) (float64, bool) { return c.Shown("Duck", 0, "x") }

// TestLagCompensation is the promise to a player 250 ms away, there and back:
// what he aims at dead on, he hits.
func TestLagCompensation(t *testing.T) {
	for _, tc := range []struct {
		name   string
		link   lobbytest.Link
		rewind time.Duration
		bar    float64
	}{
		{"250 ms there and back", lobbytest.Link{Latency: 125 * time.Millisecond, Jitter: 12 * time.Millisecond}, 500 * time.Millisecond, 0.75},
		{"250 ms old in all", lobbytest.Link{Latency: 95 * time.Millisecond, Jitter: 4 * time.Millisecond}, 0, 0.75},
		// For ten seconds after a stall the client's buffer is so long that what it
		// shows is older than the limit.
		{"250 ms and stalls", lobbytest.Link{Latency: 125 * time.Millisecond, Jitter: 12 * time.Millisecond, Loss: 0.001}, 500 * time.Millisecond, 0.5},
	} {
		with := shoot(t, tc.link, tc.rewind, true, deadOn)
		without := shoot(t, tc.link, tc.rewind, false, deadOn)
		t.Logf("%s: dead-on aim hits %.0f %% with lag compensation, %.0f %% without", tc.name, 100*with, 100*without)
		if with < tc.bar || without > 0.4 {
			t.Errorf("%s: %.2f with, at least %.2f; %.2f without, at most 0.4", tc.name, with, tc.bar, without)
		}
	}
}

// TestNearPlayersNeedNoCompensation: it changes nothing for them.
func TestNearPlayersNeedNoCompensation(t *testing.T) {
	with, without := shoot(t, lobbytest.LAN, 0, true, deadOn), shoot(t, lobbytest.LAN, 0, false, deadOn)
	if with < 0.99 || without < 0.75 {
		t.Errorf("%.2f with, %.2f without", with, without)
	}
}

// TestLiarsGainNoMoreThanSlowPlayers: a player with a good connection shoots at
// where the duck was a second ago, and says that he saw that.
func TestLiarsGainNoMoreThanSlowPlayers(t *testing.T) {
	ago := func(by time.Duration) func(*lobbytest.Client) (float64, bool) {
		var seen []float64
		return func(c *lobbytest.Client) (float64, bool) {
			seen = append(seen, c.Number("Duck", 0, "x"))
			if back := len(seen) - int(by/(time.Second/6)); back > 0 {
				return seen[back-1], true
			}
			return 0, false
		}
	}
	if share := shoot(t, lobbytest.LAN, 0, true, ago(time.Second)); share > 0.1 {
		t.Errorf("hits %.2f of what was a second ago", share)
	}
}

// Who aims at what he is shown hits: the rules look at what was there.
func ExampleClient_Shown() {
	var g *gallery
	shots, hits := 0, 0
	m := lobbytest.New(nil, lobbytest.Options{Game: lobby.Game{
		Name: "gallery", DropIn: true, Hz: galleryHz, New: func(m *lobby.Match) lobby.Rules {
			g = &gallery{match: m, ducks: state.Register[Duck](m.World(), "Duck"), compensates: true, shots: &shots, hits: &hits}
			g.duck = g.ducks.Spawn(Duck{})
			return g
		},
	}})
	ann := m.Join(lobbytest.Player{Name: "ann", Link: lobbytest.Link{Latency: 60 * time.Millisecond}})
	m.Run(2 * time.Second)
	aim, _ := ann.Shown("Duck", 0, "x")
	fmt.Printf("ann sees the duck at %.0f; it is at %.0f\n", aim, m.Number("Duck", 0, "x"))
	ann.Send(aim)
	m.Run(time.Second)
	fmt.Println("hits:", hits)
	// Output:
	// ann sees the duck at 339; it is at 320
	// hits: 1
}
