package party

import (
	"slices"
	"time"

	"tickwire/lobby"
)

// Member is a connection's place in a party.
type Member struct {
	// Set before anybody sees it, read-only after.
	book    *Book
	party   *party
	id      string
	name    string
	account string
	rated   string
	token   string

	// Guarded by book.mu.
	push      func(*lobby.Event) // nil: away, or gone
	gone      bool
	awayUntil time.Time // zero: here
	pending   pending   // such as where the leader went last
}

// codeLength is that of an invitation's code: nobody guesses one of 6.5e11.
const codeLength = 8

var errNotIn = refuse(lobby.NotInParty, "you are in no party: create or join one first")

// ID returns the member's id, unique in this process.
func (m *Member) ID() string { return m.id }

// PartyID returns the id of the party.
func (m *Member) PartyID() string { return m.party.id }

// Gone tells whether the place is given up, or is another connection's.
func (m *Member) Gone() bool {
	m.book.mu.Lock()
	defer m.book.mu.Unlock()
	return m.gone
}

// Invite returns the code by which others join, a new one if there is none that
// is good. renew, for the leader alone, makes what was given out useless.
func (m *Member) Invite(renew bool) (Invitation, error) {
	b := m.book
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	p, now := m.party, time.Now()
	switch {
	case m.gone:
		return Invitation{}, errNotIn
	case renew && p.leader != m:
		return Invitation{}, refuse(lobby.NotLeader, "only the leader renews the invitation")
	}
	if renew || p.code == "" || !now.Before(p.until) {
		b.inviteLocked(p, now)
	}
	return Invitation{Code: p.code, ExpiresMs: p.until.Sub(now).Milliseconds()}, nil
}

func (b *Book) inviteLocked(p *party, now time.Time) {
	delete(b.codes, p.code)
	p.code = lobby.NewCode(codeLength)
	for b.codes[p.code] != nil {
		p.code = lobby.NewCode(codeLength)
	}
	b.codes[p.code] = p
	p.until = now.Add(b.opt.Invite)
}

// Leave gives up the place.
func (m *Member) Leave() error {
	b := m.book
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.gone {
		return errNotIn
	}
	b.removeLocked(m)
	return nil
}

// Kick puts a member out; what was given out as an invitation is useless then.
// Leader only.
func (m *Member) Kick(id string) error {
	b := m.book
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	other, err := m.leadsLocked(id, "removes members")
	switch {
	case err != nil:
		return err
	case other == m:
		return refuse(lobby.BadRequest, "leave instead of removing yourself")
	}
	delete(b.codes, m.party.code)
	m.party.code = ""
	b.tellLocked(other, EventClosed, Closed{Party: m.party.id, Code: lobby.Kicked, Message: "the leader removed you from the party"})
	b.removeLocked(other)
	return nil
}

// Lead makes another member the leader. Leader only.
func (m *Member) Lead(id string) error {
	b := m.book
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	other, err := m.leadsLocked(id, "says who leads")
	if err == nil && other != m {
		m.party.leader = other
		b.updateLocked(m.party)
	}
	return err
}

// leadsLocked returns the member of an id if m may decide about it.
func (m *Member) leadsLocked(id, does string) (*Member, error) {
	switch {
	case m.gone:
		return nil, errNotIn
	case m.party.leader != m:
		return nil, refuse(lobby.NotLeader, "only the party's leader "+does)
	}
	for _, other := range m.party.members {
		if other.id == id {
			return other, nil
		}
	}
	return nil, refuse(lobby.NotFound, "nobody in the party has this id")
}

// Disconnect tells that the connection is gone; the place is held for a while.
// Push is not called any more once it has returned, but for what is under way.
func (m *Member) Disconnect() {
	b := m.book
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case m.gone || !m.awayUntil.IsZero():
	case b.opt.Grace == 0:
		b.removeLocked(m)
	default:
		b.holdLocked(m)
		b.updateLocked(m.party)
	}
}

// removeLocked takes a member out and tells the others.
func (b *Book) removeLocked(m *Member) {
	p := m.party
	m.gone, m.push = true, nil
	if b.accounts[m.account] == m {
		delete(b.accounts, m.account)
	}
	p.members = slices.DeleteFunc(p.members, func(o *Member) bool { return o == m })
	if len(p.members) == 0 {
		delete(b.parties, p.id)
		delete(b.codes, p.code)
	} else if p.leader == m {
		p.leader = p.heirLocked()
	}
	b.changedLocked(p)
}

// heirLocked is who has been here longest, those who are away last.
func (p *party) heirLocked() *Member {
	for _, m := range p.members {
		if m.awayUntil.IsZero() {
			return m
		}
	}
	return p.members[0]
}

// succeedLocked puts the same person with another connection in m's place.
func (m *Member) succeedLocked(j *Joiner) *Member {
	p := m.party
	next := &Member{
		book: m.book, party: p, id: m.id, name: m.name, account: m.account, token: m.token,
		push: j.Push, rated: j.Rated, pending: m.pending,
	}
	p.members[slices.Index(p.members, m)] = next
	if p.leader == m {
		p.leader = next
	}
	if m.account != "" {
		m.book.accounts[m.account] = next
	}
	return next
}

func (m *Member) joinedLocked() Joined {
	return Joined{Member: m, Party: m.party.viewLocked(m), Token: m.token}
}
