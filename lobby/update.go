package lobby

import (
	"maps"
	"slices"
	"time"
)

// view returns the lobby as its members see it now.
func (l *lobby) view() View {
	v := View{
		ID: l.id, Code: l.code, Game: l.game.Name, Name: l.name, Phase: l.phase, Visibility: l.visibility,
		Min: l.game.MinPlayers, Max: l.max, Meta: l.meta, Rev: l.shown.Rev,
		Teams: l.game.Teams, Spectators: len(l.watchers), Reserved: int(l.held.Load()), Password: l.password != nil, Locked: l.locked,
		Players: make([]PlayerView, 0, len(l.members)),
	}
	if l.leader != nil {
		v.Leader = l.leader.player.id
	}
	if l.phase == Countdown {
		v.CountdownMs = max(0, l.due.begin.Sub(l.turnBegan).Milliseconds())
	}
	for _, m := range l.members {
		v.Players = append(v.Players, m.view())
	}
	return v
}

func (m *Member) view() PlayerView {
	p := m.player
	return PlayerView{ID: p.id, Seat: p.seat, Team: p.team, Name: p.name, Ready: m.ready, Bot: p.bot, Away: p.away}
}

// summary returns the lobby as a list shows it.
func (l *lobby) summary() Summary {
	return Summary{
		ID: l.id, Code: l.code, Game: l.game.Name, Name: l.name, Phase: l.phase,
		Players: len(l.members), Reserved: int(l.held.Load()), Max: l.max, Visibility: l.visibility, Meta: l.meta,
		Password: l.password != nil, Locked: l.locked,
	}
}

// update tells the members, and the directory, what has changed.
func (l *lobby) update(now time.Time) {
	l.changed = false
	l.due.update = now.Add(updateEvery)
	view := l.view()
	if u, any := difference(&l.shown, &view); any {
		view.Rev++
		u.Rev = view.Rev
		l.tell(EventUpdate, u)
	}
	l.shown = view
	l.dir.publish(l)
}

// difference returns what takes a client from one view to another, and whether
// that is anything.
func difference(from, to *View) (u Update, any bool) {
	if from.Phase != to.Phase {
		u.Phase, any = &to.Phase, true
		if from.Phase == Countdown || to.Phase == Countdown {
			u.CountdownMs = &to.CountdownMs
		}
	}
	if from.Leader != to.Leader {
		u.Leader, any = &to.Leader, true
	}
	if from.Name != to.Name {
		u.Name, any = &to.Name, true
	}
	if from.Code != to.Code {
		u.Code, any = &to.Code, true
	}
	if from.Password != to.Password {
		u.Password, any = &to.Password, true
	}
	if from.Visibility != to.Visibility {
		u.Visibility, any = &to.Visibility, true
	}
	if from.Max != to.Max {
		u.Max, any = &to.Max, true
	}
	if from.Spectators != to.Spectators {
		u.Spectators, any = &to.Spectators, true
	}
	if from.Reserved != to.Reserved {
		u.Reserved, any = &to.Reserved, true
	}
	if from.Locked != to.Locked {
		u.Locked, any = &to.Locked, true
	}
	if !slices.Equal(from.Players, to.Players) {
		u.Players, any = &to.Players, true
	}
	if !maps.Equal(from.Meta, to.Meta) {
		u.Meta, any = &to.Meta, true
	}
	return u, any
}
