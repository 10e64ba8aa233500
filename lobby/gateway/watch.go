package gateway

import (
	"tickwire/lobby"
	"tickwire/sio"
)

// watch answers with a list of lobbies and pushes what changes in it. A socket
// follows one query; another one takes its place.
func (g *Gateway) watch(c *call) {
	object := c.arg.object("query")
	query, err := lobby.ParseQuery(object)
	if err != nil && c.arg.err == nil {
		c.arg.err = lobby.AsError(err)
	}
	if !c.mayLook() {
		return
	}
	p := c.player
	p.follow(nil) // before the new one begins: no diff of the old comes after the answer
	p.follow(g.lobbies.Watch(p.identity.Address, query, p.push, func(l lobby.List, err error) {
		if err != nil {
			c.refuse(lobby.AsError(err))
			return
		}
		c.event.Ack(watching{OK: true, Games: g.lobbies.Games(), Rev: l.Rev, Lobbies: l.Lobbies})
	}))
}

func (g *Gateway) unwatch(c *call) {
	c.player.follow(nil)
	c.done(nil)
}

type watching struct {
	OK      bool             `json:"ok"`
	Games   []lobby.GameInfo `json:"games"`
	Rev     uint64           `json:"rev"`
	Lobbies []lobby.Summary  `json:"lobbies"`
}

// mayLook tells whether a request that looks at all lobbies may be made; if not
// it is answered.
func (c *call) mayLook() bool {
	err := c.arg.err
	if err == nil && !c.player.lists.Allow() {
		err = errLooks
	}
	if err != nil {
		c.refuse(err)
	}
	return err == nil
}

var errLooks = &lobby.Error{Code: lobby.RateLimited, Message: "too many lists were asked for; watch one instead"}

// follow takes w, or nothing, in the place of what is followed so far.
func (p *player) follow(w *lobby.Watch) {
	p.mu.Lock()
	old := p.watch
	p.watch = w
	gone := p.gone
	p.mu.Unlock()
	if old != nil {
		old.Stop()
	}
	if w != nil && gone {
		w.Stop()
	}
}

// push sends a change of the list. It runs on the turn of the directory's
// watches, which alone touches the event.
func (p *player) push(ev *lobby.Event) {
	if ev.Wire == nil {
		ev.Wire = p.prepare(ev)
	}
	if prepared, ok := ev.Wire.(*sio.Prepared); ok {
		_ = p.socket.Send(prepared) // a broken connection is told by its end
	}
}
