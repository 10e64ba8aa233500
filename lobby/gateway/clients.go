package gateway

import (
	"tickwire/lobby"
	"tickwire/sio"
)

// Client is a connection that has asked for something, as the operator sees it.
type Client struct {
	Socket   *sio.Socket
	Identity Identity
	Bot      bool
	Member   *lobby.Member // nil: sits in no lobby
}

// ClientOf returns who a socket of the default namespace is.
func (g *Gateway) ClientOf(s *sio.Socket) Client {
	p, ok := g.players.Load(s)
	if !ok { // it has asked for nothing yet
		return Client{Socket: s, Identity: g.who(s)}
	}
	known := p.(*player)
	return Client{Socket: s, Identity: known.identity, Bot: known.bot, Member: known.current()}
}
