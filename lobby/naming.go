package lobby

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Naming is a name that a client wants, for Options.ModerateName to look at.
type Naming struct {
	Lobby            bool // it is a lobby's, not a player's
	Account, Address string
	Name             string // as it would be shown: up to 32 characters of a lobby, 16 of a player
}

// Named asks the studio about a name that comes from a client, and returns what
// is shown instead; "" stands for a default. Whoever takes requests from clients
// calls it, on a goroutine that may wait. Names that the account service or the
// operator gives need no asking.
func (d *Directory) Named(n Naming) (name string, err error) {
	most, what := maxName, "a player"
	if n.Lobby {
		most, what = maxLobbyName, "a lobby"
	}
	n.Name = limit(strings.TrimSpace(printable(n.Name)), most)
	hook := d.opt.ModerateName
	if hook == nil || n.Name == "" {
		return n.Name, nil
	}
	defer func() {
		if v := recover(); v != nil {
			d.opt.Log.Error().Str("reason", fmt.Sprint(v)).Bytes("stack", debug.Stack()).Msg("Options.ModerateName panicked; the name is refused")
			name, err = "", refuse(Internal, "the name could not be checked")
		}
	}()
	name, ok := hook(n)
	if !ok {
		return "", refuse(NotAllowed, "%s cannot be called that here", what)
	}
	return limit(strings.TrimSpace(printable(name)), most), nil
}
