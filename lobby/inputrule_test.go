package lobby_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"tickwire/lobby"
)

// heard is one input as the rules got it, and in which tick.
type heard struct {
	tick     uint32
	seq      uint32
	value    int
	view     float64
	repeated bool
}

// ledger is dots that writes down every input.
type ledger struct {
	dots
	tick  uint32
	heard *[]heard
}

func (l *ledger) Input(_ *lobby.Player, in lobby.Input) {
	var value int
	_ = in.Decode(&value)
	*l.heard = append(*l.heard, heard{l.tick + 1, in.Seq, value, in.View, in.Repeated})
}

func (l *ledger) Step(tick uint32) { l.tick = tick }

// ledgerGame returns a game and where it writes down what it hears.
func ledgerGame(rule lobby.InputRule) (lobby.Game, *[]heard) {
	all := new([]heard)
	return lobby.Game{Name: "ledger", Hz: 20, DropIn: true, Inputs: rule, New: func(m *lobby.Match) lobby.Rules {
		return &ledger{dots: *newDots(m).(*dots), heard: all}
	}}, all
}

// send sends an input with all that a client may tell.
func (c *client) send(in lobby.Sent, value int) {
	c.t.Helper()
	raw, err := msgpack.Marshal(value)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.replica != nil && in.Acked == 0 {
		in.Acked = c.replica.Tick()
	}
	if err := c.member.Send(in, raw); err != nil {
		c.t.Error(err)
	}
}

// tickNow is the tick that the client has.
func (c *client) tickNow() uint32 { return c.replica.Tick() }

// ledgerOf plays a match of one player, who has just seen a tick when script
// begins, and returns what the rules heard.
func ledgerOf(t *testing.T, rule lobby.InputRule, script func(c *client)) (all []heard, s lobby.Stats) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		game, heard := ledgerGame(rule)
		d := directory(t, game)
		c := quick(t, d, "ann", "ledger")
		pass(10*step + step/2)
		script(c)
		pass(20 * step)
		all, s = *heard, d.Stats()
	})
	return all, s
}

func values(all []heard) (v []int) {
	for _, h := range all {
		v = append(v, h.value)
	}
	return v
}

func TestHoldRepeatsTheLastInput(t *testing.T) {
	all, s := ledgerOf(t, lobby.InputRule{Hold: 200 * time.Millisecond}, func(c *client) {
		c.send(lobby.Sent{Seq: 1}, 7)
		pass(2 * step)
		c.send(lobby.Sent{Seq: 2}, 8)
	})
	if got := fmt.Sprint(values(all)); got != "[7 7 8 8 8 8 8]" || s.RepeatedInputs != 5 {
		t.Fatalf("heard %s, %d repeated", got, s.RepeatedInputs)
	}
	for i, h := range all {
		if h.tick != all[0].tick+uint32(i) || h.repeated != (i != 0 && i != 2) || h.seq != uint32(1+i/2) && i < 4 {
			t.Errorf("input %d: %+v", i, h)
		}
		if i > 0 && h.view < all[i-1].view {
			t.Errorf("input %d: the view went back: %+v", i, h)
		}
	}
}

func TestNothingIsHeldForWhoIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game, all := ledgerGame(lobby.InputRule{Hold: time.Second})
		d := open(t, lobby.Options{Games: []lobby.Game{game}, Grace: time.Minute})
		c := quick(t, d, "ann", "ledger")
		pass(10 * step)
		c.send(lobby.Sent{Seq: 1}, 7)
		pass(3 * step)
		c.member.Disconnect()
		pass(step)
		before := len(*all)
		pass(10 * step)
		if before < 3 || len(*all) != before {
			t.Errorf("%d inputs before the connection broke, %d after", before, len(*all)-before)
		}
	})
}

func TestNewestTakesOneInputPerTick(t *testing.T) {
	sum := func(dst, older, newer []byte) []byte { // small positive numbers
		return append(dst, older[0]+newer[0])
	}
	for name, tc := range map[string]struct {
		merge func(dst, older, newer []byte) []byte
		want  string
	}{
		"the newest alone":           {nil, "[4 5]"},
		"merged":                     {sum, "[10 5]"},
		"merged to what is no value": {func(dst, _, _ []byte) []byte { return append(dst, 0xdd, 0xff, 0xff, 0xff, 0xff) }, "[4 5]"},
		"merged to nothing":          {func(dst, _, _ []byte) []byte { return dst }, "[4 5]"},
	} {
		var c *client
		all, s := ledgerOf(t, lobby.InputRule{Newest: true, Merge: tc.merge}, func(ann *client) {
			c = ann
			for seq := range uint32(4) {
				c.send(lobby.Sent{Seq: seq + 1}, int(seq+1))
			}
			pass(step)
			if ack := c.acks[len(c.acks)-1]; ack != 4 {
				t.Errorf("%s: ack %d", name, ack)
			}
			c.send(lobby.Sent{Seq: 5}, 5)
		})
		if got := fmt.Sprint(values(all)); got != tc.want || s.MergedInputs != 3 {
			t.Errorf("%s: heard %s, %d merged", name, got, s.MergedInputs)
		}
	}
}

