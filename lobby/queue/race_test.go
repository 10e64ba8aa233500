package queue_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"tickwire/lobby"
	"tickwire/lobby/queue"
)

// Hundreds come, leave, vanish, take their seats or do not: in the end nobody
// waits, no seat is stuck and no lobby is left.
func TestCrowd(t *testing.T) {
	game := duel
	game.Countdown = -1
	h := openWith(t, lobby.Options{Games: []lobby.Game{game, melee}}, queue.Options{Every: time.Millisecond, Hold: time.Second})
	var crowd sync.WaitGroup
	for i := range 200 {
		crowd.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for round := range 3 {
				h.visit(r, fmt.Sprint(i, " ", round), [...]string{"duel", "melee"}[r.IntN(2)])
			}
		})
	}
	crowd.Wait()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		waiting := 0
		for _, s := range h.queue.Stats() {
			waiting += s.Tickets
		}
		if waiting == 0 && h.lobbies.Lobbies() == 0 {
			break
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d tickets and %d lobbies are left", waiting, h.lobbies.Lobbies())
		}
	}
	if s := h.queue.Stats()[0]; s.Matches == 0 || s.Matched < 2*s.Matches {
		t.Errorf("stats %+v", s)
	}
}

// visit is somebody who comes to the queue once.
func (h *house) visit(r *rand.Rand, name, game string) {
	g := h.gamer(name)
	placed := make(chan lobby.Joined, 8)
	asked := 0 // for seats, without an answer yet
	defer func() {
		for range asked {
			if j := <-placed; j.Member != nil {
				j.Member.Leave(nil)
			}
		}
	}()
	matched := make(chan queue.Matched, 8)
	over := make(chan struct{}, 8)
	takes := r.IntN(3) > 0
	push := func(ev *lobby.Event) {
		switch v := ev.Args[0].(type) {
		case queue.Matched:
			matched <- v
		case queue.Closed:
			over <- struct{}{}
		}
	}
	answer := make(chan error, 1)
	h.queue.Join(queue.Request{ID: name, Owner: name, Game: game, Players: []queue.Player{{Push: push, Rated: name}}},
		func(_ queue.Status, err error) { answer <- err })
	if err := <-answer; err != nil {
		h.t.Errorf("%s: %v", name, err)
		return
	}
	timeout := time.NewTimer(time.Duration(r.IntN(100)) * time.Millisecond)
	defer timeout.Stop()
	for {
		select {
		case m := <-matched:
			if !takes {
				continue // a no-show, or gone before that is noticed
			}
			req := lobby.JoinRequest{Ticket: m.Ticket, Joiner: lobby.Joiner{Conn: g}}
			asked++
			h.lobbies.Join(req, func(j lobby.Joined, err error) { placed <- j })
		case j := <-placed:
			asked--
			if j.Member != nil {
				defer j.Member.Leave(nil)
			}
		case <-over:
			return
		case <-timeout.C:
			if r.IntN(2) == 0 {
				h.queue.Lost(name, name)
				return
			}
			h.queue.Leave(name, name, func(error) {}) // may have begun to play
			return
		}
	}
}
