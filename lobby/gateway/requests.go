package gateway

import (
	"cmp"
	"fmt"
	"slices"

	"tickwire/lobby"
)

func (g *Gateway) list(c *call) {
	game := c.arg.text("game")
	if !c.mayLook() {
		return
	}
	games := g.lobbies.Games()
	if game != "" && !slices.ContainsFunc(games, func(i lobby.GameInfo) bool { return i.Name == game }) {
		c.refuse(&lobby.Error{Code: lobby.UnknownGame, Message: fmt.Sprintf("this server has no game %q", game)})
		return
	}
	c.event.Ack(listing{OK: true, Games: games, Lobbies: g.lobbies.List(game)})
}

func (g *Gateway) create(c *call) {
	req := lobby.CreateRequest{
		Joiner:     c.joiner(),
		Game:       c.arg.required("game"),
		LobbyName:  c.arg.text("name"),
		Visibility: lobby.Visibility(c.arg.text("visibility")),
		Max:        c.arg.integer("max"),
		Password:   c.arg.text("password"),
		Meta:       c.arg.object("meta"),
	}
	c.bring(&req.Joiner)
	if c.begin(&req.Joiner, &req.LobbyName) {
		g.lobbies.Create(req, c.placed)
	}
}

func (g *Gateway) join(c *call) {
	req := lobby.JoinRequest{
		Joiner:   c.joiner(),
		ID:       c.arg.text("id"),
		Code:     c.arg.text("code"),
		Resume:   c.arg.text("resume"),
		Ticket:   c.arg.text("ticket"),
		Password: c.arg.text("password"),
		Spectate: c.arg.flag("spectate"),
	}
	one := cmp.Or(req.ID, req.Code, req.Resume, req.Ticket)
	mine := one == "" && req.Account != "" // the seat that the account has
	if one == "" && !mine || len(one) != len(req.ID)+len(req.Code)+len(req.Resume)+len(req.Ticket) {
		c.arg.fail("give one of id, code, resume and ticket")
	}
	if c.arg.flag("party") && (req.Spectate || req.Resume != "" || req.Ticket != "") {
		c.arg.fail("a party comes for seats of its own, by id or code")
	}
	c.bring(&req.Joiner)
	if c.begin(&req.Joiner, nil) {
		g.lobbies.Join(req, c.placed)
	}
}

func (g *Gateway) quick(c *call) {
	req := lobby.QuickRequest{Joiner: c.joiner(), Game: c.arg.required("game")}
	c.bring(&req.Joiner)
	if c.begin(&req.Joiner, nil) {
		g.lobbies.Quick(req, c.placed)
	}
}

// joiner reads what every request for a place carries.
func (c *call) joiner() lobby.Joiner {
	who := &c.player.identity
	return lobby.Joiner{
		Conn:    c.player,
		Name:    cmp.Or(who.Name, c.arg.text("player")),
		Bot:     c.player.bot,
		Form:    c.arg.text("form"),
		Schema:  c.arg.text("schema"),
		Account: who.Account,
		Address: who.Address,
		Rated:   c.player.rated(),

		Moderator: slices.Contains(who.Roles, RoleModerator),
	}
}

// begin tells whether a request for a place may be made; if not it is answered.
// lobby is the name of one that is to be made, or nil.
func (c *call) begin(j *lobby.Joiner, lobby *string) bool {
	err := c.arg.err
	if err == nil && !c.player.places.Allow() {
		err = errPlaces
	}
	if err == nil {
		err = c.named(&j.Name)
	}
	if err == nil && lobby != nil {
		err = c.lobbyNamed(lobby)
	}
	if err == nil {
		err = c.player.beginJoin()
	}
	if err != nil {
		c.refuse(err)
		return false
	}
	return true
}

var errPlaces = &lobby.Error{Code: lobby.RateLimited, Message: "too many requests for a place, or new names and passwords; wait a second"}

func (g *Gateway) leave(c *call) {
	m := c.member()
	if m == nil {
		return
	}
	m.Leave(func(err error) {
		if err == nil {
			c.player.socket.Leave(RoomPlayers)
		}
		c.done(err)
	})
}

func (g *Gateway) ready(c *call) {
	ready := c.arg.boolean("ready")
	if m := c.member(); m != nil {
		m.Ready(ready, c.done)
	}
}

func (g *Gateway) start(c *call) {
	if m := c.member(); m != nil {
		m.Start(c.done)
	}
}

func (g *Gateway) kick(c *call) {
	player := c.arg.required("player")
	if m := c.member(); m != nil {
		m.Kick(player, c.done)
	}
}

func (g *Gateway) role(c *call) {
	player, role := c.arg.text("player"), lobby.Role(c.arg.required("role"))
	if m := c.member(); m != nil {
		m.Role(player, role, c.done)
	}
}

func (g *Gateway) lead(c *call) {
	player := c.arg.required("player")
	if m := c.member(); m != nil {
		m.Lead(player, c.done)
	}
}

func (g *Gateway) lock(c *call) {
	locked := c.arg.boolean("locked")
	if m := c.member(); m != nil {
		m.Lock(locked, c.done)
	}
}

func (g *Gateway) team(c *call) {
	player, team := c.arg.text("player"), c.arg.integer("team")
	if m := c.member(); m != nil {
		m.Team(player, team, c.done)
	}
}

func (g *Gateway) swap(c *call) {
	a, b := c.arg.required("a"), c.arg.required("b")
	if m := c.member(); m != nil {
		m.Swap(a, b, c.done)
	}
}

func (g *Gateway) balance(c *call) {
	if m := c.member(); m != nil {
		m.Balance(c.done)
	}
}

func (g *Gateway) chat(c *call) {
	text := c.arg.required("text")
	if m := c.member(); m != nil {
		m.Chat(text, c.done)
	}
}

func (g *Gateway) resync(c *call) {
	if m := c.member(); m != nil {
		m.Resync(c.done)
	}
}

// member returns the caller's place. It answers and returns nil when the
// argument was wrong or there is no place.
func (c *call) member() *lobby.Member {
	if c.arg.err != nil {
		c.refuse(c.arg.err)
		return nil
	}
	m := c.player.current()
	if m == nil {
		c.refuse(errNowhere)
	}
	return m
}
