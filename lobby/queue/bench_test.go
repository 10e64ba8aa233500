package queue_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
	"tickwire/lobby/queue"
	"tickwire/lobby/rating"
)

// BenchmarkPass is a pass over 10,000 tickets that find no match, the dearest
// there is: what the service's goroutine does once a second, with the statuses
// that it tells meanwhile.
func BenchmarkPass(b *testing.B) {
	game := teams
	game.Queue = &matchmaker.Rules{
		Teams: 2, TeamSize: 2, Skill: matchmaker.Window{Start: 1e-9}, Regions: []string{"eu", "us", "asia"},
	}
	d, err := lobby.New(lobby.Options{Games: []lobby.Game{game}})
	if err != nil {
		b.Fatal(err)
	}
	const tickets = 10_000
	ratings := queue.NewMemory(tickets)
	s, err := queue.New(queue.Options{Lobbies: d, Every: time.Millisecond, Ratings: ratings})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	r := rand.New(rand.NewPCG(1, 2))
	for i := range tickets {
		name := fmt.Sprint(i)
		ratings.Put("teams", name, rating.Rating{Mean: 1500 + 300*r.NormFloat64(), Deviation: 100})
		s.Join(queue.Request{
			ID: name, Game: "teams", Players: []queue.Player{{Rated: name, Push: func(*lobby.Event) {}}},
			Latency: map[string]float64{"eu": 200 * r.Float64(), "us": 200 * r.Float64(), "asia": 200 * r.Float64()},
		}, func(_ queue.Status, err error) {
			if err != nil {
				b.Error(err)
			}
		})
	}
	go func() {
		defer close(over)
		s.Run(ctx)
	}()
	defer func() { cancel(); <-over }()
	for s.Stats()[0].Passes == 0 { // all are in
		time.Sleep(time.Millisecond)
	}
	before := s.Stats()[0]
	for b.Loop() {
		for was := s.Stats()[0].Passes; s.Stats()[0].Passes == was; {
			time.Sleep(100 * time.Microsecond)
		}
	}
	after := s.Stats()[0]
	b.ReportMetric(float64(after.PassTime-before.PassTime)/float64(after.Passes-before.Passes)/1e6, "ms/pass")
}
