// Package chat is the classic Socket.IO chat as a second sample: the events
// that everybody has seen in a tutorial, served by Tickwire, next to the games.
package chat

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"unicode/utf8"

	"tickwire/lobby/gateway"
	"tickwire/sio"
)

// Event is the one event of the chat. Its argument is a line of text.
const Event = "chat message"

// MaxText is the length of the longest line, in characters.
const MaxText = 500

// Attach repeats every line to everybody on the default namespace, except
// those who play: their connection is for the game. Anything but a line of
// text is dropped.
func Attach(io *sio.Server) {
	chat := io.Of("/")
	chat.On(Event, func(e *sio.Event) {
		var text string
		if e.Decode(&text) != nil || !utf8.ValidString(text) || strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > MaxText {
			return
		}
		_ = chat.Except(gateway.RoomPlayers).Emit(Event, text) // fails for reserved names only
	})
}

//go:embed page
var page embed.FS

// Handler serves the page. Mount it with http.StripPrefix where you like; the
// page finds the client at /socket.io/socket.io.js.
func Handler() http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	next := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// policy allows the page its inline script and style: it is one file, as in
// the tutorial.
const policy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; " +
	"connect-src 'self' ws: wss:; img-src data:; base-uri 'none'; frame-ancestors 'self'"
