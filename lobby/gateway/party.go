package gateway

import (
	"cmp"

	"tickwire/lobby"
	"tickwire/lobby/party"
)

// Parties holds the people who play together.
func (g *Gateway) Parties() *party.Book { return g.parties }

func (g *Gateway) partyCreate(c *call) {
	j := g.companion(c)
	if c.mayGroup() && c.partyless() && c.mayName(&j.Name) {
		joined, err := g.parties.Create(j)
		c.partied(joined, err)
	}
}

func (g *Gateway) partyJoin(c *call) {
	j, code, resume := g.companion(c), c.arg.text("code"), c.arg.text("resume")
	if (code == "") == (resume == "") {
		c.arg.fail("give one of code and resume")
	}
	if !c.mayGroup() || !c.partyless() || !c.mayName(&j.Name) {
		return
	}
	if resume != "" {
		c.partied(g.parties.Resume(resume, j))
		return
	}
	c.partied(g.parties.Join(code, j))
}

// companion reads who wants to be in a party.
func (g *Gateway) companion(c *call) party.Joiner {
	p := c.player
	return party.Joiner{
		Name: cmp.Or(p.identity.Name, c.arg.text("player")), Account: p.identity.Account, Rated: p.rated(),
		Push: func(ev *lobby.Event) {
			// Who sits in that lobby already needs no second seat there.
			if f, ok := ev.Args[0].(party.Follow); ok && p.sitsIn(f.Lobby) {
				g.lobbies.Release(f.Ticket)
				return
			}
			p.push(ev)
		},
	}
}

func (p *player) sitsIn(lobby string) bool {
	m := p.current()
	return m != nil && m.LobbyID() == lobby
}

// partied answers who is in a party now.
func (c *call) partied(j party.Joined, err error) {
	if err != nil {
		c.refuse(lobby.AsError(err))
		return
	}
	p := c.player
	p.mu.Lock()
	p.party = j.Member
	gone, left := p.gone, p.left
	p.mu.Unlock()
	if gone {
		quitParty(j.Member, left)
		return
	}
	if q := c.gateway.queue; q != nil {
		q.Cancel(p.soloID(), errPartied)
	}
	c.event.Ack(struct {
		OK     bool       `json:"ok"`
		Party  party.View `json:"party"`
		Resume string     `json:"resume"`
	}{true, j.Party, j.Token})
}

// quitParty gives up the place of a client that said good-bye; that of another
// is held for a while.
func quitParty(m *party.Member, left bool) {
	if left {
		_ = m.Leave() // out already is fine
		return
	}
	m.Disconnect()
}

func (g *Gateway) partyInvite(c *call) {
	renew := c.arg.flag("renew")
	m := c.partyMember()
	if m == nil {
		return
	}
	invitation, err := m.Invite(renew)
	if err != nil {
		c.refuse(lobby.AsError(err))
		return
	}
	c.event.Ack(struct {
		OK bool `json:"ok"`
		party.Invitation
	}{true, invitation})
}

func (g *Gateway) partyLeave(c *call) {
	if m := c.partyMember(); m != nil {
		c.done(m.Leave())
	}
}

func (g *Gateway) partyKick(c *call) {
	id := c.arg.required("member")
	if m := c.partyMember(); m != nil {
		c.done(m.Kick(id))
	}
}

func (g *Gateway) partyLead(c *call) {
	id := c.arg.required("member")
	if m := c.partyMember(); m != nil {
		c.done(m.Lead(id))
	}
}

var (
	errInParty  = &lobby.Error{Code: lobby.AlreadyInParty, Message: "you are in a party already: leave it first"}
	errNoParty  = &lobby.Error{Code: lobby.NotInParty, Message: "you are in no party: create or join one first"}
	errGrouping = &lobby.Error{Code: lobby.RateLimited, Message: "too many requests about parties and queues; wait a second"}
)

// mayGroup tells whether a request about parties or queues may be made; if not
// it is answered.
func (c *call) mayGroup() bool {
	err := c.arg.err
	if err == nil && !c.player.groups.Allow() {
		err = errGrouping
	}
	if err != nil {
		c.refuse(err)
	}
	return err == nil
}

// partyless tells whether the caller is in no party; if not it is answered.
func (c *call) partyless() bool {
	if c.player.inParty() != nil {
		c.refuse(errInParty)
		return false
	}
	return true
}

// partyMember returns the caller's place in a party. It answers and returns nil
// when there is none or the request may not be made.
func (c *call) partyMember() *party.Member {
	if !c.mayGroup() {
		return nil
	}
	m := c.player.inParty()
	if m == nil {
		c.refuse(errNoParty)
	}
	return m
}

// inParty returns the player's place in a party, or nil.
func (p *player) inParty() *party.Member {
	p.mu.Lock()
	m := p.party
	p.mu.Unlock()
	if m == nil || m.Gone() {
		return nil
	}
	return m
}

// bring has the caller's party come along, if the request says so: seats are
// asked for all of them.
func (c *call) bring(j *lobby.Joiner) {
	if !c.arg.flag("party") || c.arg.err != nil {
		return
	}
	m := c.player.inParty()
	if m == nil {
		c.arg.err = errNoParty
		return
	}
	others, err := m.Companions()
	if err != nil {
		c.arg.err = lobby.AsError(err)
		return
	}
	c.leads, c.moves = m, others
	for _, o := range others {
		j.With = append(j.With, lobby.SeatRequest{Account: o.Account})
	}
}

// callCompanions tells the caller's party where its seats are.
func (g *Gateway) callCompanions(c *call, j lobby.Joined) {
	if c.leads == nil || len(j.Reserved.Tickets) != len(c.moves) {
		return
	}
	for _, ticket := range c.leads.Follow(j.Lobby.Game, c.moves, j.Reserved) {
		g.lobbies.Release(ticket)
	}
}
