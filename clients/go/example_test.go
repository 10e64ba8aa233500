package client_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tickwire"
	"tickwire/clients/go"
	"tickwire/codec/state"
	"tickwire/lobby"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A bot that says where its first unit is.
func Example() {
	server, stop := dots()
	defer stop()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	game := client.NewGame(client.New(client.Options{URL: server}))
	done := make(chan struct{})
	game.OnFrame = func(f *client.Frame) {
		if f.Ack == 0 {
			game.SendInput(map[string]any{"X": 70})
			return
		}
		for _, dot := range f.Replica.Entities("Dot") {
			fmt.Println("x =", dot.Number(0))
		}
		game.OnFrame = nil // handlers run one at a time: this one may go
		close(done)
	}
	if err := game.Conn().Connect(ctx); err != nil {
		log.Fatal(err)
	}
	seat, err := game.Quick(ctx, client.Request{Game: "dots", Player: "bot"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(seat.Lobby.Players[0].Name, "sits at", seat.You.Seat)
	<-done
	game.Conn().Close()
	<-game.Conn().Done()
	// Unordered output:
	// bot sits at 0
	// x = 70
}

// dot is the state, and dotRules the rules, of the smallest game.
type dot struct {
	X float32 `sync:"max=100,step=0.5"`
}

type dotRules struct {
	table *state.Table[dot]
	of    [8]state.ID
}

func (d *dotRules) Join(p *lobby.Player)                  { d.of[p.Seat()] = d.table.Spawn(dot{50}) }
func (d *dotRules) Leave(p *lobby.Player)                 { d.table.Despawn(d.of[p.Seat()]) }
func (d *dotRules) Input(p *lobby.Player, in lobby.Input) { in.Decode(d.table.Edit(d.of[p.Seat()])) }
func (d *dotRules) Step(uint32)                           {}

func dots() (url string, stop func()) {
	s, err := tickwire.New(tickwire.Options{Games: []lobby.Game{{
		Name: "dots", DropIn: true,
		New: func(m *lobby.Match) lobby.Rules { return &dotRules{table: state.Register[dot](m.World(), "Dot")} },
	}}})
	if err != nil {
		log.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	return web.URL, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		s.Lobbies().Drain(ctx)
		s.IO().Close(ctx)
		web.Close()
	}
}
