package lobbytest_test

import (
	"fmt"
	"testing"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/lobby/lobbytest"
)

// clockwork is a game whose state and events tell the tick that they are from.
type clockwork struct {
	match *lobby.Match
	hands *state.Table[hand]
	id    state.ID
	last  uint32 // the match ends then; 0: never
}

type hand struct {
	Tick uint32 `sync:"bits=24"`
}

const spectatorDelay = 4 * time.Second

func clockworkGame(last uint32) lobby.Game {
	return lobby.Game{
		Name: "clock", Hz: 20, SendHz: 10, DropIn: true, LateJoin: true, Spectators: true, SpectatorDelay: spectatorDelay, Intermission: time.Second,
		New: func(m *lobby.Match) lobby.Rules {
			c := &clockwork{match: m, hands: state.Register[hand](m.World(), "Hand"), last: last}
			c.id = c.hands.Spawn(hand{})
			return c
		},
	}
}

func (c *clockwork) Join(p *lobby.Player)             { c.match.Emit("join", 0) }
func (c *clockwork) Leave(*lobby.Player)              {}
func (c *clockwork) Input(*lobby.Player, lobby.Input) {}

func (c *clockwork) Step(tick uint32) {
	c.hands.Edit(c.id).Tick = tick
	if tick%10 == 0 {
		c.match.Emit("ten", int(tick))
		for p := range c.match.Players() {
			c.match.EmitTo(p, "secret", int(tick))
		}
	}
	if tick == c.last {
		c.match.End(int(tick))
	}
}

// watchful fails when a spectator knows anything too soon.
type watchful struct {
	t   *testing.T
	m   *lobbytest.Match
	eye *lobbytest.Client
}

// run lets time pass and looks all the while. began is when the match did.
func (w *watchful) run(d time.Duration, began time.Duration) {
	w.t.Helper()
	for end := w.m.Now() + d; w.m.Now() < end; {
		w.m.Run(10 * time.Millisecond)
		seen := w.m.Now() - spectatorDelay - began // of the match, in its own time
		limit := max(0, int(seen/(50*time.Millisecond))+1)
		if tick := int(w.eye.Tick()); tick > limit {
			w.t.Fatalf("at %v the spectator has tick %d, at most %d is old enough", w.m.Now(), tick, limit)
		}
		for _, ev := range w.eye.Events() {
			if ev.Name == "secret" {
				w.t.Fatal("a spectator hears what a player is told")
			}
			if ev.Name == "ten" && ev.Payload.(int) > limit {
				w.t.Fatalf("at %v the spectator hears of tick %d", w.m.Now(), ev.Payload)
			}
		}
	}
}

func TestSpectatorsSeeThePast(t *testing.T) {
	for _, form := range []string{"B", "M"} {
		for name, link := range map[string]lobbytest.Link{"perfect": lobbytest.Perfect, "awful": lobbytest.Awful} {
			t.Run(form+"/"+name, func(t *testing.T) {
				m := lobbytest.New(t, lobbytest.Options{Game: clockworkGame(0)})
				ann := m.Join(lobbytest.Player{Name: "ann"})
				early := &watchful{t: t, m: m, eye: m.Join(lobbytest.Player{Name: "eye", Watch: true, Form: form, Link: link})}
				early.run(3*time.Second, 0)
				if early.eye.Frames() != 0 || len(early.eye.Events()) != 0 {
					t.Error("something came before its time")
				}
				early.run(20*time.Second, 0)
				behind := int(m.Tick()) - int(early.eye.Tick())
				if most := map[string]int{"perfect": 82, "awful": 110}[name]; behind > most {
					t.Errorf("%d ticks behind", behind)
				}
				if got := early.eye.Number("Hand", 0, "tick"); got != float64(early.eye.Tick()) {
					t.Errorf("tick %d shows %v", early.eye.Tick(), got)
				}
				if n := len(early.eye.Events()); n < 33 || early.eye.Events()[0].Name != "join" {
					t.Errorf("%d events: %v", n, early.eye.Events()[:1])
				}
				late := &watchful{t: t, m: m, eye: m.Join(lobbytest.Player{Name: "late", Watch: true, Form: form, Link: link})}
				late.run(3*time.Second, 0)
				if behind := int(m.Tick()) - int(late.eye.Tick()); late.eye.Frames() == 0 || behind > 110 {
					t.Errorf("who came late has %d frames, %d ticks behind", late.eye.Frames(), behind)
				}
				if ann.Tick() != m.Tick()&^1 {
					t.Errorf("the player has tick %d of %d", ann.Tick(), m.Tick())
				}
			})
		}
	}
}

