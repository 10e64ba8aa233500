package gateway

import (
	"net"

	"tickwire/sio"
)

// RoleModerator, among Identity.Roles, may remove, ban and mute people in any
// lobby, and cannot be.
const RoleModerator = "moderator"

// Identity is who a socket is, as the operator's [Options.Identify] verified it.
type Identity struct {
	Account string   // the same on every connection of this person, up to 128 bytes; "" is a guest
	Name    string   // the display name; "" leaves it to the client
	Address string   // the peer's IP address
	Roles   []string // what the account is beyond a player; those that are not known mean nothing
}

// guest knows a socket by its peer's address alone.
func guest(s *sio.Socket) Identity {
	address := s.Session().Handshake().Address
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	return Identity{Address: address}
}
