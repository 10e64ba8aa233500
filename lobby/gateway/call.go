package gateway

import (
	"tickwire/lobby"
	"tickwire/lobby/party"
	"tickwire/sio"
)

// call is one request under way.
type call struct {
	gateway *Gateway
	event   *sio.Event
	player  *player
	arg     fields // valid during the handler

	leads *party.Member // the caller moves this party
	moves []party.Companion
}

// done answers {ok: true}, or the refusal in err.
func (c *call) done(err error) {
	if err != nil {
		c.refuse(lobby.AsError(err))
		return
	}
	c.event.Ack(struct {
		OK bool `json:"ok"`
	}{true})
}

func (c *call) refuse(e *lobby.Error) {
	c.event.Ack(refusal{Code: e.Code, Message: e.Message})
}

// refusal is the answer {ok: false, …}.
type refusal struct {
	OK      bool       `json:"ok"`
	Code    lobby.Code `json:"code"`
	Message string     `json:"message"`
}

// placed answers a request for a place. The lobby's goroutine calls it before
// it pushes anything.
func (c *call) placed(j lobby.Joined, err error) {
	c.player.endJoin(j.Member)
	if err != nil {
		c.refuse(lobby.AsError(err))
		return
	}
	c.event.Ack(place{OK: true, Lobby: j.Lobby, You: j.You, Resume: j.Token})
	c.gateway.callCompanions(c, j)
}

type place struct {
	OK     bool       `json:"ok"`
	Lobby  lobby.View `json:"lobby"`
	You    lobby.You  `json:"you"`
	Resume string     `json:"resume,omitempty"`
}

type listing struct {
	OK      bool             `json:"ok"`
	Games   []lobby.GameInfo `json:"games"`
	Lobbies []lobby.Summary  `json:"lobbies"`
}
