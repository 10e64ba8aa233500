package lobby_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tickwire/lobby"
	"tickwire/tick"
)

const step = 50 * time.Millisecond // of the games at 20 Hz

func TestEverybodySeesTheSameState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		ann, bob := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(10 * step)
		for i := range 20 {
			ann.input(uint32(i+1), 2)
			bob.input(uint32(i+1), 3)
			pass(step)
		}
		want := map[int]int{0: 40, 1: 60}
		for _, c := range []*client{ann, bob} {
			if got := c.positions(); !maps.Equal(got, want) {
				t.Errorf("%s sees %v, want %v", c.name, got, want)
			}
			if c.acks[len(c.acks)-1] != 20 {
				t.Errorf("%s was told that %d is applied", c.name, c.acks[len(c.acks)-1])
			}
			if c.kinds[0] != 3 {
				t.Errorf("%s's first frame is of class %d", c.name, c.kinds[0])
			}
			for i, k := range c.kinds[1:] {
				if k != 1 {
					t.Errorf("%s's frame %d is of class %d", c.name, i+1, k)
				}
			}
		}
		s := d.Stats()
		if s.Ticks == 0 || s.Keyframes != 2 || s.Skipped+s.Coalesced+s.Dropped != 0 || s.Inputs != 40 || s.Bytes == 0 ||
			s.Frames != uint64(len(ann.kinds)+len(bob.kinds)) {
			t.Errorf("stats = %+v", s)
		}
		if all, n := d.Matches(ann.member.LobbyID(), 0, 1); n != 1 || all[0].Stats != s {
			t.Errorf("matches = %+v", all)
		}
	})
}

func TestTicksKeepTheirRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, lobby.Game{Name: "fast", Hz: 60, DropIn: true, New: newDots})
		c := quick(t, d, "ann", "fast")
		pass(time.Second)
		before := c.replica.Tick()
		pass(time.Minute)
		if n := c.replica.Tick() - before; n != 3600 {
			t.Errorf("%d ticks in a minute at 60 Hz", n)
		}
	})
}

func TestSendRateIsItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, lobby.Game{Name: "slow", Hz: 60, SendHz: 20, DropIn: true, New: newDots})
		c := quick(t, d, "ann", "slow")
		pass(time.Second)
		frames, tick := len(c.kinds), c.replica.Tick()
		for i := range 10 {
			c.input(uint32(i+1), 1)
			pass(100 * time.Millisecond)
		}
		if n := len(c.kinds) - frames; n != 20 {
			t.Errorf("%d frames in a second", n)
		}
		if n := c.replica.Tick() - tick; n != 60 {
			t.Errorf("%d ticks in a second", n)
		}
		if got := c.positions()[0]; got != 10 {
			t.Errorf("x = %d, want 10", got)
		}
		if s := d.Stats(); s.Skipped+s.Coalesced != 0 {
			t.Errorf("a healthy client was skipped: %+v", s)
		}
	})
}

func TestInputsOutOfOrderAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c := quick(t, d, "ann", "arena")
		pass(10 * step)
		for _, seq := range []uint32{1, 3, 2, 3, 0, 4} {
			c.input(seq, 1)
		}
		pass(2 * step)
		if got := c.positions()[0]; got != 3 {
			t.Errorf("x = %d, want 3", got)
		}
		if s := d.Stats(); s.Inputs != 3 || s.StaleInputs != 3 {
			t.Errorf("stats = %+v", s)
		}
		if ack := c.acks[len(c.acks)-1]; ack != 4 {
			t.Errorf("ack = %d", ack)
		}
	})
}

func TestInputFloodDelaysItselfAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, lobby.Game{Name: "g", Hz: 20, DropIn: true, InputsPerTick: 2, New: newDots})
		c := quick(t, d, "ann", "g")
		pass(10 * step)
		for seq := range uint32(100) {
			c.input(seq+1, 1)
		}
		pass(step)
		if got := c.positions()[0]; got != 2 {
			t.Errorf("%d inputs applied in one tick, want 2", got)
		}
		pass(10 * step)
		if got := c.positions()[0]; got != 8 { // the queue holds four ticks' worth
			t.Errorf("x = %d, want 8", got)
		}
		if ack := c.acks[len(c.acks)-1]; ack != 100 {
			t.Errorf("ack = %d: the newest inputs win", ack)
		}
		if s := d.Stats(); s.SurplusInputs != 92 {
			t.Errorf("stats = %+v", s)
		}
	})
}

func TestInputTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c := quick(t, d, "ann", "arena")
		wantCode(t, c.member.Input(1, 0, make([]byte, 1025)), lobby.BadRequest)
	})
}

func TestLateJoinAndLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		game.LateJoin = true
		d := directory(t, game)
		ann, bob := pair(t, d)
		_, _ = ann.ready(true), bob.ready(true)
		pass(4 * time.Second)
		eve := quick(t, d, "eve", "gather")
		if eve.member.LobbyID() != ann.member.LobbyID() {
			t.Fatal("eve is elsewhere")
		}
		eve.wantPhase(lobby.Playing)
		if len(ann.positions()) != 3 || len(eve.positions()) != 3 || eve.kinds[0] != 3 {
			t.Errorf("ann sees %v, eve %v", ann.positions(), eve.positions())
		}
		if err := bob.leave(); err != nil {
			t.Fatal(err)
		}
		pass(2 * step)
		if at := eve.positions(); len(at) != 2 {
			t.Errorf("eve sees %v", at)
		}
	})
}

func TestDropInPlaysOnAndOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.MinPlayers = 2
		d := directory(t, game)
		ann := quick(t, d, "ann", "arena")
		wantCode(t, ann.ready(true), lobby.WrongPhase)
		ann.wantPhase(lobby.Gathering)
		bob := quick(t, d, "bob", "arena")
		for round := range 3 {
			ann.wantPhase(lobby.Playing)
			bob.input(1, "end")
			ann.wantPhase(lobby.Finished)
			if n := len(got[lobby.MatchEnd](ann)); n != round+1 {
				t.Errorf("%d ends in round %d", n, round)
			}
			pass(5 * time.Second)
		}
	})
}

func TestEventsShareTheWriteOfTheState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		ann, bob := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(10 * step)
		writes, frames := ann.writes, len(ann.kinds)
		for i := range 4 {
			bob.input(uint32(i+1), "emit")
		}
		_ = bob.chat("hello")
		pass(10 * step)
		if got, want := ann.writes-writes, len(ann.kinds)-frames; got != want {
			t.Errorf("%d writes for %d frames", got, want)
		}
		var shouts []any
		for _, ev := range ann.events {
			if ev.Name == lobby.EventMatch && ev.Args[0] == "shout" {
				shouts = append(shouts, ev.Args[1])
			}
		}
		if len(shouts) != 4 || shouts[0] != 1 {
			t.Errorf("shouts = %v", shouts)
		}
	})
}

func TestPanicEndsItsMatchAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		game.Countdown = -1
		d := directory(t, game)
		ann, bob := pair(t, d)
		joe, eve := pair(t, d)
		for _, c := range []*client{ann, bob, joe, eve} {
			_ = c.ready(true)
		}
		ann.wantPhase(lobby.Playing)
		ann.input(1, "panic")
		bob.wantPhase(lobby.Finished)
		for _, c := range []*client{ann, bob} {
			if ends := got[lobby.MatchEnd](c); len(ends) != 1 || ends[0].Reason != lobby.EndFault || ends[0].Result != nil {
				t.Errorf("%s: ends = %+v", c.name, ends)
			}
		}
		frames := len(joe.kinds)
		pass(time.Second)
		if n := len(joe.kinds) - frames; n != 20 {
			t.Errorf("the other match made %d frames in a second", n)
		}
		if d.Faults() != 1 {
			t.Errorf("%d faults", d.Faults())
		}
		// The people are still together and may try again.
		_, _ = ann.ready(true), bob.ready(true)
		bob.wantPhase(lobby.Playing)
	})
}

// brokenRules panic wherever they are told to.
type brokenRules struct {
	lobby.Rules
	in string
}

func (b brokenRules) check(where string) {
	if b.in == where {
		panic(where)
	}
}
func (b brokenRules) Join(p *lobby.Player)  { b.check("join"); b.Rules.Join(p) }
func (b brokenRules) Leave(p *lobby.Player) { b.check("leave"); b.Rules.Leave(p) }
func (b brokenRules) Step(tick uint32)      { b.check("step"); b.Rules.Step(tick) }

func TestPanicAnywhere(t *testing.T) {
	for _, where := range []string{"new", "join", "leave", "step"} {
		t.Run(where, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				made := 0
				game := arena
				game.New = func(m *lobby.Match) lobby.Rules {
					if made++; where == "new" && made == 2 { // the first is the try at the start
						panic(where)
					}
					return brokenRules{newDots(m), where}
				}
				d := directory(t, game)
				ann := quick(t, d, "ann", "arena")
				bob := quick(t, d, "bob", "arena")
				pass(time.Second)
				if where == "leave" {
					_ = bob.leave()
				}
				ann.wantPhase(lobby.Finished)
				if ends := got[lobby.MatchEnd](ann); len(ends) != 1 || ends[0].Reason != lobby.EndFault {
					t.Errorf("ends = %+v", ends)
				}
				if where == "new" {
					pass(5 * time.Second)
					ann.wantPhase(lobby.Playing)
				}
			})
		})
	}
}

// outOfRange are rules with the most common bug.
type outOfRange struct {
	lobby.Rules
	empty []int
}

func (o outOfRange) Step(tick uint32) { o.empty[tick] = 1 }

// TestLogTellsThePanic: as an error of the runtime is a struct without exported
// fields, JSON would say {}.
func TestLogTellsThePanic(t *testing.T) {
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.New = func(m *lobby.Match) lobby.Rules { return outOfRange{newDots(m), nil} }
		d := open(t, lobby.Options{Games: []lobby.Game{game}, Log: zerolog.New(&log)})
		ann := quick(t, d, "ann", "arena")
		pass(step)
		ann.wantPhase(lobby.Finished)
		shut(t, d)
	})
	if !strings.Contains(log.String(), `"reason":"runtime error: index out of range [1] with length 0"`) {
		t.Errorf("the log says: %s", log.String())
	}
}

