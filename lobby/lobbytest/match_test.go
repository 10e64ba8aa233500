package lobbytest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
	"tickwire/lobby/lobbytest"
)

// field is a game in which everybody walks, and says so now and then.
type field struct {
	match   *lobby.Match
	walkers *state.Table[walker]
	of      map[*lobby.Player]state.ID
	careful bool // walks over no map
}

type walker struct {
	X, Y float32 `sync:"max=4000,step=0.125,pred"`
	Seat uint8   `sync:"bits=7"`
}

func fieldGame(careful bool) lobby.Game {
	return lobby.Game{Name: "field", MaxPlayers: 32, Hz: 20, DropIn: true, Spectators: true, New: func(m *lobby.Match) lobby.Rules {
		return &field{match: m, walkers: state.Register[walker](m.World(), "Walker"), of: map[*lobby.Player]state.ID{}, careful: careful}
	}}
}

func (f *field) Join(p *lobby.Player) {
	f.of[p] = f.walkers.Spawn(walker{X: float32(100 * p.Seat()), Seat: uint8(p.Seat())})
}

func (f *field) Leave(p *lobby.Player) { f.walkers.Despawn(f.of[p]); delete(f.of, p) }

func (f *field) Input(p *lobby.Player, in lobby.Input) {
	w := f.walkers.Edit(f.of[p])
	w.Y++
	if int(w.Y)%10 == 0 {
		f.match.EmitTo(p, "ten", int(w.Y))
	}
}

func (f *field) Step(uint32) {
	for id := range f.walkers.All() {
		f.walkers.Edit(id).X += 0.5
	}
	if f.careful {
		return
	}
	for p := range f.of {
		f.walkers.Edit(f.of[p]).X += float32(f.match.Rand().IntN(3)) // whose luck it is depends on the map
	}
}

func walk(*lobbytest.Client) any { return 1 }

// TestEveryLinkEndsInTheSameState: whatever lies between, when the line has come
// to rest each client has what it should see.
func TestEveryLinkEndsInTheSameState(t *testing.T) {
	links := map[string]lobbytest.Link{
		"perfect": lobbytest.Perfect, "LAN": lobbytest.LAN, "cable": lobbytest.Cable, "mobile": lobbytest.Mobile, "awful": lobbytest.Awful,
		"modem": {Latency: 80 * time.Millisecond, Bandwidth: 1200}, "cuts": {Latency: 20 * time.Millisecond, Loss: 0.02, Stall: 3 * time.Second},
	}
	for _, form := range []string{"B", "M"} {
		m := lobbytest.New(t, lobbytest.Options{Game: fieldGame(true), Seed: 5})
		clients := map[string]*lobbytest.Client{}
		for name, link := range links {
			clients[name] = m.Join(lobbytest.Player{Name: name, Link: link, Form: form, Script: walk})
		}
		m.Run(20 * time.Second)
		if s := m.Stats(); s.Coalesced == 0 || s.Skipped == 0 {
			t.Errorf("form %s: nobody was slow: %+v", form, s)
		}
		for name, c := range clients {
			c.SetScript(nil)
			c.SetLink(lobbytest.Perfect)
			if c.BytesPerTick() <= 0 || c.Frames() == 0 {
				t.Errorf("form %s, %s: %d frames, %.1f bytes per tick", form, name, c.Frames(), c.BytesPerTick())
			}
		}
		m.Run(10 * time.Second)
		for name, c := range clients {
			if c.Tick() != m.Tick() || c.Wrong() != nil {
				t.Errorf("form %s, %s: tick %d of %d, %v", form, name, c.Tick(), m.Tick(), c.Wrong())
			}
			if c.Applied() < 300 && !slices.Contains([]string{"cuts"}, name) {
				t.Errorf("form %s, %s: %d inputs applied", form, name, c.Applied())
			}
			if n := len(c.Events()); n < 20 || c.Events()[n-1].Name != "ten" {
				t.Errorf("form %s, %s: %d events", form, name, n)
			}
		}
		m.Replay()
	}
}

func TestMatchesAreTheSameEachTime(t *testing.T) {
	play := func(seed uint64) string {
		m := lobbytest.New(t, lobbytest.Options{Game: fieldGame(true), Seed: seed})
		var all []*lobbytest.Client
		for i := range 4 {
			all = append(all, m.Join(lobbytest.Player{Name: fmt.Sprint("p", i), Link: lobbytest.Awful, Script: walk}))
		}
		m.Run(10 * time.Second)
		var b strings.Builder
		for _, c := range all {
			fmt.Fprintln(&b, c.Tick(), c.Frames(), c.Bytes(), c.Applied(), c.View())
		}
		return b.String()
	}
	if a, b := play(1), play(1); a != b {
		t.Errorf("%s\n%s", a, b)
	}
	if play(1) == play(2) {
		t.Error("the seed says nothing")
	}
}

func TestLatencyIsWhatTheLinkSays(t *testing.T) {
	m := lobbytest.New(t, lobbytest.Options{Game: fieldGame(true)})
	c := m.Join(lobbytest.Player{Name: "ann", Link: lobbytest.Link{Latency: 200 * time.Millisecond}})
	m.Run(2 * time.Second)
	if behind := m.Tick() - c.Tick(); behind != 4 { // of 50 ms
		t.Errorf("%d ticks behind", behind)
	}
	if view := float64(c.Tick()) - c.View(); view < 1 || view > 3 {
		t.Errorf("draws %.1f ticks behind its newest", view)
	}
	seq := c.Send(1)
	sent := m.Now()
	for c.Applied() < seq {
		m.Run(time.Millisecond)
	}
	if trip := m.Now() - sent; trip < 400*time.Millisecond || trip > 455*time.Millisecond {
		t.Errorf("an input came back after %v", trip)
	}
}

