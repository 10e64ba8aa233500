package lobby_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func (c *client) configure(s lobby.Settings) error {
	return ask(func(done func(error)) { c.member.Configure(s, done) })
}

func TestLeaderChangesTheLobby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		id := ann.member.LobbyID()
		all := lobby.Settings{
			Name: new(" the\nden "), Visibility: new(lobby.Unlisted), Max: new(3), Password: new("x"),
			Meta: map[string]any{"map": "hills"},
		}
		wantCode(t, bob.configure(all), lobby.NotLeader)
		if err := ann.configure(all); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		u := got[lobby.Update](bob)
		last := u[len(u)-1]
		if *last.Name != "the den" || *last.Visibility != lobby.Unlisted || *last.Max != 3 || !*last.Password || (*last.Meta)["map"] != "hills" || *last.Code == ann.joined.Lobby.Code {
			t.Errorf("update = %+v", last)
		}
		_, err := join(t, d, "eve", lobby.JoinRequest{ID: id})
		wantCode(t, err, lobby.BadPassword)
		eve, err := join(t, d, "eve", lobby.JoinRequest{ID: id, Password: "x"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = join(t, d, "joe", lobby.JoinRequest{ID: id, Password: "x"})
		wantCode(t, err, lobby.RoomFull)

		wantCode(t, ann.configure(lobby.Settings{Max: new(2)}), lobby.RoomFull)
		for _, bad := range []lobby.Settings{
			{Max: new(1)}, {Max: new(5)}, {Visibility: new(lobby.Visibility("hidden"))}, {Password: new(strings.Repeat("x", 65))},
			{Meta: map[string]any{"": 1}}, {Meta: map[string]any{"x": []any{}}},
		} {
			wantCode(t, ann.configure(bad), lobby.BadRequest)
		}
		// A seat beyond the new number of seats is kept until its player leaves.
		_ = bob.leave()
		if err := ann.configure(lobby.Settings{Max: new(2), Password: new(""), Name: new("")}); err != nil {
			t.Fatal(err)
		}
		_, err = join(t, d, "joe", lobby.JoinRequest{ID: id})
		wantCode(t, err, lobby.RoomFull)
		_ = eve.leave()
		if kim := mustJoin(t, d, "kim", id); kim.member.Seat() != 1 || kim.joined.Lobby.Name != "ann's lobby" {
			t.Errorf("kim sits on %d of %q", kim.member.Seat(), kim.joined.Lobby.Name)
		}
		if err := ann.configure(lobby.Settings{Max: new(4)}); err != nil {
			t.Fatal(err)
		}
		mustJoin(t, d, "lou", id)
		mustJoin(t, d, "max", id)
		_, err = join(t, d, "joe", lobby.JoinRequest{ID: id})
		wantCode(t, err, lobby.RoomFull)
	})
}

func TestSettingsAreFixedDuringTheMatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather, arena)
		ann, bob := pair(t, d)
		rename := lobby.Settings{Name: new("x")}
		_, _ = ann.ready(true), bob.ready(true)
		ann.wantPhase(lobby.Countdown)
		wantCode(t, ann.configure(rename), lobby.WrongPhase)
		pass(4 * time.Second)
		wantCode(t, ann.configure(rename), lobby.WrongPhase)
		ann.input(1, "end")
		ann.wantPhase(lobby.Finished)
		if err := ann.configure(rename); err != nil {
			t.Error(err)
		}
		eve := create(t, d, "eve", lobby.CreateRequest{Game: "arena"})
		pass(time.Second)
		if err := eve.configure(lobby.Settings{Max: new(2), Name: new("x")}); err != nil { // its match never stops
			t.Error(err)
		}
	})
}

func TestQuickJoinFollowsTheSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Visibility: lobby.Private})
		found := func() bool {
			q := quick(t, d, "q", "gather")
			there := q.member.LobbyID() == ann.member.LobbyID()
			_ = q.leave()
			return there
		}
		for i, step := range []struct {
			s    lobby.Settings
			want bool
		}{
			{lobby.Settings{}, false},
			{lobby.Settings{Visibility: new(lobby.Public)}, true},
			{lobby.Settings{Password: new("x")}, false},
			{lobby.Settings{Password: new("")}, true},
			{lobby.Settings{Visibility: new(lobby.Unlisted)}, false},
		} {
			if err := ann.configure(step.s); err != nil {
				t.Fatal(err)
			}
			if got := found(); got != step.want {
				t.Errorf("step %d: found %v", i, got)
			}
		}
	})
}

// What is secret is in no list, neither asked for nor watched, and not at the
// moment either when a lobby turns from one to the other.
func TestSecretLobbiesDoNotLeak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		look := func(s lobby.Summary) {
			if s.Visibility != lobby.Public || strings.Contains(s.Name, "secret") || s.Meta["secret"] != nil {
				t.Errorf("leaked: %+v", s)
			}
		}
		var mu sync.Mutex                     // guards the following
		lobbies := map[string]lobby.Summary{} // as a client that watches has them
		var removed []string
		q, err := lobby.ParseQuery(nil)
		if err != nil {
			t.Fatal(err)
		}
		w := d.Watch("", q, func(ev *lobby.Event) {
			mu.Lock()
			defer mu.Unlock()
			diff := ev.Args[0].(lobby.ListDiff)
			removed = append(removed, diff.Remove...)
			for _, id := range diff.Remove {
				delete(lobbies, id)
			}
			for _, s := range diff.Put {
				look(s)
				lobbies[s.ID] = s
			}
		}, func(l lobby.List, err error) {})
		defer w.Stop()
		pass(time.Second)

		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", LobbyName: "secret", Visibility: lobby.Private})
		id := ann.member.LobbyID()
		bob, err := join(t, d, "bob", lobby.JoinRequest{Code: ann.joined.Lobby.Code})
		if err != nil {
			t.Fatal(err)
		}
		_ = bob.ready(true)
		pass(time.Second)
		_ = bob.leave()
		pass(time.Second)
		mu.Lock()
		if len(removed)+len(lobbies) > 0 {
			t.Errorf("removed %q, listed %v", removed, lobbies)
		}
		mu.Unlock()
		public := lobby.Settings{Visibility: new(lobby.Public), Name: new("den"), Meta: map[string]any{}}
		code := ann.joined.Lobby.Code
		for i := range 20 {
			if err := ann.configure(public); err != nil {
				t.Fatal(err)
			}
			for _, s := range d.List("") {
				look(s)
				code = s.Code
			}
			pass(time.Duration(i*7) * time.Millisecond) // in, and out of step with the lists
			v := []lobby.Visibility{lobby.Private, lobby.Unlisted}[i%2]
			if err := ann.configure(lobby.Settings{Visibility: &v, Name: new("secret"), Meta: map[string]any{"secret": fmt.Sprint(i)}}); err != nil {
				t.Fatal(err)
			}
			if n := len(d.List("")); n > 0 {
				t.Errorf("%d lobbies are listed", n)
			}
			_, err := join(t, d, "eve", lobby.JoinRequest{Code: code}) // which the list told
			wantCode(t, err, lobby.BadCode)
			pass(time.Duration(i*11) * time.Millisecond)
		}
		pass(time.Second)
		mu.Lock()
		if len(lobbies) != 0 || len(removed) == 0 || removed[0] != id {
			t.Errorf("still listed: %v, removed %q", lobbies, removed)
		}
		mu.Unlock()
		// And back again, for those who watch.
		if err := ann.configure(public); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if lobbies[id].Name != "den" {
			t.Errorf("listed: %v", lobbies)
		}
	})
}
