package lobby

import "net/netip"

// mayOpenLocked refuses who has opened as many lobbies as one address may.
// This machine is not counted: its address is that of bots, and of a proxy that
// nobody has named.
func (d *Directory) mayOpenLocked(address string) error {
	limit := d.opt.MaxLobbiesPerAddress
	if limit > 0 && d.openers[address] >= limit && !isLocal(address) {
		return refuse(LobbyLimit, "%d lobbies were opened from your address and it may have no more; close one or join one", limit)
	}
	return nil
}

// openedLocked counts a lobby for who opened it, until forgetLocked.
func (d *Directory) openedLocked(l *lobby, address string) {
	if d.opt.MaxLobbiesPerAddress > 0 && address != "" {
		l.opener = address
		d.openers[address]++
	}
}

func (d *Directory) closedLocked(l *lobby) {
	switch {
	case l.opener == "":
	case d.openers[l.opener] == 1:
		delete(d.openers, l.opener)
	default:
		d.openers[l.opener]--
	}
	l.opener = ""
}

// isLocal reports whether an address is this machine's, or none.
func isLocal(address string) bool {
	ip, err := netip.ParseAddr(address)
	return address == "" || err == nil && ip.Unmap().IsLoopback()
}