func TestSpectatorsSeeTheEndOfAMatchThatIsOver(t *testing.T) {
	m := lobbytest.New(t, lobbytest.Options{Game: clockworkGame(101)})
	ann := m.Join(lobbytest.Player{Name: "ann"})
	w := &watchful{t: t, m: m, eye: m.Join(lobbytest.Player{Name: "eye", Watch: true})}
	w.run(5100*time.Millisecond, 0)
	if m.End() == nil || m.End().Result != 101 {
		t.Fatalf("the match has not ended: tick %d", m.Tick())
	}
	ended := m.Now()
	if w.eye.Ended() != nil {
		t.Error("the spectator knows of the end")
	}
	ann.Leave() // at once: the lobby stays for who watches
	w.run(3500*time.Millisecond, 0)
	if w.eye.Ended() != nil || w.eye.Gone() != "" {
		t.Errorf("the spectator knows of the end %v after it: %+v %s", m.Now()-ended, w.eye.Ended(), w.eye.Gone())
	}
	m.Run(time.Second)
	if w.eye.Tick() != 101 || w.eye.Number("Hand", 0, "tick") != 101 {
		t.Errorf("the last state seen was of tick %d", w.eye.Tick())
	}
	m.Run(time.Second)
	if end := w.eye.Ended(); end == nil || end.Result != 101 || w.eye.Gone() != "NOT_FOUND" {
		t.Errorf("the end: %+v, gone %q", end, w.eye.Gone())
	}
}

// TestSpectatorsSeeOneMatchAfterTheOther though the next begins before they have
// seen the last.
func TestSpectatorsSeeOneMatchAfterTheOther(t *testing.T) {
	m := lobbytest.New(t, lobbytest.Options{Game: clockworkGame(40)}) // 2 s, and one of rest
	m.Join(lobbytest.Player{Name: "ann"})
	eye := m.Join(lobbytest.Player{Name: "eye", Watch: true})
	var seen []string
	for range 1500 {
		m.Run(10 * time.Millisecond)
		if s := fmt.Sprint(eye.Ended() != nil, eye.Tick() > 0); len(seen) == 0 || seen[len(seen)-1] != s {
			seen = append(seen, s)
		}
	}
	tens := 0
	for _, ev := range eye.Events() {
		if ev.Name == "ten" {
			tens++
		}
	}
	if tens < 3*4 {
		t.Errorf("%d events in 11 s of three matches and a part", tens)
	}
	ends := 0
	for _, s := range seen {
		if s == "true true" {
			ends++
		}
	}
	if ends < 3 {
		t.Errorf("saw %q", seen)
	}
}

// TestPlayersLeaveSpectatorsBehind in the middle of a match: they see all there
// was of it.
func TestPlayersLeaveSpectatorsBehind(t *testing.T) {
	m := lobbytest.New(t, lobbytest.Options{Game: clockworkGame(0)})
	ann := m.Join(lobbytest.Player{Name: "ann"})
	w := &watchful{t: t, m: m, eye: m.Join(lobbytest.Player{Name: "eye", Watch: true})}
	m.RunTo(200)
	ann.Leave()
	w.run(3*time.Second, 0)
	if w.eye.Gone() != "" {
		t.Fatal("gone with the player")
	}
	m.Run(2 * time.Second)
	if w.eye.Gone() != "NOT_FOUND" || w.eye.Tick() != 200 {
		t.Errorf("gone: %q at tick %d", w.eye.Gone(), w.eye.Tick())
	}
}
