package lobby_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tickwire/lobby"
)

// stuckRules hang in one place until they are let go.
type stuckRules struct {
	lobby.Rules
	in  string
	let chan struct{}
}

func (s stuckRules) check(where string) {
	if s.in == where {
		<-s.let
	}
}
func (s stuckRules) Join(p *lobby.Player)  { s.check("join"); s.Rules.Join(p) }
func (s stuckRules) Leave(p *lobby.Player) { s.check("leave"); s.Rules.Leave(p) }
func (s stuckRules) Step(tick uint32) {
	if tick > 10 {
		s.check("step")
	}
	s.Rules.Step(tick)
}
func (s stuckRules) Input(p *lobby.Player, in lobby.Input) { s.check("input"); s.Rules.Input(p, in) }

func stuckGame(in string, let chan struct{}) lobby.Game {
	game := arena
	game.Name, game.MaxPlayers = "stuck", 2
	tried := false
	game.New = func(m *lobby.Match) lobby.Rules {
		if in == "new" && tried {
			<-let
		}
		tried = true
		return stuckRules{newDots(m), in, let}
	}
	return game
}

func TestStuckMatchIsGivenUp(t *testing.T) {
	for _, in := range []string{"new", "join", "leave", "input", "step"} {
		t.Run(in, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var log bytes.Buffer
				let := make(chan struct{})
				d := open(t, lobby.Options{
					Games: []lobby.Game{stuckGame(in, let), arena},
					Log:   zerolog.New(lockedWriter{&mu, &log}),
				})
				ann, other := quick(t, d, "ann", "stuck"), quick(t, d, "joe", "arena")
				bob := newClient(t, "bob")
				d.Quick(lobby.QuickRequest{Joiner: bob.joiner(), Game: "stuck"}, func(j lobby.Joined, err error) {
					bob.joined, bob.member = j, j.Member
				})
				pass(time.Second)
				if in == "leave" {
					bob.member.Leave(nil)
				}
				if in == "input" {
					ann.input(1, 1)
				}
				begin := time.Now()
				for !ann.member.Gone() {
					pass(100 * time.Millisecond)
					if time.Since(begin) > 10*time.Second {
						t.Fatal("ann sits in a stuck match for ten seconds")
					}
				}
				ends, closed := got[lobby.MatchEnd](ann), got[lobby.Closed](ann)
				if len(ends) != 1 || ends[0].Reason != lobby.EndStuck || len(closed) != 1 || closed[0].Code != lobby.Internal {
					t.Errorf("ends = %+v, closed = %+v", ends, closed)
				}
				wantCode(t, ann.chat("hello?"), lobby.NotFound)
				if _, err := join(t, d, "eve", lobby.JoinRequest{ID: ann.member.LobbyID()}); lobby.AsError(err).Code != lobby.NotFound {
					t.Errorf("a lobby that is given up: %v", err)
				}
				if d.Stuck() != 1 || d.Lobbies() != 1 {
					t.Errorf("%d stuck, %d lobbies", d.Stuck(), d.Lobbies())
				}
				mu.Lock()
				if text := log.String(); !strings.Contains(text, "stuckGame") && !strings.Contains(text, "stuckRules") {
					t.Errorf("the log does not say where: %s", text)
				}
				mu.Unlock()
				for _, info := range d.Replays() {
					if want := map[string]string{"stuck": lobby.EndStuck}[info.Game]; info.Reason != want {
						t.Errorf("the log of %s ends with %q", info.Game, info.Reason)
					}
				}
				frames := len(other.kinds)
				pass(time.Second)
				if n := len(other.kinds) - frames; n != 20 {
					t.Errorf("the other match made %d frames in a second", n)
				}
				frames = len(ann.kinds)
				close(let)
				pass(time.Second)
				if len(ann.kinds) != frames {
					t.Error("frames come from the grave")
				}
			})
		})
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

func TestSlowStepsAreNotStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.New = func(m *lobby.Match) lobby.Rules {
			r := newDots(m).(*dots)
			r.step = func(uint32) { time.Sleep(60 * time.Millisecond) } // of 50
			return r
		}
		d := directory(t, game)
		c := quick(t, d, "ann", "arena")
		pass(time.Minute)
		s := d.Stats()
		if c.member.Gone() || d.Stuck() != 0 || s.Overruns != s.Ticks || s.Ticks < 900 || s.Dropped < 100 {
			t.Errorf("stats = %+v", s)
		}
		if h := d.StepDurations(); h.Quantile(0.5) != 65536*time.Microsecond {
			t.Errorf("durations = %v", h)
		}
		if h := d.StepLateness(); h.Count() == 0 {
			t.Error("no lateness was counted")
		}
	})
}

// Whatever was asked of a lobby while its rules hung is answered: otherwise the
// connection could never ask for another place.
func TestStuckRulesLeaveNobodyWithoutAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		let, hang := make(chan struct{}), false
		game := arena
		game.Spectators = true
		game.New = func(m *lobby.Match) lobby.Rules {
			return &lastWord{newDots(m).(*dots), func(*lobby.Match) {
				if hang {
					<-let
				}
			}}
		}
		d := directory(t, game)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "arena"})
		bob := mustJoin(t, d, "bob", ann.member.LobbyID())
		pass(time.Second)
		hang = true
		answers := 0
		done := func(error) { answers++ }
		bob.member.Role("", lobby.RoleSpectator, done) // hangs in Leave
		ann.member.Ready(true, done)
		d.Join(lobby.JoinRequest{ID: ann.member.LobbyID(), Joiner: newClient(t, "eve").joiner()}, func(_ lobby.Joined, err error) { done(err) })
		d.Join(lobby.JoinRequest{ID: ann.member.LobbyID(), Spectate: true, Joiner: newClient(t, "joe").joiner()}, func(_ lobby.Joined, err error) { done(err) })
		pass(10 * time.Second)
		if answers != 4 {
			t.Errorf("%d of 4 are answered", answers)
		}
		for _, c := range []*client{ann, bob} {
			if closed := got[lobby.Closed](c); len(closed) != 1 || closed[0].Code != lobby.Internal || !c.member.Gone() {
				t.Errorf("%s: closed = %+v", c.name, closed)
			}
		}
		hang = false
		close(let)
		pass(time.Second)
		if answers != 4 {
			t.Errorf("%d answers to 4", answers)
		}
	})
}
