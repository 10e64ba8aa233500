package arena_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"tickwire/codec/state"
	"tickwire/games/arena"
	"tickwire/lobby"
)

// TestAwayShipComesToRest: what a player did last before the connection broke
// does not go on while the seat is held.
func TestAwayShipComesToRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, err := lobby.New(lobby.Options{Games: []lobby.Game{arena.Game()}, Grace: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		ann, bob := &client{t: t}, &client{t: t, seat: 1}
		for _, c := range []*client{ann, bob} {
			dir.Quick(lobby.QuickRequest{Joiner: lobby.Joiner{Conn: c}, Game: "arena"}, func(j lobby.Joined, _ error) { c.member = j.Member })
			synctest.Wait()
		}
		raw, err := msgpack.Marshal([]int{127, 0, 0, 1})
		if err != nil {
			t.Fatal(err)
		}
		seen := func() (at arena.Player) {
			bob.mu.Lock()
			defer bob.mu.Unlock()
			for _, p := range bound[arena.Player](t, bob, "Player").All() {
				if p.Seat == 0 {
					at = p
				}
			}
			return at
		}
		pass := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); {
				time.Sleep(step)
				synctest.Wait()
				if bob.replica != nil {
					_ = bob.member.Input(0, bob.replica.Tick(), nil)
				}
			}
		}
		pass(time.Second)
		if err := ann.member.Input(1, 0, raw); err != nil {
			t.Fatal(err)
		}
		from := seen()
		pass(time.Second / 2)
		if p := seen(); p.X == from.X {
			t.Fatal("the ship does not fly")
		}
		ann.member.Disconnect()
		pass(2 * time.Second) // it slides to a halt, the shots end
		rest := seen()
		pass(time.Second)
		if p := seen(); p.X != rest.X || p.Y != rest.Y {
			t.Errorf("still flies: %v, %v after %v, %v", p.X, p.Y, rest.X, rest.Y)
		}
		for _, s := range bound[arena.Shot](t, bob, "Shot").All() {
			t.Errorf("still shoots: %+v", s)
		}
		bob.member.Leave(nil)
		ann.member.Leave(nil)
		synctest.Wait()
	})
}

func bound[T any](t *testing.T, c *client, name string) *state.Bound[T] {
	b, err := state.Bind[T](c.replica, name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
