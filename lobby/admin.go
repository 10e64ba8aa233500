package lobby

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// What the operator and the studio's own code do to lobbies, in nobody's name.
// These methods block until the lobby's goroutine has answered, or ctx ends; then
// what was asked for may still happen. They must not be called by a callback of
// this package.

// LobbyInfo is all that is known of a lobby.
type LobbyInfo struct {
	View       View         `json:"lobby"` // Players is empty: see Players
	Players    []PlayerInfo `json:"players"`
	Spectators []PlayerInfo `json:"spectators"`
	Bans       []Ban        `json:"bans"`
	Opened     time.Time    `json:"opened"`
	Match      *MatchInfo   `json:"match,omitempty"` // that is running
}

// PlayerInfo is a member as the operator sees it.
type PlayerInfo struct {
	PlayerView
	Account   string `json:"account,omitempty"`
	Address   string `json:"address,omitempty"`
	Moderator bool   `json:"moderator,omitempty"`
	Muted     bool   `json:"muted,omitempty"`
	Backlog   int    `json:"backlog"` // bytes that wait to be sent
}

// MatchInfo is a running match.
type MatchInfo struct {
	ID     string    `json:"id"`
	Seed   uint64    `json:"seed"`
	Tick   uint32    `json:"tick"`
	Began  time.Time `json:"began"`
	Paused bool      `json:"paused,omitempty"` // nobody is connected
	Stats  Stats     `json:"stats"`
}

// Inspect tells all that is known of a lobby.
func (d *Directory) Inspect(ctx context.Context, id string) (LobbyInfo, error) {
	var info LobbyInfo // no named result: a return would write it, too
	err := d.within(ctx, id, func(l *lobby) error { info = l.inspect(); return nil })
	if err != nil {
		return LobbyInfo{}, err // the lobby may still be writing the other
	}
	return info, nil
}

// CloseLobby ends a lobby: a running match with its last state and the reason
// EndClosed, then everybody is told CLOSED with the reason as the message.
func (d *Directory) CloseLobby(ctx context.Context, id, reason string) error {
	reason = limit(strings.TrimSpace(printable(reason)), maxAnnounce)
	if reason == "" {
		reason = "the lobby was closed"
	}
	return d.within(ctx, id, func(l *lobby) error { l.shut(&Error{Code: LobbyClosed, Message: reason}); return nil })
}

// Kick removes somebody from a lobby, bots included.
func (d *Directory) Kick(ctx context.Context, id, player string) error {
	return d.withMember(ctx, id, player, func(l *lobby, m *Member) error { l.kick(m, byServer); return nil })
}

// Ban removes somebody from a lobby and keeps the person out for 1 s to 7 days,
// as Member.Ban does.
func (d *Directory) Ban(ctx context.Context, id, player string, keep time.Duration) error {
	return d.withMember(ctx, id, player, func(l *lobby, m *Member) error { return l.ban(m, byServer, keep) })
}

// Unban lets in again who was banned as that player.
func (d *Directory) Unban(ctx context.Context, id, player string) error {
	return d.within(ctx, id, func(l *lobby) error { return l.liftBan(byServer, player) })
}

// Mute keeps somebody from chatting, as Member.Mute does; 0 lifts it.
func (d *Directory) Mute(ctx context.Context, id, player string, keep time.Duration) error {
	return d.withMember(ctx, id, player, func(l *lobby, m *Member) error { return l.mute(m, byServer, keep) })
}

// Lead makes a player the leader of a lobby, whatever the game's policy is.
func (d *Directory) Lead(ctx context.Context, id, player string) error {
	return d.within(ctx, id, func(l *lobby) error { return l.appoint(player) })
}

const maxAnnounce = 500 // characters

// Announce says something to everybody in a lobby, or in all of them if id is
// "", and returns how many lobbies it went to. It does not wait.
func (d *Directory) Announce(id, text string) (lobbies int, err error) {
	text = strings.TrimSpace(printable(text))
	if n := utf8.RuneCountInString(text); n == 0 || n > maxAnnounce {
		return 0, refuse(BadRequest, "an announcement has 1 to %d characters", maxAnnounce)
	}
	do := func(l *lobby) {
		l.note(LogAnnounced, nil, byServer, text)
		l.tell(EventAnnounce, Announcement{Text: text})
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for each, l := range d.lobbies {
		if id == "" || id == each {
			if l.inbox.force(command{do: do, fail: func(error) {}}) == nil {
				lobbies++
			}
		}
	}
	if id != "" && lobbies == 0 {
		return 0, refuse(NotFound, "no lobby %q", limit(id, 32))
	}
	return lobbies, nil
}

// Overview lists all lobbies, also those that players do not see, the oldest
// first: up to n of them from the one at offset on. total is their number.
func (d *Directory) Overview(offset, n int) (list []Summary, total int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n = min(max(n, 0), maxList)
	for e, i := d.byAge.Front(), 0; e != nil && len(list) < n; e, i = e.Next(), i+1 {
		if i >= offset {
			list = append(list, e.Value.(*lobby).listing.known())
		}
	}
	return list, len(d.lobbies)
}

// within has the goroutine of a lobby do something and waits for it.
func (d *Directory) within(ctx context.Context, id string, do func(*lobby) error) error {
	d.mu.Lock()
	l := d.lobbies[id]
	d.mu.Unlock()
	if l == nil {
		return refuse(NotFound, "no lobby %q", limit(id, 32))
	}
	answer := make(chan error, 1)
	err := l.inbox.push(command{
		do:   func(l *lobby) { answer <- do(l) },
		fail: func(err error) { answer <- err },
	})
	if err != nil {
		return err
	}
	select {
	case err = <-answer:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// withMember is within for what concerns somebody in the lobby.
func (d *Directory) withMember(ctx context.Context, id, player string, do func(*lobby, *Member) error) error {
	return d.within(ctx, id, func(l *lobby) error {
		m, err := l.findAnybody(player)
		if err != nil {
			return err
		}
		return do(l, m)
	})
}

// shut closes the lobby; a running match first ends with its last state.
func (l *lobby) shut(why *Error) {
	l.draining, l.closing = true, why
	if l.run != nil {
		l.run.stop(EndClosed)
		l.dir.publish(l)
		return
	}
	l.close(why)
}

func (l *lobby) inspect() LobbyInfo {
	info := LobbyInfo{View: l.view(), Opened: l.opened, Bans: l.listBans(), Players: []PlayerInfo{}, Spectators: []PlayerInfo{}}
	info.View.Players = nil
	for m := range l.everybody() {
		p := PlayerInfo{
			PlayerView: m.view(), Account: m.player.account, Address: m.player.address,
			Moderator: m.moderator, Muted: m.mutedFor(l.turnBegan) > 0,
		}
		if m.conn != nil {
			p.Backlog = m.conn.Backlog()
		}
		if m.watches() {
			info.Spectators = append(info.Spectators, p)
		} else {
			info.Players = append(info.Players, p)
		}
	}
	if r := l.run; r != nil {
		info.Match = &MatchInfo{
			ID: r.id, Seed: r.seed, Tick: r.world.Tick(), Began: r.began, Paused: l.paused, Stats: r.total.read(),
		}
	}
	return info
}
