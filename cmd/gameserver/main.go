// Command gameserver is the demo: a page, an arena and a duel with bots, a chat.
//
//	go run ./cmd/gameserver
//
// It is also what a studio's own binary looks like: its games, its page, and
// whatever else it wants to serve.
package main

import (
	"embed"
	"io/fs"
	"net/http"

	"tickwire"
	"tickwire/games/arena"
	"tickwire/games/chat"
	"tickwire/games/duel"
	"tickwire/lobby"
)

//go:embed web
var files embed.FS

func main() {
	page, err := fs.Sub(files, "web")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	tickwire.Main(tickwire.Options{
		Name:  "gameserver",
		Games: []lobby.Game{arena.Game(), duel.Game()},
		Page:  page,
		PageHeaders: map[string]string{
			"Content-Security-Policy": "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; " +
				"style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'",
		},
		Bots: 20, ServeReplays: true,
		Setup: func(s *tickwire.Server) {
			chat.Attach(s.IO())
			s.Handle("/chat/", http.StripPrefix("/chat", chat.Handler()))
		},
	})
}
