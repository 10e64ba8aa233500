package arena_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"tickwire/codec/state"
	"tickwire/games/arena"
	"tickwire/lobby"
)

const step = time.Second / 30

// client is a player's connection: it keeps a replica up to date.
type client struct {
	t      *testing.T
	member *lobby.Member
	seat   int

	mu      sync.Mutex // guards the following
	replica *state.Replica
	hashes  []uint32 // of the state, frame by frame
	kills   int
	walls   int // ship-ticks at a wall
	acked   uint32
}

func (c *client) Event(ev *lobby.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch ev.Name {
	case lobby.EventMatchStart:
		start := ev.Args[0].(lobby.MatchStart)
		var err error
		if c.replica, err = state.NewReplica(start.Schema); err != nil {
			c.t.Error(err)
		}
	case lobby.EventMatch:
		if ev.Args[0] == "kill" {
			c.kills++
		}
	}
	return nil
}

func (c *client) State(f *lobby.Frame, ack uint32) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.replica.Apply(f.Bytes); err != nil {
		c.t.Errorf("tick %d: %v", c.replica.Tick(), err)
	}
	c.acked = ack
	if c.seat == 0 {
		c.hashes = append(c.hashes, c.replica.CRC())
		for _, ship := range c.replica.Entities("Player") {
			if x, y := ship.Number(0), ship.Number(1); min(x, y) < 40 || max(x, y) > 1960 {
				c.walls++
			}
		}
	}
	return nil
}

func (c *client) Flush() error { return nil }
func (c *client) Backlog() int { return 0 }

// think sends what the game's bot wants.
func (c *client) think(game *lobby.Game, random *rand.Rand) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.replica == nil || !c.replica.Synced() {
		return
	}
	tick := c.replica.Tick()
	payload, err := msgpack.Marshal(game.Bot(&lobby.BotView{Seat: c.seat, Replica: c.replica, Rand: random, Tick: tick}))
	if err != nil {
		c.t.Error(err)
	}
	if err := c.member.Input(tick, tick, payload); err != nil {
		c.t.Error(err)
	}
}

// play runs a match of bots through the real lobby for n ticks.
func play(t *testing.T, seed uint64, players, n int) (first *client) {
	synctest.Test(t, func(t *testing.T) {
		game := arena.Game()
		dir, err := lobby.New(lobby.Options{Games: []lobby.Game{game}, Seed: func() uint64 { return seed }})
		if err != nil {
			t.Fatal(err)
		}
		clients := make([]*client, players)
		for i := range clients {
			c := &client{t: t}
			clients[i] = c
			dir.Quick(lobby.QuickRequest{Joiner: lobby.Joiner{Conn: c, Name: "pilot"}, Game: game.Name}, func(j lobby.Joined, err error) {
				if err != nil {
					t.Error(err)
				}
				c.member, c.seat = j.Member, j.You.Seat
			})
			synctest.Wait()
		}
		random := rand.New(rand.NewPCG(1, 2))
		time.Sleep(step / 2) // inputs arrive between ticks
		for range n {
			synctest.Wait()
			for _, c := range clients {
				c.think(&game, random)
			}
			time.Sleep(step)
		}
		synctest.Wait()
		for _, c := range clients {
			c.member.Leave(nil)
		}
		synctest.Wait()
		first = clients[0]
	})
	return first
}

func TestSameSeedAndInputsGiveTheSameMatch(t *testing.T) {
	const ticks = 300
	a, b := play(t, 7, 12, ticks), play(t, 7, 12, ticks)
	if len(a.hashes) < ticks-5 {
		t.Fatalf("%d frames in %d ticks", len(a.hashes), ticks)
	}
	if !slices.Equal(a.hashes, b.hashes) {
		t.Error("two matches of one seed differ")
	}
	if a.acked == 0 {
		t.Error("no input was acknowledged")
	}
	if c := play(t, 8, 12, ticks); slices.Equal(a.hashes, c.hashes) {
		t.Error("another seed gave the same match")
	}
}

func TestBotsFightAndStayOffTheWalls(t *testing.T) {
	const bots, ticks = 20, 40 * 30
	c := play(t, 3, bots, ticks)
	if c.kills < 20 {
		t.Errorf("%d bots made %d kills in 40 s: too dull to watch", bots, c.kills)
	}
	if share := float64(c.walls) / (bots * ticks); share > 0.05 {
		t.Errorf("bots spend %.0f %% of their time at the walls", 100*share)
	}
	t.Logf("%d kills, %d of %d ship-ticks at a wall", c.kills, c.walls, bots*ticks)
}

func TestWrongInputMovesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, err := lobby.New(lobby.Options{Games: []lobby.Game{arena.Game()}})
		if err != nil {
			t.Fatal(err)
		}
		c := &client{t: t}
		dir.Quick(lobby.QuickRequest{Joiner: lobby.Joiner{Conn: c}, Game: "arena"}, func(j lobby.Joined, _ error) { c.member = j.Member })
		time.Sleep(5*step + step/2)
		synctest.Wait()
		was := c.replica.CRC()
		for i, payload := range []any{"left", 7, []float64{0.5, 1, 0, 0}, []string{"a", "b", "c", "d"}, map[string]int{"x": 127}} {
			raw, err := msgpack.Marshal(payload)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.member.Input(uint32(i+1), c.replica.Tick(), raw); err != nil {
				t.Error(err)
			}
			time.Sleep(step)
			synctest.Wait()
		}
		if now := c.replica.CRC(); now != was {
			t.Error("a wrong input changed the state")
		}
		if c.acked == 0 {
			t.Error("wrong inputs must be acknowledged too, or clients wait for them")
		}
		c.member.Leave(nil)
		synctest.Wait()
	})
}