func TestPlayersComeAndGo(t *testing.T) {
	m := lobbytest.New(t, lobbytest.Options{Game: fieldGame(true), Lobby: lobby.Options{Grace: time.Minute}})
	ann := m.Join(lobbytest.Player{Name: "ann", Link: lobbytest.Cable, Script: walk})
	m.RunTo(40)
	bob := m.Join(lobbytest.Player{Name: "bob", Form: "M"})
	eye := m.Join(lobbytest.Player{Name: "eye", Watch: true})
	m.RunTo(60)
	if ann.Seat() != 0 || bob.Seat() != 1 || eye.Seat() != -1 {
		t.Errorf("seats %d, %d, %d", ann.Seat(), bob.Seat(), eye.Seat())
	}
	if bob.Wrong() != nil || eye.Wrong() != nil || eye.Replica().Len("Walker") != 2 {
		t.Errorf("bob %v, eye %v", bob.Wrong(), eye.Wrong())
	}
	ann.Disconnect()
	m.RunTo(100)
	ann.Reconnect()
	m.RunTo(140)
	if ann.Number("Walker", 0, "x") < 60 || ann.Number("Walker", 0, "y") < 50 {
		t.Errorf("after coming back ann is at %v, %v", ann.Number("Walker", 0, "x"), ann.Number("Walker", 0, "y"))
	}
	bob.Leave()
	m.Run(time.Second)
	if n := m.Snapshot().Len("Walker"); n != 1 {
		t.Errorf("%d walkers", n)
	}
	if r := m.Replay(); r.Players != 2 {
		t.Errorf("%+v", r)
	}
}

// verdicts is a TB that keeps what it is told.
type verdicts struct{ said []string }

func (v *verdicts) Helper() {}
func (v *verdicts) Errorf(format string, args ...any) {
	v.said = append(v.said, fmt.Sprintf(format, args...))
}
func (v *verdicts) Fatalf(format string, args ...any) { v.Errorf(format, args...) }

func TestReplayFindsRulesThatDiffer(t *testing.T) {
	var v verdicts
	m := lobbytest.New(&v, lobbytest.Options{Game: fieldGame(false)})
	for i := range 8 {
		m.Join(lobbytest.Player{Name: fmt.Sprint("p", i), Script: walk})
	}
	m.Run(20 * time.Second)
	m.Replay()
	if len(v.said) != 1 || !strings.Contains(v.said[0], "Walker") || !strings.Contains(v.said[0], " x: ") {
		t.Errorf("told: %q", v.said)
	}
}

// doing is a game whose rules do something in their fifth step.
func doing(what func(*lobby.Match)) lobby.Game {
	return lobby.Game{Name: "doing", DropIn: true, New: func(m *lobby.Match) lobby.Rules {
		return &doer{field{match: m, walkers: state.Register[walker](m.World(), "Walker"), of: map[*lobby.Player]state.ID{}, careful: true}, what}
	}}
}

type doer struct {
	field
	what func(*lobby.Match)
}

func (d *doer) Step(tick uint32) {
	if tick == 5 {
		d.what(d.match)
	}
}

// TestBugsOfTheRulesFail: a test that looks at something else fails nonetheless.
func TestBugsOfTheRulesFail(t *testing.T) {
	panics := func(*lobby.Match) { panic("a bug") }
	for _, test := range []struct {
		what   func(*lobby.Match)
		faults bool
		want   []string
	}{
		{what: panics, want: []string{"a bug", "doer"}},
		{what: panics, faults: true},
		{what: func(m *lobby.Match) { m.Emit("ping", make(chan int)) }, want: []string{"match:event never comes"}},
		{what: func(m *lobby.Match) { m.Emit("ping", 1) }},
		{what: func(m *lobby.Match) { m.End(func() {}) }, want: []string{"Match.End", "wire form"}},
		{what: func(m *lobby.Match) { m.End(map[string]int{"ann": 3}) }},
	} {
		var v verdicts
		m := lobbytest.New(&v, lobbytest.Options{Game: doing(test.what), Faults: test.faults})
		m.Join(lobbytest.Player{Name: "ann"})
		m.Run(time.Second)
		m.Run(time.Second)
		said := strings.Join(v.said, "; ")
		if len(v.said) != min(1, len(test.want)) {
			t.Errorf("told: %q", v.said)
		}
		for _, want := range test.want {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not in %q", want, said)
			}
		}
	}
}

func TestWhatIsNotThereFails(t *testing.T) {
	var v verdicts
	m := lobbytest.New(&v, lobbytest.Options{Game: fieldGame(true)})
	c := m.Join(lobbytest.Player{Name: "ann"})
	m.Run(time.Second)
	c.Number("Walker", 7, "x")
	c.Number("Walker", 0, "z")
	m.Number("Runner", 0, "x")
	c.Send(make(chan int))
	m.RunTo(1e6)
	lobbytest.New(&v, lobbytest.Options{})
	for i, want := range []string{"no Walker in slot 7", `Walker has no field "z": it has "x" "y" "seat"`, `no type "Runner": there is "Walker"`} {
		if i >= len(v.said) || !strings.Contains(v.said[i], want) {
			t.Errorf("%q is not said", want)
		}
	}
	if len(v.said) != 6 {
		t.Errorf("told: %q", v.said)
	}
}
