package gateway

import (
	"cmp"
	"time"

	"tickwire/lobby"
)

// What leaders change of a lobby, and whom they invite.

func (g *Gateway) meta(c *call) {
	s := lobby.Settings{
		Name: c.arg.textIf("name"), Password: c.arg.textIf("password"),
		Meta: c.arg.object("meta"),
	}
	if v := c.arg.textIf("visibility"); v != nil {
		s.Visibility = (*lobby.Visibility)(v)
	}
	if c.arg.has("max") {
		n := c.arg.integer("max")
		s.Max = &n
	}
	if c.arg.err == nil && (s.Password != nil || s.Name != nil) && !c.player.places.Allow() { // each costs a hash, or the studio's moderation
		c.arg.err = errPlaces
	}
	if c.arg.err == nil && s.Name != nil {
		c.arg.err = c.lobbyNamed(s.Name)
	}
	if m := c.member(); m != nil {
		m.Configure(s, c.done)
	}
}

func (g *Gateway) code(c *call) {
	off := c.arg.flag("off")
	m := c.member()
	if m == nil {
		return
	}
	m.NewCode(off, func(code string, err error) {
		if err != nil {
			c.refuse(lobby.AsError(err))
			return
		}
		c.event.Ack(struct {
			OK   bool   `json:"ok"`
			Code string `json:"code"`
		}{true, code})
	})
}

// defaultInvite is how long an invitation is good for that does not say.
const defaultInvite = time.Hour

func (g *Gateway) invite(c *call) {
	revoke, uses, keep := c.arg.flag("revoke"), 1, defaultInvite
	if c.arg.has("uses") {
		uses = c.arg.integer("uses")
	}
	if c.arg.has("seconds") {
		keep = cmp.Or(c.arg.seconds("seconds"), -1) // 0 is not the default
	}
	m := c.member()
	switch {
	case m == nil:
	case revoke:
		m.Revoke(c.done)
	default:
		m.Invite(uses, keep, c.invited)
	}
}

func (c *call) invited(made lobby.Invitation, err error) {
	if err != nil {
		c.refuse(lobby.AsError(err))
		return
	}
	c.event.Ack(struct {
		OK        bool   `json:"ok"`
		Ticket    string `json:"ticket"`
		Uses      int    `json:"uses"`
		ExpiresMs int64  `json:"expiresMs"`
	}{true, made.Ticket, made.Uses, time.Until(made.Expires).Milliseconds()})
}

// has tells whether a key is there and not null.
func (f *fields) has(key string) bool { return !f.raw.Get(key).IsNil() }

// textIf reads a string; nil if there is none.
func (f *fields) textIf(key string) *string {
	if !f.has(key) {
		return nil
	}
	s := f.text(key)
	return &s
}
