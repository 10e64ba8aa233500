package gateway_test

import (
	"testing"

	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/sio"
)

// whoami is a game that tells each player who it is, by seat.
func whoami(told chan<- [2]string) lobby.Game {
	return lobby.Game{Name: "whoami", Hz: 60, DropIn: true, New: func(m *lobby.Match) lobby.Rules {
		return &register{tally: newTally(m).(*tally), told: told}
	}}
}

type register struct {
	*tally
	told chan<- [2]string
}

func (r *register) Join(p *lobby.Player) {
	r.tally.Join(p)
	r.told <- [2]string{p.Account(), p.Name()}
}

func TestIdentityReachesTheRules(t *testing.T) {
	told := make(chan [2]string, 2)
	byAuth := func(s *sio.Socket) gateway.Identity {
		account, _ := s.Auth().Get("token").Text()
		if len(account) == 0 {
			return gateway.Identity{}
		}
		return gateway.Identity{Account: string(account), Name: "Dr. " + string(account)}
	}
	s := serveAs(t, lobby.Options{Games: []lobby.Game{whoami(told)}}, byAuth)
	ann := s.connect(t, client.Options{Auth: map[string]any{"token": "ann"}})
	seat, err := ann.Quick(ann.ctx, client.Request{Game: "whoami", Player: "someone else"})
	ann.must(err)
	if got := <-told; got != [2]string{"ann", "Dr. ann"} || seat.Lobby.Players[0].Name != "Dr. ann" {
		t.Errorf("the rules know %q, the lobby %+v", got, seat.Lobby.Players)
	}
	bob := s.connect(t, client.Options{})
	_, err = bob.Quick(bob.ctx, client.Request{Game: "whoami", Player: "bob"})
	bob.must(err)
	if got := <-told; got != [2]string{"", "bob"} {
		t.Errorf("a guest is %q", got)
	}
}
