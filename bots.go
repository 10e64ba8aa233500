package tickwire

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"tickwire/clients/go"
	"tickwire/lobby"
)

// Bots think this often, per second, whatever the game's rate: about as often
// as a person changes her mind.
const botThinks = 10

// botPause is how long a bot waits until it tries again.
const botPause = time.Second

var botNames = []string{
	"Ada", "Bix", "Cleo", "Dax", "Echo", "Fern", "Gus", "Hopper", "Iris", "Juno", "Kite", "Lux",
	"Mika", "Nova", "Onyx", "Pip", "Quill", "Rune", "Sol", "Taro", "Uma", "Vex", "Wren", "Xan", "Yuki", "Zed",
}

// bot is a demo player. It plays over the network like everybody else, so that
// what a visitor sees is what the server does.
type bot struct {
	server *Server
	game   *lobby.Game
	url    string
	name   string
}

// startBots starts the bots of Options; each ends with ctx.
func (s *Server) startBots(ctx context.Context, wg *sync.WaitGroup, url string) {
	at := slices.IndexFunc(s.opt.Games, func(g lobby.Game) bool { return g.DropIn && g.Bot != nil })
	if at < 0 || s.opt.Bots <= 0 {
		return
	}
	for i := range s.opt.Bots {
		b := &bot{server: s, game: &s.opt.Games[at], url: url, name: botNames[i%len(botNames)]}
		wg.Go(func() { b.run(ctx) })
	}
}

// run plays until ctx ends, again and again.
func (b *bot) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := b.play(ctx); err != nil && ctx.Err() == nil {
			b.server.opt.Log.Debug().Err(err).Str("bot", b.name).Msg("bot stopped")
		}
		select {
		case <-ctx.Done():
		case <-time.After(botPause):
		}
	}
}

// play connects, joins and plays until the connection or ctx ends.
func (b *bot) play(ctx context.Context) error {
	conn := client.New(client.Options{
		URL:  b.url,
		Auth: map[string]any{"bot": b.server.botToken},
	})
	game := client.NewGame(conn)
	mind := &mind{game: game, think: b.game.Bot, view: lobby.BotView{Rand: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))}}
	game.OnStart = mind.start
	game.OnFrame = mind.frame
	game.OnClosed = func(client.Closed) { conn.Close() }
	if err := conn.Connect(ctx); err != nil {
		return err
	}
	defer func() { <-conn.Done() }()
	defer conn.Close()
	if _, err := game.Quick(ctx, client.Request{Game: b.game.Name, Player: b.name}); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-conn.Done():
	}
	return conn.Err()
}

// mind calls the game's bot function. It runs on the connection's reader.
type mind struct {
	game  *client.Game
	think func(*lobby.BotView) any
	view  lobby.BotView
	every uint32 // ticks between two thoughts
}

func (m *mind) start(s *client.Start) {
	m.every = max(1, uint32(s.Hz/botThinks))
	m.view.Seat = s.You.Seat
}

func (m *mind) frame(f *client.Frame) {
	if (f.Tick+uint32(m.view.Seat))%m.every != 0 { // not all bots in the same tick
		return
	}
	m.view.Tick, m.view.Replica = f.Tick, f.Replica
	if input := m.think(&m.view); input != nil {
		m.game.SendInput(input)
	}
}
