package lobby_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// TestMaxLobbiesPerAddress: others and this machine are not concerned, and a
// lobby that closes makes room.
func TestMaxLobbiesPerAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, lobby.Options{Games: []lobby.Game{gather}, MaxLobbiesPerAddress: 2})
		from := func(address string) (*client, error) {
			c := newClient(t, "ann")
			req := lobby.CreateRequest{Game: "gather", Joiner: c.joiner()}
			req.Address = address
			done, answer := c.done()
			d.Create(req, done)
			return c, answer()
		}
		refused := func(address string) bool {
			t.Helper()
			_, err := from(address)
			e, ok := errors.AsType[*lobby.Error](err)
			if err != nil && (!ok || e.Code != lobby.LobbyLimit) {
				t.Errorf("%s: %v", address, err)
			}
			return err != nil
		}
		first, err := from("192.0.2.1")
		if err != nil || refused("192.0.2.1") {
			t.Fatalf("two lobbies are too many: %v", err)
		}
		if !refused("192.0.2.1") {
			t.Error("three lobbies of one address")
		}
		for range 3 {
			if refused("127.0.0.1") || refused("::1") || refused("") {
				t.Error("this machine was refused")
			}
		}
		if refused("192.0.2.2") {
			t.Error("another address was refused")
		}
		first.member.Leave(func(error) {})
		pass(time.Second)
		if refused("192.0.2.1") {
			t.Error("a closed lobby still counts")
		}
		if !refused("192.0.2.1") {
			t.Error("the third again")
		}
	})
}
