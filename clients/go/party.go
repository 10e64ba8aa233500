package client

import (
	"context"

	"tickwire/codec/socketio"
)

// Party is some people who stay together.
type Party struct {
	ID      string `json:"id"`
	Leader  string `json:"leader"` // a member's id
	Size    int    `json:"size"`   // members that it may have
	Members []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Away bool   `json:"away"` // the connection broke, the place is held
	} `json:"members"`
	Rev uint64 `json:"rev"` // the newest is the one with the highest
	You string `json:"you"` // this member's id; only in answers
}

// PartySeat is the answer to a request that brought the player into a party.
type PartySeat struct {
	Party  Party  `json:"party"`
	Resume string `json:"resume"` // for PartyResume, after a broken connection
}

// Invitation is the code by which others join a party.
type Invitation struct {
	Code      string  `json:"code"`
	ExpiresMs float64 `json:"expiresMs"`
}

// Follow says that the party's leader went into a lobby, where a seat is
// reserved: join with Request{Ticket: …}.
type Follow struct {
	Party     string  `json:"party"`
	Game      string  `json:"game"`
	Lobby     string  `json:"lobby"`
	Code      string  `json:"code"`
	Ticket    string  `json:"ticket"`
	ExpiresMs float64 `json:"expiresMs"`
}

// PartyClosed tells why the player is in the party no more.
type PartyClosed struct {
	Party   string `json:"party"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// PartyCreate makes a party that this player leads.
func (g *Game) PartyCreate(ctx context.Context, name string) (PartySeat, error) {
	return call[PartySeat](ctx, g.conn, "party:create", map[string]any{"player": name})
}

// PartyInvite returns the code by which others join, a new one if renew says so.
func (g *Game) PartyInvite(ctx context.Context, renew bool) (Invitation, error) {
	return call[Invitation](ctx, g.conn, "party:invite", map[string]any{"renew": renew})
}

// PartyJoin joins the party that an invitation is for.
func (g *Game) PartyJoin(ctx context.Context, code, name string) (PartySeat, error) {
	return call[PartySeat](ctx, g.conn, "party:join", map[string]any{"code": code, "player": name})
}

// PartyResume takes a place again after a broken connection.
func (g *Game) PartyResume(ctx context.Context, resume string) (PartySeat, error) {
	return call[PartySeat](ctx, g.conn, "party:join", map[string]any{"resume": resume})
}

// PartyLeave leaves the party.
func (g *Game) PartyLeave(ctx context.Context) error {
	return g.do(ctx, "party:leave", struct{}{})
}

// PartyKick puts a member out. Only the leader may.
func (g *Game) PartyKick(ctx context.Context, member string) error {
	return g.do(ctx, "party:kick", map[string]any{"member": member})
}

// PartyLead makes another member the leader. Only the leader may.
func (g *Game) PartyLead(ctx context.Context, member string) error {
	return g.do(ctx, "party:lead", map[string]any{"member": member})
}

// on decodes the only argument of an event for a handler, which may be nil when
// the event comes.
func on[T any](c *Conn, event string, handler *func(T)) {
	c.On(event, func(args socketio.Args) {
		var v T
		if *handler != nil && args.Decode(&v) == nil {
			(*handler)(v)
		}
	})
}
