package party

import (
	"slices"
	"time"

	"tickwire/lobby"
)

// Companion is another member of the party, for whom a seat is needed.
type Companion struct {
	ID      string
	Account string // "" is a guest
	Rated   string // as the Joiner's
}

// pending is what a member should know who comes back in time.
type pending struct {
	event *lobby.Event
	until time.Time
}

// Companions returns the others, who move when m does. Leader only.
func (m *Member) Companions() ([]Companion, error) {
	all, err := m.Everybody()
	return slices.DeleteFunc(all, func(c Companion) bool { return c.ID == m.id }), err
}

// Everybody returns all members, m too. Leader only.
func (m *Member) Everybody() ([]Companion, error) {
	m.book.mu.Lock()
	defer m.book.mu.Unlock()
	switch {
	case m.gone:
		return nil, errNotIn
	case m.party.leader != m:
		return nil, refuse(lobby.NotLeader, "only the party's leader moves it")
	}
	all := make([]Companion, 0, len(m.party.members))
	for _, o := range m.party.members {
		all = append(all, Companion{ID: o.id, Account: o.account, Rated: o.rated})
	}
	return all, nil
}

// Follow tells companions of seats that are reserved for them, in the order of
// companions. It returns the tickets of those that have left the party since.
func (m *Member) Follow(game string, companions []Companion, r lobby.Reservation) (unused []string) {
	b := m.book
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, c := range companions {
		o := m.party.find(c.ID)
		if o == nil {
			unused = append(unused, r.Tickets[i])
			continue
		}
		ev := &lobby.Event{Name: EventFollow, Args: []any{Follow{
			Party: m.party.id, Game: game, Lobby: r.Lobby, Code: r.Code, Ticket: r.Tickets[i],
			ExpiresMs: time.Until(r.Expires).Milliseconds(),
		}}}
		b.sendLocked(o, ev, r.Expires)
	}
	return unused
}

// Tell sends a member of a party an event. Until then it is sent again, should
// the member come back on another connection; zero = it is not.
func (b *Book) Tell(party, member string, ev *lobby.Event, until time.Time) {
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.parties[party]; p != nil {
		if m := p.find(member); m != nil {
			b.sendLocked(m, ev, until)
		}
	}
}

func (b *Book) sendLocked(m *Member, ev *lobby.Event, until time.Time) {
	if !until.IsZero() {
		m.pending = pending{ev, until}
	}
	if m.push != nil {
		b.outbox.waiting = append(b.outbox.waiting, push{to: m.push, event: ev})
	}
}

func (p *party) find(id string) *Member {
	for _, m := range p.members {
		if m.id == id {
			return m
		}
	}
	return nil
}
