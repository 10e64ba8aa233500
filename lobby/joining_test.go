package lobby_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
)

func shut(t *testing.T, d *lobby.Directory) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.Drain(ctx); err != nil {
		t.Error(err)
	}
	if n := d.Lobbies(); n != 0 {
		t.Errorf("%d lobbies are left", n)
	}
}

func TestCreateAndJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Meta: map[string]any{"map": "hills"}})
		v := ann.joined.Lobby
		if v.ID == "" || len(v.Code) != 5 || v.Game != "gather" || v.Name != "ann's lobby" || v.Phase != lobby.Gathering ||
			v.Min != 2 || v.Max != 4 || v.Leader != ann.member.ID() || v.Meta["map"] != "hills" || v.Visibility != lobby.Public {
			t.Errorf("created %+v", v)
		}
		bob, err := join(t, d, "bob", lobby.JoinRequest{Code: strings.ToLower(v.Code[:2]) + "-" + v.Code[2:]})
		if err != nil {
			t.Fatal(err)
		}
		if bob.joined.You.Seat != 1 || bob.joined.You.ID != bob.member.ID() || bob.joined.Token == "" {
			t.Errorf("you = %+v", bob.joined)
		}
		pass(time.Second)
		for _, c := range []*client{ann, bob} {
			v := c.view()
			if len(v.Players) != 2 || v.Players[0].Name != "ann" || v.Players[1].Name != "bob" || v.Leader != ann.member.ID() {
				t.Errorf("%s sees %+v", c.name, v)
			}
		}
		list := d.List("gather")
		if len(list) != 1 || list[0].Players != 2 || list[0].ID != v.ID || list[0].Max != 4 {
			t.Errorf("list = %+v", list)
		}
	})
}

func TestJoinIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Max: 2})
		secret := create(t, d, "eve", lobby.CreateRequest{Game: "gather", Visibility: lobby.Private})
		mustJoin(t, d, "bob", ann.member.LobbyID())
		for _, tc := range []struct {
			req  lobby.JoinRequest
			code lobby.Code
		}{
			{lobby.JoinRequest{}, lobby.BadRequest},
			{lobby.JoinRequest{ID: "nowhere"}, lobby.NotFound},
			{lobby.JoinRequest{ID: ann.member.LobbyID()}, lobby.RoomFull},
			{lobby.JoinRequest{Code: ann.joined.Lobby.Code}, lobby.RoomFull},
			{lobby.JoinRequest{Code: "ABC"}, lobby.BadCode},
			{lobby.JoinRequest{Code: "ABCD0"}, lobby.BadCode},
			{lobby.JoinRequest{Code: "22222"}, lobby.BadCode},
			{lobby.JoinRequest{ID: secret.member.LobbyID()}, lobby.NotFound},
		} {
			_, err := join(t, d, "joe", tc.req)
			wantCode(t, err, tc.code)
		}
		if _, err := join(t, d, "joe", lobby.JoinRequest{Code: secret.joined.Lobby.Code}); err != nil {
			t.Errorf("a private lobby by its code: %v", err)
		}
	})
}

func TestCreateIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, lobby.Options{Games: []lobby.Game{gather}, MaxLobbies: 1})
		c := newClient(t, "ann")
		many := map[string]any{}
		for _, k := range strings.Split("abcdefghijklmnopq", "") {
			many[k] = 1
		}
		for _, tc := range []struct {
			req  lobby.CreateRequest
			code lobby.Code
		}{
			{lobby.CreateRequest{Game: "chess"}, lobby.UnknownGame},
			{lobby.CreateRequest{Game: "gather", Max: 5}, lobby.BadRequest},
			{lobby.CreateRequest{Game: "gather", Max: 1}, lobby.BadRequest},
			{lobby.CreateRequest{Game: "gather", Visibility: "hidden"}, lobby.BadRequest},
			{lobby.CreateRequest{Game: "gather", Meta: many}, lobby.BadRequest},
			{lobby.CreateRequest{Game: "gather", Meta: map[string]any{"a": []any{}}}, lobby.BadRequest},
			{lobby.CreateRequest{Game: "gather", Joiner: lobby.Joiner{Form: "X"}}, lobby.BadRequest},
			{lobby.CreateRequest{Game: "gather", Joiner: lobby.Joiner{Schema: "old"}}, lobby.SchemaMismatch},
		} {
			tc.req.Conn = c
			done, answer := c.done()
			d.Create(tc.req, done)
			wantCode(t, answer(), tc.code)
		}
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		done, answer := c.done()
		d.Create(lobby.CreateRequest{Game: "gather", Joiner: c.joiner()}, done)
		wantCode(t, answer(), lobby.LobbyLimit)

		_, err := join(t, d, "bob", lobby.JoinRequest{ID: ann.member.LobbyID(), Joiner: lobby.Joiner{}})
		if err != nil {
			t.Errorf("bob: %v", err)
		}
	})
}