func TestResync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		c := quick(t, d, "ann", "arena")
		pass(10 * step)
		if err := ask(c.member.Resync); err != nil {
			t.Fatal(err)
		}
		pass(2 * step)
		if n := d.Stats().Keyframes; n != 2 {
			t.Errorf("%d keyframes, want 2", n)
		}
		var err error
		for range 10 {
			err = ask(c.member.Resync)
		}
		wantCode(t, err, lobby.RateLimited)
	})
}

func TestSameSeedSameMatch(t *testing.T) {
	play := func() (drawn []int) {
		synctest.Test(t, func(t *testing.T) {
			game := arena
			game.New = func(m *lobby.Match) lobby.Rules {
				r := newDots(m).(*dots)
				r.step = func(tick uint32) {
					if tick <= 5 {
						drawn = append(drawn, m.Rand().IntN(1000))
					}
				}
				return r
			}
			d := directory(t, game)
			quick(t, d, "ann", "arena")
			pass(time.Second)
		})
		return drawn
	}
	a, b := play(), play()
	if len(a) != 5 || len(b) != 5 {
		t.Fatal(a, b)
	}
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("draw %d: %d and %d", i, a[i], b[i])
		}
	}
}

func TestMatchesOnASharedAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alarm := &tick.Driver{Portable: true}
		ctx, cancel := context.WithCancel(context.Background())
		t.Cleanup(cancel) // after the directory is drained
		go func() { _ = alarm.Run(ctx) }()
		game := lobby.Game{Name: "fast", MaxPlayers: 1, Hz: 60, DropIn: true, New: newDots}
		d := open(t, lobby.Options{Games: []lobby.Game{game}, Timers: alarm})
		clients := make([]*client, 20)
		for i := range clients {
			clients[i] = quick(t, d, "ann", "fast")
		}
		pass(time.Second)
		before := d.Stats().Ticks
		pass(10 * time.Second)
		if n := d.Stats().Ticks - before; n != 20*600 {
			t.Errorf("%d ticks in ten seconds of 20 matches", n)
		}
	})
}

func TestSlowMatchesDoNotHoldChatBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, lobby.Game{Name: "turns", Hz: 1, DropIn: true, New: newDots})
		c := quick(t, d, "ann", "turns")
		pass(2500 * time.Millisecond)
		writes := c.writes
		if err := c.chat("hello"); err != nil {
			t.Fatal(err)
		}
		if c.writes != writes+1 {
			t.Error("the line waits for the tick")
		}
	})
}

func TestBrokenRulesDoNotSpin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.Intermission = -1
		game.New = func(m *lobby.Match) lobby.Rules { return brokenRules{newDots(m), "join"} }
		d := directory(t, game)
		quick(t, d, "ann", "arena")
		pass(10500 * time.Millisecond)
		if n := d.Faults(); n < 10 || n > 12 {
			t.Errorf("%d matches in ten seconds", n)
		}
	})
}

func (c *client) matchEvents() (names []string) {
	for _, ev := range c.events {
		if ev.Name == lobby.EventMatch {
			names = append(names, fmt.Sprint(ev.Args[0], ": ", ev.Args[1]))
		}
	}
	return names
}

func TestEventsForOneAndForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		ann, bob := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(10 * step)
		bob.input(1, "whisper")
		bob.input(2, "roll call")
		pass(2 * step)
		if got := ann.matchEvents(); !slices.Equal(got, []string{"roll call: [ann bob]"}) {
			t.Errorf("ann got %q", got)
		}
		whisper := "whisper: " + bob.member.ID() + "0 false false"
		if got := bob.matchEvents(); !slices.Equal(got, []string{whisper, "roll call: [ann bob]"}) {
			t.Errorf("bob got %q", got)
		}
	})
}

// Both wire forms in one match mean the same, whatever was skipped.
func TestWireForms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena)
		var clients []*client
		for _, form := range []string{"M", "B"} {
			c := newClient(t, form)
			c.form = form
			done, answer := c.done()
			d.Quick(lobby.QuickRequest{Game: "arena", Joiner: c.joiner()}, done)
			if err := answer(); err != nil {
				t.Fatal(err)
			}
			clients = append(clients, c)
		}
		pass(time.Second)
		for i := range uint32(60) {
			for j, c := range clients {
				c.silent = i >= 10 && i < 40
				c.input(i+1, j+1)
			}
			pass(step)
		}
		pass(time.Second)
		for _, c := range clients {
			if got := c.positions(); got[0] != 60 || got[1] != 120 {
				t.Errorf("form %s sees %v", c.form, got)
			}
			if start := got[lobby.MatchStart](c)[0]; start.Form != c.form {
				t.Errorf("asked for form %s, got %s", c.form, start.Form)
			}
		}
	})
}
