package gateway_test

import (
	"testing"

	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/sio"
)

// accounts takes the auth payload {account, roles} on its word.
func accounts(s *sio.Socket) gateway.Identity {
	var claims struct {
		Account string   `json:"account"`
		Roles   []string `json:"roles"`
	}
	if len(s.Auth()) > 0 {
		_ = s.Auth().Decode(&claims)
	}
	return gateway.Identity{Account: claims.Account, Roles: claims.Roles, Address: "192.0.2.1"}
}

// call makes a request and returns the code of the answer, or "ok".
func (p *player) call(event string, arg any) string {
	p.t.Helper()
	args, err := p.Conn().Call(p.ctx, event, arg)
	p.must(err)
	return verdict(args)
}

type object = map[string]any

// crowded is a game with spectators that nobody needs to be ready for.
func crowded() lobby.Game {
	return lobby.Game{Name: "crowded", MaxPlayers: 8, Hz: 60, DropIn: true, Spectators: true, New: newTally}
}

func TestOrder(t *testing.T) {
	s := serveAs(t, lobby.Options{Games: []lobby.Game{crowded()}}, accounts)
	ann := s.connect(t, client.Options{Auth: object{"account": "ann"}})
	eve := s.connect(t, client.Options{Auth: object{"account": "eve"}, Parser: client.JSON})
	mod := s.connect(t, client.Options{Auth: object{"account": "mod", "roles": []string{"knight", "moderator"}}})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "crowded"})
	ann.must(err)
	id := seat.Lobby.ID
	in, err := eve.Join(eve.ctx, client.Request{ID: id})
	eve.must(err)
	_, err = mod.Join(mod.ctx, client.Request{ID: id, Spectate: true})
	mod.must(err)
	whom := func(who string, more ...any) object {
		o := object{"player": who}
		for i := 0; i < len(more); i += 2 {
			o[more[i].(string)] = more[i+1]
		}
		return o
	}
	check := func(p *player, event string, arg any, want string) {
		t.Helper()
		if got := p.call(event, arg); got != want {
			t.Errorf("%s %v: %s, want %s", event, arg, got, want)
		}
	}
	for _, event := range []string{"lobby:ban", "lobby:mute"} {
		check(eve, event, whom(seat.You.ID, "seconds", 60), "NOT_LEADER")
		check(ann, event, whom(in.You.ID), "BAD_REQUEST")
		check(ann, event, whom(in.You.ID, "seconds", "long"), "BAD_REQUEST")
		check(ann, event, whom(in.You.ID, "seconds", -1), "BAD_REQUEST")
		check(ann, event, whom(in.You.ID, "seconds", 1<<40), "BAD_REQUEST")
		check(ann, event, whom("p999", "seconds", 60), "NOT_FOUND")
	}
	check(mod, "lobby:mute", whom(in.You.ID, "seconds", 60), "ok")
	check(eve, "lobby:chat", object{"text": "hey"}, "MUTED")
	check(mod, "lobby:mute", whom(in.You.ID, "seconds", 0), "ok")
	check(eve, "lobby:chat", object{"text": "hey"}, "ok")

	check(ann, "lobby:lead", whom(in.You.ID), "ok")
	check(ann, "lobby:lead", whom(in.You.ID), "NOT_LEADER")
	check(eve, "lobby:lead", whom(seat.You.ID), "ok")
	check(ann, "lobby:lead", object{}, "BAD_REQUEST")

	check(ann, "lobby:ban", whom(in.You.ID, "seconds", 60), "ok")
	if why := wait(eve, eve.closed, "the ban", nil); why.Code != "BANNED" {
		t.Errorf("closed: %+v", why)
	}
	check(eve, "lobby:join", object{"id": id}, "BANNED")
	check(eve, "lobby:join", object{"code": seat.Lobby.Code, "spectate": true}, "BANNED")
	check(ann, "lobby:bans", object{}, "ok")
	check(eve, "lobby:bans", object{}, "NOT_IN_LOBBY")
	check(ann, "lobby:unban", whom("p999"), "NOT_FOUND")
	check(ann, "lobby:unban", whom(in.You.ID), "ok")
	check(eve, "lobby:join", object{"id": id}, "ok")
}

func TestRolesAndSecondDevices(t *testing.T) {
	s := serveAs(t, lobby.Options{Games: []lobby.Game{crowded()}}, accounts)
	ann := s.connect(t, client.Options{})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "crowded"})
	ann.must(err)
	eve := s.connect(t, client.Options{Auth: object{"account": "eve"}})
	in, err := eve.Join(eve.ctx, client.Request{ID: seat.Lobby.ID})
	eve.must(err)
	wait(eve, eve.start, "the match", nil)
	if got := eve.call("lobby:role", object{"role": "spectator"}); got != "ok" {
		t.Errorf("to the spectators: %s", got)
	}
	if start := wait(eve, eve.start, "the match anew", nil); start.You.Seat != -1 {
		t.Errorf("you = %+v", start.You)
	}
	for _, bad := range []object{{}, {"role": "judge"}, {"role": 1}} {
		if got := eve.call("lobby:role", bad); got != "BAD_REQUEST" {
			t.Errorf("%v: %s", bad, got)
		}
	}
	if got := eve.call("lobby:role", object{"role": "player"}); got != "ok" {
		t.Errorf("back to a seat: %s", got)
	}
	if start := wait(eve, eve.start, "the match anew", nil); start.You != in.You {
		t.Errorf("you = %+v", start.You)
	}
	phone := s.connect(t, client.Options{Auth: object{"account": "eve"}, Parser: client.JSON})
	again, err := phone.Join(phone.ctx, client.Request{})
	phone.must(err)
	if why := wait(eve, eve.closed, "being replaced", nil); why.Code != "REPLACED" || again.You != in.You {
		t.Errorf("closed: %+v, took over %+v", why, again.You)
	}
	stranger := s.connect(t, client.Options{Auth: object{"account": "joe"}})
	if _, err := stranger.Join(stranger.ctx, client.Request{}); code(t, err) != "NOT_FOUND" {
		t.Errorf("no seat: %v", err)
	}
}
