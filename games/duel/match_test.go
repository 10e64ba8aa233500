package duel_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"tickwire/games/duel"
	"tickwire/lobby"
	"tickwire/lobby/lobbytest"
)

const step = time.Second / 60

func idle(*lobbytest.Client) any { return []int{0, 0, 0, 0} }

// brain plays as the game's bot does.
func brain(luck uint64) func(*lobbytest.Client) any {
	random, think := rand.New(rand.NewPCG(luck, 1)), duel.Game().Bot
	return func(c *lobbytest.Client) any {
		return think(&lobby.BotView{Seat: c.Seat(), Replica: c.Replica(), Rand: random, Tick: c.Tick()})
	}
}

// pair opens a lobby for two.
func pair(t *testing.T, game lobby.Game, link lobbytest.Link, ann, bob func(*lobbytest.Client) any) (*lobbytest.Match, [2]*lobbytest.Client) {
	m := lobbytest.New(t, lobbytest.Options{Game: game})
	return m, [2]*lobbytest.Client{
		m.Join(lobbytest.Player{Name: "ann", Link: link, Script: ann}), m.Join(lobbytest.Player{Name: "bob", Link: link, Script: bob})}
}

// play gets both ready and lets time pass until c hears of the match's end.
func play(t *testing.T, m *lobbytest.Match, c *lobbytest.Client) (result duel.Result, tick uint32) {
	t.Helper()
	m.Ready()
	m.Run(4 * time.Second) // the countdown
	for range 5 * 60 * 60 {
		if end := c.Ended(); end != nil {
			if end.Reason != lobby.EndFinished {
				t.Fatalf("it ended with %q", end.Reason)
			}
			return end.Result.(duel.Result), tick
		}
		tick = c.Tick()
		m.Run(step)
	}
	t.Fatal("the match does not end in five minutes")
	return result, tick
}

func TestItsOwnLogReplays(t *testing.T) {
	m, clients := pair(t, duel.Game(), lobbytest.Cable, brain(1), brain(2))
	result, tick := play(t, m, clients[0])
	if result.Left || max(result.Wins[0], result.Wins[1]) != 2 {
		t.Errorf("%+v: bots are to fight it out", result)
	}
	if n := len(clients[1].Events()); n < 2 {
		t.Errorf("%d rounds were told", n)
	}
	report := m.Replay()
	t.Logf("%d ticks, %d inputs, %+v", report.Ticks, report.Inputs, result)
	if report.Ticks < tick || report.Reason != lobby.EndFinished {
		t.Errorf("%d ticks of %d, %q", report.Ticks, tick, report.Reason)
	}
}

func TestRematchKeepsThePeopleTogether(t *testing.T) {
	h := hunter{}
	m, clients := pair(t, duel.Game(), lobbytest.Perfect, h.act, idle)
	for range 2 {
		if got, _ := play(t, m, clients[0]); got != (duel.Result{Winner: 0, Wins: [2]uint8{2, 0}}) {
			t.Errorf("%+v", got)
		}
	}
	if clients[0].Gone() != "" || clients[1].Gone() != "" {
		t.Error("somebody is gone")
	}
}

func TestWhoLeavesLoses(t *testing.T) {
	m, clients := pair(t, duel.Game(), lobbytest.Perfect, idle, idle)
	m.Ready()
	m.Run(6 * time.Second)
	clients[0].Leave()
	m.Run(2 * step)
	if end := clients[1].Ended(); end == nil || end.Result != (duel.Result{Winner: 1, Left: true}) {
		t.Errorf("%+v", end)
	}
}

func TestWrongInputMovesNothing(t *testing.T) {
	wrong := []any{"left", 7, []float64{0.5, 1, 0, 0}, []string{"a", "b", "c", "d"}, map[string]int{"x": 127}}
	m, _ := pair(t, duel.Game(), lobbytest.Perfect, func(c *lobbytest.Client) any { return wrong[int(c.Tick())%len(wrong)] }, idle)
	m.Ready()
	m.Run(8 * time.Second)
	if x, y := m.Number("Duelist", 0, "x"), m.Number("Duelist", 0, "y"); x != 110 || y != 360 {
		t.Errorf("a wrong input moved it to %v, %v", x, y)
	}
}

// TestWhatIsAimedAtIsHit: over the air, a player who aims at what is on the
// screen hits a runner; without compensation the runner is somewhere else by
// then.
func TestWhatIsAimedAtIsHit(t *testing.T) {
	share := func(rewind time.Duration) float64 {
		game, h := duel.Game(), hunter{}
		game.Rewind = rewind
		runner := func(c *lobbytest.Client) any { return []int{0, 127 - 254*int(c.Tick()/60%2), 0, 0} }
		m, clients := pair(t, game, lobbytest.Mobile, h.act, runner)
		play(t, m, clients[0])
		t.Logf("rewind %v: %d shots, %d hits", rewind, h.shots, h.hits)
		return float64(h.hits) / float64(h.shots)
	}
	if got := share(0); got < 0.9 {
		t.Errorf("%.0f %% of the shots hit", 100*got)
	}
	if got := share(-1); got > 0.7 {
		t.Errorf("%.0f %% of the shots hit without compensation: the test proves nothing", 100*got)
	}
}

// hunter walks around the walls to where the other side is in sight, stands, and
// shoots at what is shown.
type hunter struct {
	x, y, reload, foeHP float64
	still               int // ticks
	shots, hits         int
}

func (h *hunter) act(c *lobbytest.Client) any {
	was := *h
	h.x, h.y, h.reload = c.Number("Duelist", 0, "x"), c.Number("Duelist", 0, "y"), c.Number("Duelist", 0, "reload")
	h.foeHP = c.Number("Duelist", 1, "hp")
	if h.reload > was.reload {
		h.shots++
	}
	if h.foeHP < was.foeHP {
		h.hits++
	}
	if h.still++; h.x != was.x || h.y != was.y {
		h.still = 0
	}
	switch {
	case h.x < 480 || h.x < 1000 && h.y < 268:
		return []int{127, 0, 0, 0}
	case h.x < 1000:
		return []int{0, -60, 0, 0} // slowly: what is seen is late, and there are walls above and below
	case h.still < 20: // where it will stand is not known yet
		return []int{0, 0, 0, 0}
	}
	foeX, _ := c.Shown("Duelist", 1, "x")
	foeY, _ := c.Shown("Duelist", 1, "y")
	aim := math.Atan2(foeY-h.y, foeX-h.x) * 2048 / math.Pi
	return []int{0, 0, int(math.Round(aim)) & 4095, 1}
}
