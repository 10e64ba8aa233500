package gateway_test

import (
	"strings"
	"sync"
	"testing"

	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/sio"
)

// TestNamesAreModerated: whatever way a name comes in, the studio is asked.
func TestNamesAreModerated(t *testing.T) {
	var mu sync.Mutex
	var asked []lobby.Naming
	s := serveAs(t, lobby.Options{ModerateName: func(n lobby.Naming) (string, bool) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, n)
		if n.Name == "panic" {
			panic("the moderation is broken")
		}
		return strings.ReplaceAll(n.Name, "darn", "****") + "!", n.Name != "spam"
	}}, func(socket *sio.Socket) gateway.Identity {
		account, _ := socket.Auth().Get("account").Text()
		return gateway.Identity{Account: string(account), Name: string(account), Address: "192.0.2.1"}
	})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON})
	for event, arg := range map[string]object{
		"lobby:create": {"game": "round"}, "lobby:quick": {"game": "round"}, "lobby:join": {"id": "x"}, "party:create": {}, "party:join": {"code": "x"},
	} {
		for name, want := range map[string]string{"spam": "NOT_ALLOWED", "panic": "INTERNAL"} {
			arg["player"] = name
			if got := bob.call(event, arg); got != want {
				t.Errorf("%s as %s: %s, want %s", event, name, got, want)
			}
		}
	}
	if got := bob.call("lobby:create", object{"game": "round", "name": "spam"}); got != "NOT_ALLOWED" {
		t.Errorf("a lobby called spam: %s", got)
	}
	seat, err := ann.Create(ann.ctx, client.Request{Game: "round", Name: "the darn den", Player: "darn\x00ed and too long to show"})
	ann.must(err)
	if seat.Lobby.Name != "the **** den!" || seat.Lobby.Players[0].Name != "****ed and too l" {
		t.Errorf("lobby %q of %q", seat.Lobby.Name, seat.Lobby.Players[0].Name)
	}
	mu.Lock()
	if first, want := asked[len(asked)-2], (lobby.Naming{Address: "192.0.2.1", Name: "darned and too l"}); first != want {
		t.Errorf("the hook saw %+v, want %+v", first, want)
	}
	mu.Unlock()
	if got := ann.call("lobby:meta", object{"name": "spam"}); got != "NOT_ALLOWED" {
		t.Errorf("a new name: %s", got)
	}
	if got := ann.call("lobby:meta", object{"name": "hills"}); got != "ok" {
		t.Errorf("a new name: %s", got)
	}
	wait(ann, ann.lobby, "the new name", func(l client.Lobby) bool { return l.Name == "hills!" })

	known := s.connect(t, client.Options{Auth: map[string]any{"account": "spam"}})
	if got := known.call("lobby:join", object{"id": seat.Lobby.ID}); got != "ok" {
		t.Errorf("an account's name: %s", got)
	}
}
