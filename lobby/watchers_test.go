package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

var watched = lobby.Game{Name: "watched", MaxPlayers: 2, Hz: 20, DropIn: true, Spectators: true, MaxSpectators: 2, New: newDots}

func watch(t *testing.T, d *lobby.Directory, name, id string) (*client, error) {
	t.Helper()
	return join(t, d, name, lobby.JoinRequest{ID: id, Spectate: true})
}

func TestSpectatorsSeeEverythingAndDoNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, watched)
		ann, bob := quick(t, d, "ann", "watched"), quick(t, d, "bob", "watched") // full
		pass(time.Second)
		eve, err := watch(t, d, "eve", ann.member.LobbyID())
		if err != nil {
			t.Fatal(err)
		}
		if eve.joined.You.Seat != -1 || !eve.member.Watches() || ann.member.Watches() {
			t.Errorf("you = %+v", eve.joined.You)
		}
		pass(step)
		ann.input(1, 4)
		eve.input(1, 100)
		bob.input(1, "emit")
		pass(time.Minute)
		if at := eve.positions(); len(at) != 2 || at[0] != 4 || at[1] != 0 || eve.kinds[0] != 3 {
			t.Errorf("eve sees %v", at)
		}
		if s := d.Stats(); s.Skipped != 0 || s.Keyframes != 3 {
			t.Errorf("stats = %+v", s)
		}
		if v := ann.joined.Lobby; v.Spectators != 0 || eve.view().Players[0].Name != "ann" || len(eve.view().Players) != 2 {
			t.Errorf("eve sees %+v", eve.view())
		}
		if err := eve.chat("nice move"); err != nil || len(got[lobby.Chat](ann)) != 1 {
			t.Errorf("chat: %v", err)
		}
		wantCode(t, eve.ready(true), lobby.BadRequest)
		wantCode(t, eve.start(), lobby.NotLeader)
		shouts := 0
		for _, ev := range eve.events {
			if ev.Name == lobby.EventMatch {
				shouts++
			}
		}
		if shouts != 1 {
			t.Errorf("eve heard %d shouts", shouts)
		}
	})
}

func TestSpectatorsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, watched, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "watched"})
		eve, _ := watch(t, d, "eve", ann.member.LobbyID())
		if _, err := watch(t, d, "joe", ann.member.LobbyID()); err != nil {
			t.Fatal(err)
		}
		_, err := watch(t, d, "max", ann.member.LobbyID())
		wantCode(t, err, lobby.RoomFull)
		if err := eve.leave(); err != nil || !eve.member.Gone() {
			t.Errorf("eve leaves: %v", err)
		}
		max, err := watch(t, d, "max", ann.member.LobbyID())
		if err != nil {
			t.Fatal(err)
		}
		if err := ann.kick(max); err != nil || len(got[lobby.Closed](max)) != 1 {
			t.Errorf("kick: %v", err)
		}
		other := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		_, err = watch(t, d, "eve", other.member.LobbyID())
		wantCode(t, err, lobby.BadRequest)
	})
}

func TestSpectatorsDoNotKeepALobbyOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, watched)
		ann := quick(t, d, "ann", "watched")
		eve, err := watch(t, d, "eve", ann.member.LobbyID())
		if err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		_ = ann.leave()
		if closed := got[lobby.Closed](eve); len(closed) != 1 || closed[0].Code != lobby.NotFound || !eve.member.Gone() {
			t.Errorf("closed = %+v", closed)
		}
		if d.Lobbies() != 0 {
			t.Error("the lobby is left")
		}
	})
}

func TestPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Password: "open sesame"})
		if !ann.joined.Lobby.Password || !d.List("")[0].Password {
			t.Error("nobody is told that a password is needed")
		}
		id := ann.member.LobbyID()
		for _, wrong := range []string{"", "sesame", "open sesame "} {
			_, err := join(t, d, "bob", lobby.JoinRequest{ID: id, Password: wrong})
			wantCode(t, err, lobby.BadPassword)
		}
		if _, err := join(t, d, "bob", lobby.JoinRequest{Code: ann.joined.Lobby.Code, Password: "open sesame"}); err != nil {
			t.Error(err)
		}
		if quick(t, d, "joe", "gather").member.LobbyID() == id {
			t.Error("quick join walks through the password")
		}
		var err error
		for range 100 {
			_, err = join(t, d, "eve", lobby.JoinRequest{ID: id, Password: "guess"})
		}
		wantCode(t, err, lobby.RateLimited)
	})
}

func TestLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather)
		ann, bob := pair(t, d)
		lock := func(c *client, locked bool) error {
			return ask(func(done func(error)) { c.member.Lock(locked, done) })
		}
		wantCode(t, lock(bob, true), lobby.NotLeader)
		if err := lock(ann, true); err != nil {
			t.Fatal(err)
		}
		_, err := join(t, d, "eve", lobby.JoinRequest{ID: ann.member.LobbyID()})
		wantCode(t, err, lobby.Locked)
		if quick(t, d, "eve", "gather").member.LobbyID() == ann.member.LobbyID() {
			t.Error("quick join walks through the lock")
		}
		if _, err := bob.resume(d); err != nil {
			t.Errorf("bob has a place: %v", err)
		}
		pass(time.Second)
		if !d.List("")[0].Locked {
			t.Error("the list does not tell")
		}
		if err := lock(ann, false); err != nil {
			t.Fatal(err)
		}
		mustJoin(t, d, "joe", ann.member.LobbyID())
	})
}
