package duel_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"tickwire/codec/state"
	"tickwire/games/duel"
	"tickwire/lobby"
)

const step = time.Second / 60

// client is a player's connection: it keeps a replica up to date.
type client struct {
	t      *testing.T
	member *lobby.Member
	seat   int
	brain  func(*lobby.BotView) any

	mu      sync.Mutex // guards the following
	replica *state.Replica
	random  *rand.Rand
	seq     uint32
	rounds  int
	results []lobby.MatchEnd
	playing bool
}

func (c *client) Event(ev *lobby.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch ev.Name {
	case lobby.EventMatchStart:
		start := ev.Args[0].(lobby.MatchStart)
		replica, err := state.NewReplica(start.Schema)
		if err != nil {
			c.t.Error(err)
		}
		c.replica, c.seq, c.playing = replica, 0, true
	case lobby.EventMatch:
		if ev.Args[0] == "round" {
			c.rounds++
		}
	case lobby.EventMatchEnd:
		c.results, c.playing = append(c.results, ev.Args[0].(lobby.MatchEnd)), false
	}
	return nil
}

func (c *client) State(f *lobby.Frame, _ uint32) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.replica.Apply(f.Bytes); err != nil {
		c.t.Errorf("tick %d: %v", c.replica.Tick(), err)
	}
	return nil
}

func (c *client) Flush() error { return nil }
func (c *client) Backlog() int { return 0 }

// think sends what the client's brain wants.
func (c *client) think() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.playing || !c.replica.Synced() {
		return
	}
	tick := c.replica.Tick()
	payload, err := msgpack.Marshal(c.brain(&lobby.BotView{Seat: c.seat, Replica: c.replica, Rand: c.random, Tick: tick}))
	if err != nil {
		c.t.Error(err)
	}
	c.seq++
	if err := c.member.Input(c.seq, tick, payload); err != nil {
		c.t.Error(err)
	}
}

func (c *client) ready() {
	c.member.Ready(true, func(err error) {
		if err != nil {
			c.t.Error(err)
		}
	})
	synctest.Wait()
}

func (c *client) ends() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.results)
}

func idle(*lobby.BotView) any { return []int{0, 0, 0, 0} }

// pair opens a lobby with two clients.
func pair(t *testing.T, seed uint64, brains ...func(*lobby.BotView) any) (dir *lobby.Directory, clients [2]*client) {
	dir, err := lobby.New(lobby.Options{Games: []lobby.Game{duel.Game()}, Seed: func() uint64 { return seed }})
	if err != nil {
		t.Fatal(err)
	}
	for i := range clients {
		c := &client{t: t, brain: brains[i], random: rand.New(rand.NewPCG(seed, uint64(i)))}
		clients[i] = c
		dir.Quick(lobby.QuickRequest{Joiner: lobby.Joiner{Conn: c, Name: "ann"}, Game: "duel"}, func(j lobby.Joined, err error) {
			if err != nil {
				t.Error(err)
			}
			c.member, c.seat = j.Member, j.You.Seat
		})
		synctest.Wait()
	}
	time.Sleep(step / 3) // inputs arrive between ticks
	return dir, clients
}

// play lets both think until one of them heard of so many ends.
func play(t *testing.T, clients [2]*client, ends int) {
	for range 5 * 60 * 60 {
		synctest.Wait()
		if clients[0].ends() >= ends {
			return
		}
		for _, c := range clients {
			c.think()
		}
		time.Sleep(step)
	}
	t.Fatal("the match does not end in five minutes")
}

func leave(clients [2]*client) {
	for _, c := range clients {
		c.member.Leave(nil)
	}
	synctest.Wait()
}

// TestItsOwnLogReplays: a match of bots ends with a winner, and its log gives
// the same states when it is run again.
func TestItsOwnLogReplays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		brain := duel.Game().Bot
		dir, clients := pair(t, 5, brain, brain)
		clients[0].ready()
		clients[1].ready()
		play(t, clients, 1)
		synctest.Wait()
		end := clients[0].results[0]
		result := end.Result.(duel.Result)
		if end.Reason != lobby.EndFinished || result.Left || max(result.Wins[0], result.Wins[1]) != 2 {
			t.Errorf("%+v: bots are to fight it out", end)
		}
		if clients[1].rounds < 2 {
			t.Errorf("%d rounds were told", clients[1].rounds)
		}
		log, err := dir.OpenReplay(end.Replay)
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		report, err := lobby.Rerun(t.Context(), duel.Game(), log, nil)
		if err != nil {
			t.Fatal(err)
		}
		if report.Divergence != nil || report.Reason != lobby.EndFinished || report.Ticks != clients[0].replica.Tick() {
			t.Errorf("%d ticks of %d, %q, %v", report.Ticks, clients[0].replica.Tick(), report.Reason, report.Divergence)
		}
		t.Logf("%d ticks, %d inputs, %+v", report.Ticks, report.Inputs, result)
		leave(clients)
	})
}

func TestRematchKeepsThePeopleTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		brain := duel.Game().Bot
		_, clients := pair(t, 1, brain, idle)
		for n := range 2 {
			clients[n].ready() // whoever it is that asks for the next one
			clients[1-n].ready()
			play(t, clients, n+1)
		}
		for i, end := range clients[1].results {
			if want := (duel.Result{Winner: 0, Wins: [2]uint8{2, 0}}); end.Result != want {
				t.Errorf("match %d: %+v, want %+v", i+1, end.Result, want)
			}
		}
		leave(clients)
	})
}

func TestWhoLeavesLoses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, clients := pair(t, 1, idle, idle)
		clients[0].ready()
		clients[1].ready()
		time.Sleep(6 * time.Second)
		synctest.Wait()
		clients[0].member.Leave(nil)
		time.Sleep(2 * step)
		synctest.Wait()
		if end := clients[1].results; len(end) != 1 || end[0].Result != (duel.Result{Winner: 1, Left: true}) {
			t.Errorf("%+v", end)
		}
		clients[1].member.Leave(nil)
		synctest.Wait()
	})
}

func TestWrongInputMovesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wrong := []any{"left", 7, []float64{0.5, 1, 0, 0}, []string{"a", "b", "c", "d"}, map[string]int{"x": 127}}
		_, clients := pair(t, 1, func(v *lobby.BotView) any { return wrong[int(v.Tick)%len(wrong)] }, idle)
		clients[0].ready()
		clients[1].ready()
		for range 8 * 60 {
			synctest.Wait()
			clients[0].think()
			clients[1].think()
			time.Sleep(step)
		}
		synctest.Wait()
		players, err := state.Bind[duel.Duelist](clients[0].replica, "Duelist")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range players.All() {
			if d.Seat == 0 && (d.X != 110 || d.Y != 360 || d.Angle != 0) {
				t.Errorf("a wrong input moved it to %v, %v", d.X, d.Y)
			}
		}
		leave(clients)
	})
}
