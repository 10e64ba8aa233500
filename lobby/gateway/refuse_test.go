package gateway_test

import (
	"errors"
	"fmt"
	"testing"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/lobby"
)

func TestRefusals(t *testing.T) {
	s := serve(t, lobby.Options{MaxLobbies: 3})
	ann, bob, cat := s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON}), s.connect(t, client.Options{})
	slow, err := ann.Create(ann.ctx, client.Request{Game: "slow", Max: 1})
	ann.must(err)
	round, err := bob.Create(bob.ctx, client.Request{Game: "round"})
	bob.must(err)

	join := func(p *player, r client.Request) error { _, err := p.Join(p.ctx, r); return err }
	create := func(p *player, r client.Request) error { _, err := p.Create(p.ctx, r); return err }
	quick := func(p *player, r client.Request) error { _, err := p.Quick(p.ctx, r); return err }
	list := func(game string) error { _, err := cat.List(cat.ctx, game); return err }

	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"create an unknown game", create(cat, client.Request{Game: "chess"}), "UNKNOWN_GAME"},
		{"quick join an unknown game", quick(cat, client.Request{Game: "chess"}), "UNKNOWN_GAME"},
		{"list an unknown game", list("chess"), "UNKNOWN_GAME"},
		{"join an unknown lobby", join(cat, client.Request{ID: "nowhere"}), "NOT_FOUND"},
		{"join with a wrong code", join(cat, client.Request{Code: "ZZZZZ"}), "BAD_CODE"},
		{"join with half a code", join(cat, client.Request{Code: "ZZ"}), "BAD_CODE"},
		{"join a full lobby", join(cat, client.Request{ID: slow.Lobby.ID}), "ROOM_FULL"},
		{"create for another schema", create(cat, client.Request{Game: "tally", Schema: "0badcafe"}), "SCHEMA_MISMATCH"},
		{"join for another schema", join(cat, client.Request{ID: round.Lobby.ID, Schema: "0badcafe"}), "SCHEMA_MISMATCH"},
		{"quick join for another schema", quick(cat, client.Request{Game: "tally", Schema: "0badcafe"}), "SCHEMA_MISMATCH"},
		{"create twice", create(ann, client.Request{Game: "round"}), "ALREADY_IN_LOBBY"},
		{"join from a lobby", join(ann, client.Request{ID: round.Lobby.ID}), "ALREADY_IN_LOBBY"},
		{"quick join from a lobby", quick(ann, client.Request{Game: "tally"}), "ALREADY_IN_LOBBY"},
		{"start with too few", bob.StartMatch(bob.ctx), "NOT_READY"},
		{"kick nobody", bob.Kick(bob.ctx, "p999"), "NOT_FOUND"},
		{"kick oneself", bob.Kick(bob.ctx, round.You.ID), "BAD_REQUEST"},
		{"leave nothing", cat.Leave(cat.ctx), "NOT_IN_LOBBY"},
		{"be ready nowhere", cat.Ready(cat.ctx, true), "NOT_IN_LOBBY"},
		{"start nothing", cat.StartMatch(cat.ctx), "NOT_IN_LOBBY"},
		{"kick from outside", cat.Kick(cat.ctx, round.You.ID), "NOT_IN_LOBBY"},
		{"lock from outside", cat.Lock(cat.ctx, true), "NOT_IN_LOBBY"},
		{"swap from outside", cat.Swap(cat.ctx, "a", "b"), "NOT_IN_LOBBY"},
		{"balance from outside", cat.Balance(cat.ctx), "NOT_IN_LOBBY"},
		{"bring a wrong ticket", join(cat, client.Request{Ticket: round.Lobby.ID + ".x"}), "BAD_TICKET"},
		{"come back to nothing", join(cat, client.Request{Resume: "nothing"}), "NOT_FOUND"},
		{"talk to nobody", cat.Say(cat.ctx, "hm"), "NOT_IN_LOBBY"},
		{"join at last", join(cat, client.Request{ID: round.Lobby.ID}), "ok"},
		{"start as a guest", cat.StartMatch(cat.ctx), "NOT_LEADER"},
		{"kick as a guest", cat.Kick(cat.ctx, round.You.ID), "NOT_LEADER"},
		{"start before all are ready", bob.StartMatch(bob.ctx), "NOT_READY"},
		{"one lobby more", create(s.connect(t, client.Options{}), client.Request{Game: "tally"}), "ok"},
		{"one lobby too many", create(s.connect(t, client.Options{}), client.Request{Game: "tally"}), "LOBBY_LIMIT"},
	} {
		if got := code(t, test.err); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestPhases(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, bob, cat := s.connect(t, client.Options{}), s.connect(t, client.Options{}), s.connect(t, client.Options{})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "round"})
	ann.must(err)
	if got := s.resync(ann); got != "WRONG_PHASE" {
		t.Errorf("resync without a match: %s", got)
	}
	_, err = bob.Join(bob.ctx, client.Request{ID: seat.Lobby.ID})
	bob.must(err)
	bob.must(bob.Ready(bob.ctx, true))
	ann.must(ann.StartMatch(ann.ctx))
	wait(ann, ann.frame, "a frame", nil)
	_, err = cat.Join(cat.ctx, client.Request{ID: seat.Lobby.ID})
	for what, test := range map[string]struct {
		err  error
		want string
	}{
		"join a running match":   {err, "WRONG_PHASE"},
		"start a running match":  {ann.StartMatch(ann.ctx), "WRONG_PHASE"},
		"be ready while playing": {bob.Ready(bob.ctx, false), "WRONG_PHASE"},
	} {
		if got := code(t, test.err); got != test.want {
			t.Errorf("%s: %s, want %s", what, got, test.want)
		}
	}
}

