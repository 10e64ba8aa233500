package gateway

import (
	"time"

	"tickwire/lobby"
)

// What leaders and moderators do to keep a lobby in order.

func (g *Gateway) ban(c *call) {
	player, d := c.arg.required("player"), c.arg.seconds("seconds")
	if m := c.member(); m != nil {
		m.Ban(player, d, c.done)
	}
}

func (g *Gateway) unban(c *call) {
	player := c.arg.required("player")
	if m := c.member(); m != nil {
		m.Unban(player, c.done)
	}
}

func (g *Gateway) bans(c *call) {
	m := c.member()
	if m == nil {
		return
	}
	m.Bans(func(list []lobby.Ban, err error) {
		if err != nil {
			c.refuse(lobby.AsError(err))
			return
		}
		c.event.Ack(struct {
			OK   bool        `json:"ok"`
			Bans []lobby.Ban `json:"bans"`
		}{true, list})
	})
}

func (g *Gateway) mute(c *call) {
	player, d := c.arg.required("player"), c.arg.seconds("seconds")
	if m := c.member(); m != nil {
		m.Mute(player, d, c.done)
	}
}

// maxSeconds keeps a number of seconds within time.Duration.
const maxSeconds = 1 << 30

// seconds reads a whole number of seconds that must be there.
func (f *fields) seconds(key string) time.Duration {
	if f.raw.Get(key).IsNil() {
		f.fail("%s is missing", key)
	}
	n := f.integer(key)
	if n < 0 || n > maxSeconds {
		f.fail("%s is out of range", key)
	}
	return time.Duration(n) * time.Second
}