func TestInputsWaitForTheirTick(t *testing.T) {
	var now uint32
	all, s := ledgerOf(t, lobby.InputRule{}, func(c *client) {
		now = c.tickNow()
		c.send(lobby.Sent{Seq: 1, For: now + 4}, 1)
		c.send(lobby.Sent{Seq: 2, For: now + 4}, 2)
		c.send(lobby.Sent{Seq: 3, For: now + 1}, 3) // after one that is to wait, late
		c.send(lobby.Sent{Seq: 4, For: now + 1000}, 4)
		pass(step)
		c.send(lobby.Sent{Seq: 5}, 5) // after one that waits
	})
	var at []uint32
	for _, h := range all {
		at = append(at, h.tick-now)
	}
	if !slices.Equal(at, []uint32{4, 4, 4, 6, 6}) || fmt.Sprint(values(all)) != "[1 2 3 4 5]" {
		t.Errorf("heard %v in ticks +%v", values(all), at)
	}
	if s.EarlyInputs != 1 || s.LateInputs != 1 {
		t.Errorf("%d early, %d late", s.EarlyInputs, s.LateInputs)
	}
}

func TestLateInputsByRule(t *testing.T) {
	for _, drop := range []bool{false, true} {
		all, s := ledgerOf(t, lobby.InputRule{DropLate: drop}, func(c *client) {
			now := c.tickNow()
			c.send(lobby.Sent{Seq: 1, For: now - 3}, 1)
			c.send(lobby.Sent{Seq: 2, For: now}, 2)
			c.send(lobby.Sent{Seq: 3, For: now + 1}, 3)
			pass(step)
			c.send(lobby.Sent{Seq: 4, For: now}, 4)
			pass(step)
			if ack := c.acks[len(c.acks)-1]; ack != 4 {
				t.Errorf("drop %v: ack %d", drop, ack)
			}
		})
		want := "[1 2 3 4]"
		if drop {
			want = "[3]"
		}
		if got := fmt.Sprint(values(all)); got != want || s.LateInputs != 3 {
			t.Errorf("drop %v: heard %s, %d late", drop, got, s.LateInputs)
		}
	}
}

// TestFloodIsDroppedLongBeforeItEndsAPlayer: a burst after a stall, or a client
// that sends three times too much, loses inputs; only one far beyond is removed.
func TestFloodIsDroppedLongBeforeItEndsAPlayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game, _ := ledgerGame(lobby.InputRule{})
		game.InputsPerTick = 4
		d := open(t, lobby.Options{Games: []lobby.Game{game}, MaxSurplus: 500})
		ann, eve := quick(t, d, "ann", "ledger"), quick(t, d, "eve", "ledger")
		pass(5 * step)
		seq := uint32(0)
		rain := func(c *client, n int) {
			for range n {
				seq++
				c.send(lobby.Sent{Seq: seq}, 1)
			}
		}
		for range 400 { // 20 s
			rain(ann, 6) // 2 of them too many: 400 in 10 s
			rain(eve, 8) // 4: 800 in 10 s
			pass(step)
		}
		if s := d.Stats(); s.Flooders != 1 || s.SurplusInputs < 1000 {
			t.Errorf("%d removed, %d inputs dropped", s.Flooders, s.SurplusInputs)
		}
		if ann.member.Gone() || !eve.member.Gone() {
			t.Errorf("ann gone: %v, eve gone: %v", ann.member.Gone(), eve.member.Gone())
		}
		if why := got[lobby.Closed](eve); len(why) != 1 || why[0].Code != lobby.RateLimited {
			t.Errorf("eve was told %+v", why)
		}
	})
}

// TestViewsAreBounded: a client may claim to have seen anything.
func TestViewsAreBounded(t *testing.T) {
	var now uint32
	all, _ := ledgerOf(t, lobby.InputRule{}, func(c *client) {
		now = c.tickNow()
		n := float64(now)
		for i, view := range []float64{n - 2.5, 0, n + 9, n - 4, n - 1} {
			c.send(lobby.Sent{Seq: uint32(i + 1), View: view}, 0)
			pass(step)
		}
		for i := range uint32(3) { // not a word of it
			c.send(lobby.Sent{Seq: 10 + i, Acked: now}, 0)
			pass(2 * step)
		}
	})
	var views []float64
	for _, h := range all {
		views = append(views, h.view-float64(now))
	}
	// 2.5 ago; untold: the last acknowledged; a future one: the last sent; one
	// that goes back: as before; the same; untold with an old acknowledgement:
	// as before until that is older than 250 ms.
	if want := []float64{-2.5, 1, 2, 2, 2, 2, 2, 4}; !slices.Equal(views, want) {
		t.Errorf("views %v, want %v", views, want)
	}
}