func (s *server) resync(p *player) string {
	args, err := p.Conn().Call(p.ctx, "match:resync", struct{}{})
	if err != nil {
		return err.Error()
	}
	return verdict(args)
}

// verdict is the code of a refusal, or "ok".
func verdict(args socketio.Args) string {
	var v struct {
		OK      bool   `json:"ok"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	switch err := args.Decode(&v); {
	case err != nil:
		return err.Error()
	case v.OK:
		return "ok"
	case v.Message == "":
		return v.Code + " without a sentence"
	}
	return v.Code
}

func TestRateLimits(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann := s.connect(t, client.Options{})
	_, err := ann.Quick(ann.ctx, client.Request{Game: "tally"})
	ann.must(err)
	wait(ann, ann.frame, "a frame", nil)
	until := func(what string, do func() string) {
		t.Helper()
		for range 20 {
			if do() == "RATE_LIMITED" {
				return
			}
		}
		t.Errorf("%s is not limited", what)
	}
	until("chat", func() string { return code(t, ann.Say(ann.ctx, "again")) })
	until("resync", func() string { return s.resync(ann) })
}

func TestMalformedRequests(t *testing.T) {
	s := serve(t, lobby.Options{})
	for _, parser := range parsers {
		ann := s.connect(t, client.Options{Parser: parser})
		bob := s.connect(t, client.Options{Parser: parser}) // in no lobby
		_, err := ann.Create(ann.ctx, client.Request{Game: "round"})
		ann.must(err)
		obj := func(kv ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i < len(kv); i += 2 {
				m[kv[i].(string)] = kv[i+1]
			}
			return m
		}
		many := func(n int) map[string]any {
			m := map[string]any{}
			for i := range n {
				m[fmt.Sprint(i)] = i
			}
			return m
		}
		for _, test := range []struct {
			who   *player
			event string
			arg   any
		}{
			{bob, "lobby:list", "all"}, {bob, "lobby:list", 5}, {bob, "lobby:list", []any{}}, {bob, "lobby:list", obj("game", 1)},
			{bob, "lobby:create", nil}, {bob, "lobby:create", obj()}, {bob, "lobby:create", obj("game", 7)},
			{bob, "lobby:create", obj("game", "round", "max", "3")}, {bob, "lobby:create", obj("game", "round", "max", 1.5)},
			{bob, "lobby:create", obj("game", "round", "max", 1)}, {bob, "lobby:create", obj("game", "round", "max", 100)},
			{bob, "lobby:create", obj("game", "round", "visibility", "hidden")}, {bob, "lobby:create", obj("game", "round", "visibility", 3)},
			{bob, "lobby:create", obj("game", "round", "meta", []any{1})}, {bob, "lobby:create", obj("game", "round", "meta", obj("a", []any{}))},
			{bob, "lobby:create", obj("game", "round", "form", "Z")}, {bob, "lobby:create", obj("game", "round", "schema", 12)},
			{bob, "lobby:create", obj("game", "round", "player", []byte("ann"))}, {bob, "lobby:create", obj("game", "round", "name", obj())},
			{bob, "lobby:join", nil}, {bob, "lobby:join", obj()}, {bob, "lobby:join", obj("id", 5)}, {bob, "lobby:join", obj("id", "x", "code", "y")},
			{bob, "lobby:quick", obj()}, {bob, "lobby:quick", true},
			{ann, "lobby:leave", 1}, {ann, "lobby:start", "now"}, {ann, "match:resync", false},
			{ann, "lobby:ready", obj()}, {ann, "lobby:ready", obj("ready", "yes")}, {ann, "lobby:ready", obj("ready", 1)},
			{bob, "lobby:create", obj("game", "round", "password", 5)}, {bob, "lobby:create", obj("game", "round", "password", long(65))},
			{bob, "lobby:join", obj("id", "x", "resume", "y")}, {bob, "lobby:join", obj("resume", 5)}, {bob, "lobby:join", obj("id", "x", "spectate", "yes")},
			{bob, "lobby:join", obj("ticket", 5)}, {bob, "lobby:join", obj("ticket", "x", "code", "y")},
			{bob, "queue:join", obj()}, {bob, "queue:join", obj("game", 7)}, {bob, "queue:join", obj("game", "ranked", "latency", 5)},
			{bob, "queue:join", obj("game", "ranked", "latency", obj("eu", "near"))}, {bob, "queue:join", obj("game", "ranked", "latency", obj("eu", -1))},
			{bob, "queue:join", obj("game", "ranked", "latency", many(65))}, {bob, "queue:leave", 1}, {bob, "queue:status", "all"},
			{bob, "party:create", obj("player", 7)}, {bob, "party:invite", obj("renew", "yes")}, {bob, "party:leave", 1},
			{bob, "party:join", obj()}, {bob, "party:join", obj("code", 5)}, {bob, "party:join", obj("code", "a", "resume", "b")},
			{bob, "party:kick", obj()}, {bob, "party:lead", obj("member", 1)},
			{bob, "lobby:quick", obj("game", "tally", "party", "yes")}, {bob, "lobby:join", obj("id", "x", "party", true, "spectate", true)},
			{ann, "lobby:lock", obj()}, {ann, "lobby:lock", obj("locked", 1)}, {ann, "lobby:unwatch", 1},
			{ann, "lobby:team", obj("team", "red")}, {ann, "lobby:team", obj("team", 1)}, {ann, "lobby:balance", "now"},
			{ann, "lobby:swap", obj("a", "p1")}, {ann, "lobby:swap", obj("a", 1, "b", 2)},
			{ann, "lobby:kick", obj()}, {ann, "lobby:kick", obj("player", 2)},
			{ann, "lobby:chat", obj()}, {ann, "lobby:chat", obj("text", 3)}, {ann, "lobby:chat", obj("text", "  ")}, {ann, "lobby:chat", obj("text", long(201))},
			{bob, "clock", nil}, {bob, "clock", "noon"}, {bob, "clock", obj()},
		} {
			args, err := test.who.Conn().Call(ann.ctx, test.event, test.arg)
			if err != nil {
				t.Fatalf("%s %v: %v", test.event, test.arg, err)
			}
			if got := verdict(args); got != "BAD_REQUEST" {
				t.Errorf("%s: %s %v: %s, want BAD_REQUEST", parser, test.event, test.arg, got)
			}
		}
		ann.must(ann.Leave(ann.ctx))
	}
}

func TestMalformedInputsAreDroppedAndCounted(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON})
	_, err := ann.Quick(ann.ctx, client.Request{Game: "tally"})
	ann.must(err)
	_, err = bob.Quick(bob.ctx, client.Request{Game: "tally"})
	bob.must(err)
	wait(ann, ann.frame, "a frame", nil)
	bad := [][]any{
		{}, {1}, {"1", 2, 3}, {1, "2", 3}, {-1, 2, 3}, {1, -2, 3}, {1.5, 2, 3}, {1 << 40, 2, 3}, {nil, nil, nil},
		{[]any{1}, 2, 3}, {1, map[string]any{}, 3}, {1, 0, make([]byte, 2000)}, {1, 0, 3, "4"}, {1, 0, 3, 4.5, []any{}}, {1, 0, 3, -4},
	}
	for _, args := range bad {
		ann.must(ann.Conn().Emit("i", args...))
		bob.must(bob.Conn().Emit("i", args...))
	}
	for _, p := range []*player{ann, bob} {
		seq, err := p.SendInput(4)
		p.must(err)
		wait(p, p.frame, "a good input", func(f frame) bool { return f.Ack == seq })
	}
	if got, want := s.gateway.DroppedInputs(), uint64(2*len(bad)); got != want {
		t.Errorf("%d inputs dropped, want %d", got, want)
	}
}

func TestOversizedPacketEndsItsSenderAlone(t *testing.T) {
	for _, parser := range parsers {
		t.Run(parser, func(t *testing.T) {
			s := serve(t, lobby.Options{})
			ann, bob := s.connect(t, client.Options{Parser: parser}), s.connect(t, client.Options{})
			seat, err := ann.Quick(ann.ctx, client.Request{Game: "tally", Player: "ann"})
			ann.must(err)
			_, err = bob.Quick(bob.ctx, client.Request{Game: "tally"})
			bob.must(err)
			wait(bob, bob.frame, "a frame", nil)
			ann.Conn().Emit("lobby:chat", map[string]any{"text": fmt.Sprintf("%01100000d", 0)}) // fails half way, or not
			select {
			case <-ann.Conn().Done():
			case <-ann.ctx.Done():
				t.Fatal("the connection goes on")
			}
			if closed, ok := errors.AsType[*client.CloseError](ann.Conn().Err()); ok && closed.Code != 1009 {
				t.Errorf("closed with %v", closed)
			}
			wait(bob, bob.lobby, "ann's end", func(l client.Lobby) bool { return len(l.Players) == 1 && l.Players[0].ID != seat.You.ID })
			seq, err := bob.SendInput(1)
			bob.must(err)
			wait(bob, bob.frame, "the match going on", func(f frame) bool { return f.Ack == seq })
		})
	}
}

// TestRequestsForPlacesAreLimited: each costs the server far more than the
// packet that it comes in.
func TestRequestsForPlacesAreLimited(t *testing.T) {
	s := serve(t, lobby.Options{})
	for name, again := range map[string]func(p *player) string{
		"create and leave": func(p *player) string {
			_, err := p.Create(p.ctx, client.Request{Game: "round"})
			if err == nil {
				p.must(p.Leave(p.ctx))
			}
			return code(t, err)
		},
		"join nothing": func(p *player) string {
			_, err := p.Join(p.ctx, client.Request{ID: "nowhere"})
			return code(t, err)
		},
		"a password": func(p *player) string {
			args, err := p.Conn().Call(p.ctx, "lobby:meta", map[string]any{"password": "sesame"})
			p.must(err)
			return verdict(args)
		},
	} {
		p, tries := s.connect(t, client.Options{}), 0
		for again(p) != "RATE_LIMITED" {
			if tries++; tries > 200 {
				t.Fatalf("%s: %d in a row", name, tries)
			}
		}
		if tries < 20 {
			t.Errorf("%s: refused after %d", name, tries)
		}
	}
}
