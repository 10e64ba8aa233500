package party

import (
	"time"

	"tickwire/lobby"
)

// Companion is another member of the party, for whom a seat is needed.
type Companion struct {
	ID      string
	Account string // "" is a guest
}

// follow is where a member's seat is.
type follow struct {
	Follow
	until time.Time
}

func (f *follow) view() Follow {
	v := f.Follow
	v.ExpiresMs = max(0, time.Until(f.until).Milliseconds())
	return v
}

// Companions returns the others, who move when m does. Leader only.
func (m *Member) Companions() ([]Companion, error) {
	m.book.mu.Lock()
	defer m.book.mu.Unlock()
	switch {
	case m.gone:
		return nil, errNotIn
	case m.party.leader != m:
		return nil, refuse(lobby.NotLeader, "only the party's leader moves it")
	}
	all := make([]Companion, 0, len(m.party.members)-1)
	for _, o := range m.party.members {
		if o != m {
			all = append(all, Companion{ID: o.id, Account: o.account})
		}
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
		o.follow = &follow{until: r.Expires, Follow: Follow{
			Party: m.party.id, Game: game, Lobby: r.Lobby, Code: r.Code, Ticket: r.Tickets[i],
		}}
		b.tellLocked(o, EventFollow, o.follow.view())
	}
	return unused
}

func (p *party) find(id string) *Member {
	for _, m := range p.members {
		if m.id == id {
			return m
		}
	}
	return nil
}
