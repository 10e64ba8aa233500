package gateway

import "tickwire/lobby"

// named asks the studio about a player's name and changes it to what may be
// shown. That of an account, or of a bot of ours, is good as it is.
func (c *call) named(name *string) *lobby.Error {
	if c.player.bot || c.player.identity.Name != "" {
		return nil
	}
	return c.ask(name, false)
}

// lobbyNamed does so for a lobby's.
func (c *call) lobbyNamed(name *string) *lobby.Error {
	if c.player.bot {
		return nil
	}
	return c.ask(name, true)
}

func (c *call) ask(name *string, ofLobby bool) *lobby.Error {
	who := &c.player.identity
	allowed, err := c.gateway.lobbies.Named(lobby.Naming{Lobby: ofLobby, Account: who.Account, Address: who.Address, Name: *name})
	*name = allowed
	return lobby.AsError(err)
}

// mayName is named for requests that it answers itself.
func (c *call) mayName(name *string) bool {
	err := c.named(name)
	if err != nil {
		c.refuse(err)
	}
	return err == nil
}
