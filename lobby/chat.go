package lobby

import (
	"fmt"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/time/rate"
)

const maxChat = 200 // characters

// ChatLine is a line of chat that Options.Moderate looks at.
type ChatLine struct {
	Lobby, Game   string
	Player        string // id
	Account, Name string
	Spectator     bool
	Text          string // up to 200 characters, without control characters
}

// manners is what a player may do so often. It stays with the player over
// connections.
type manners struct {
	chats, resyncs *rate.Limiter
	muted          atomic.Int64 // until when, see Member.muteUntil; 0 = not
}

func newManners(chatEvery time.Duration) *manners {
	return &manners{chats: rate.NewLimiter(rate.Every(chatEvery), 5), resyncs: rate.NewLimiter(2, 4)}
}

// speak decides what becomes of a line, on the goroutine that hands it in: so
// whatever the studio's moderation takes, it delays its speaker alone.
func (m *Member) speak(text string) (string, error) {
	text = strings.TrimSpace(printable(text))
	now := time.Now()
	muted := m.mutedFor(now)
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", refuse(BadRequest, "the text is empty")
	case n > maxChat:
		return "", refuse(BadRequest, "the text has %d characters, %d are allowed", n, maxChat)
	case muted > 0:
		return "", refuse(Muted, "you are muted for %d more seconds", secondsUntil(now.Add(muted), now))
	case !m.manners.chats.AllowN(now, 1):
		return "", refuse(RateLimited, "one line in %v, please", m.lobby.dir.opt.ChatEvery)
	}
	return m.moderate(text)
}

// moderate asks the studio. When its code panics nothing is said.
func (m *Member) moderate(text string) (said string, err error) {
	hook := m.lobby.dir.opt.Moderate
	if hook == nil {
		return text, nil
	}
	defer func() {
		if v := recover(); v != nil {
			m.lobby.log.Error().Str("reason", fmt.Sprint(v)).Bytes("stack", debug.Stack()).Msg("Options.Moderate panicked; the line is dropped")
			said, err = "", refuse(Internal, "the line could not be checked")
		}
	}()
	p := m.player
	said, ok := hook(ChatLine{
		Lobby: m.lobby.id, Game: m.lobby.game.Name, Player: p.id, Account: p.account, Name: p.name,
		Spectator: m.Watches(), Text: text,
	})
	said = limit(strings.TrimSpace(printable(said)), maxChat)
	if !ok || said == "" {
		return "", refuse(NotAllowed, "that cannot be said here")
	}
	return said, nil
}

// say tells everybody a line.
func (l *lobby) say(m *Member, text string) error {
	if m.mutedFor(l.turnBegan) > 0 { // since it was handed in
		return refuse(Muted, "you are muted")
	}
	l.tell(EventChat, Chat{From: m.player.id, Name: m.player.name, Text: text})
	return nil
}