// A reservation that comes to nothing is given back.
func TestRefusedJoinerFreesTheSeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Max: 2})
		c := newClient(t, "bob")
		for range 5 {
			done, answer := c.done()
			d.Join(lobby.JoinRequest{ID: ann.member.LobbyID(), Joiner: lobby.Joiner{Conn: c, Schema: "old"}}, done)
			wantCode(t, answer(), lobby.SchemaMismatch)
		}
		mustJoin(t, d, "bob", ann.member.LobbyID())
	})
}

func TestSchemaThatTheClientKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		c := newClient(t, "ann")
		done, answer := c.done()
		d.Create(lobby.CreateRequest{Game: "gather", Joiner: lobby.Joiner{Conn: c, Schema: d.Games()[0].Hash}}, done)
		if err := answer(); err != nil {
			t.Error(err)
		}
	})
}

func TestQuickFillsTheOldestLobbyFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather, arena)
		create(t, d, "eve", lobby.CreateRequest{Game: "gather", Visibility: lobby.Unlisted})
		first := quick(t, d, "p0", "gather")
		for range 3 {
			if c := quick(t, d, "p", "gather"); c.member.LobbyID() != first.member.LobbyID() {
				t.Error("a new lobby although the first has seats")
			}
		}
		second := quick(t, d, "p4", "gather")
		if second.member.LobbyID() == first.member.LobbyID() {
			t.Fatal("five players in four seats")
		}
		if err := first.leave(); err != nil {
			t.Fatal(err)
		}
		if c := quick(t, d, "p5", "gather"); c.member.LobbyID() == second.member.LobbyID() {
			t.Error("the free seat is in the older lobby")
		}
		if quick(t, d, "q", "arena").member.LobbyID() == first.member.LobbyID() {
			t.Error("another game, the same lobby")
		}
		if d.Lobbies() != 4 {
			t.Errorf("%d lobbies, want 4", d.Lobbies())
		}
	})
}

func TestEmptyLobbiesAreDisposedOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather, arena)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		bob := mustJoin(t, d, "bob", ann.member.LobbyID())
		quinn := quick(t, d, "quinn", "arena")
		pass(time.Second) // the arena plays
		for _, c := range []*client{ann, bob, quinn} {
			if err := c.leave(); err != nil {
				t.Error(err)
			}
			if !c.member.Gone() {
				t.Errorf("%s is still there", c.name)
			}
		}
		if n := d.Lobbies(); n != 0 {
			t.Errorf("%d lobbies are left", n)
		}
		wantCode(t, ann.leave(), lobby.NotInLobby)
		wantCode(t, bob.ready(true), lobby.NotFound) // the lobby is closed
		_, err := join(t, d, "joe", lobby.JoinRequest{Code: ann.joined.Lobby.Code})
		wantCode(t, err, lobby.BadCode)
		if len(d.List("")) != 0 {
			t.Error("a closed lobby is listed")
		}
	})
}

func TestNamesAreMadeFitToShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		for name, want := range map[string]string{
			" ann ":                  "ann",
			"a\x00b\u202ec\nd":       "abc d",
			"Zoë the Ñandú of Ávila": "Zoë the Ñandú of",
			"名前名前名前名前名前名前名前名前名前": "名前名前名前名前名前名前名前名前",
		} {
			if got := create(t, d, name, lobby.CreateRequest{Game: "gather"}).member.Name(); got != want {
				t.Errorf("%q becomes %q, want %q", name, got, want)
			}
		}
		if got := create(t, d, "\x07", lobby.CreateRequest{Game: "gather"}).member.Name(); !strings.HasPrefix(got, "guest-") {
			t.Errorf("nameless is %q", got)
		}
	})
}

func TestGames(t *testing.T) {
	d := directory(t, gather, arena)
	games := d.Games()
	if len(games) != 2 || games[0].Name != "gather" || games[0].Title != "gather" || games[0].Min != 2 || games[0].Max != 4 ||
		games[0].Hz != 20 || games[0].DropIn || !games[1].DropIn || games[0].Hash == "" {
		t.Errorf("%+v", games)
	}
}

func TestWrongGamesAreFoundAtTheStart(t *testing.T) {
	for name, games := range map[string][]lobby.Game{
		"none":        nil,
		"no name":     {{New: newDots}},
		"bad name":    {{Name: "Two Words", New: newDots}},
		"no rules":    {{Name: "a"}},
		"twice":       {gather, gather},
		"min over":    {{Name: "a", MinPlayers: 3, MaxPlayers: 2, New: newDots}},
		"hz":          {{Name: "a", Hz: 129, New: newDots}},
		"send hz":     {{Name: "a", Hz: 30, SendHz: 20, New: newDots}},
		"teams":       {{Name: "a", Teams: 9, New: newDots}},
		"nil rules":   {{Name: "a", New: func(*lobby.Match) lobby.Rules { return nil }}},
		"state types": {{Name: "a", New: func(m *lobby.Match) lobby.Rules { panic("tag") }}},
		"reference": {{Name: "a", New: func(m *lobby.Match) lobby.Rules {
			state.Register[struct {
				Of state.ID `sync:"ref=Nothing"`
			}](m.World(), "Thing")
			return newDots(m)
		}}},
	} {
		if _, err := lobby.New(lobby.Options{Games: games}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
