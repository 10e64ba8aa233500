package tickwire

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"tickwire/clients/go"
	"tickwire/lobby"
)

// sparring is how many bots wait for somebody in each game that has a ready
// check, unless there are fewer bots altogether.
const sparring = 2

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

// startBots starts the bots of Options in the first drop-in game, and a few
// sparring partners in each game that has a ready check; each ends with ctx.
func (s *Server) startBots(ctx context.Context, wg *sync.WaitGroup, url string) {
	crowd := slices.IndexFunc(s.opt.Games, func(g lobby.Game) bool { return g.DropIn && g.Bot != nil })
	for i := range s.opt.Games {
		g, n := &s.opt.Games[i], 0
		switch {
		case i == crowd:
			n = s.opt.Bots
		case g.Bot != nil && !g.DropIn:
			n = min(s.opt.Bots, sparring)
		}
		for i := range n {
			b := &bot{server: s, game: g, url: url, name: botNames[i%len(botNames)]}
			wg.Go(func() { b.run(ctx) })
		}
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
		TLS:  b.server.encryption.own(),
		Auth: map[string]any{"bot": b.server.botToken},
	})
	game := client.NewGame(conn)
	mind := &mind{game: game, think: b.game.Bot, hz: cmp.Or(b.game.BotHz, lobby.DefaultBotHz), view: lobby.BotView{Rand: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))}}
	game.OnStart = mind.start
	game.OnFrame = mind.frame
	game.OnClosed = func(client.Closed) { conn.Close() }
	game.OnLobby = b.afterCompany(conn)
	if err := conn.Connect(ctx); err != nil {
		return err
	}
	defer func() { <-conn.Done() }()
	defer conn.Close()
	enter, request := game.Quick, client.Request{Game: b.game.Name, Player: b.name}
	if !b.game.DropIn { // who opened a lobby waits for a friend in it: a bot opens its own
		enter, request.Name = game.Create, "Spar with "+b.name
	}
	if _, err := enter(ctx, request); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-conn.Done():
	}
	return conn.Err()
}

// afterCompany ends the connection of a sparring partner when everyone else has
// left: the next one shall find a lobby that nobody has locked or renamed.
func (b *bot) afterCompany(conn *client.Conn) func(*client.Lobby) {
	company := false
	return func(l *client.Lobby) {
		if !b.game.DropIn && company && len(l.Players) == 1 {
			conn.Close()
		}
		company = company || len(l.Players) > 1
	}
}

// mind calls the game's bot function. It runs on the connection's reader.
type mind struct {
	game  *client.Game
	think func(*lobby.BotView) any
	hz    int // thoughts per second
	view  lobby.BotView
	every uint32 // ticks between two of them
}

func (m *mind) start(s *client.Start) {
	m.every = max(1, uint32(s.Hz/m.hz))
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
