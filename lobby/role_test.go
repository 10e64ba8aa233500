package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func (c *client) role(player string, r lobby.Role) error {
	return ask(func(done func(error)) { c.member.Role(player, r, done) })
}

func mustWatch(t *testing.T, d *lobby.Directory, name, id string) *client {
	t.Helper()
	c, err := join(t, d, name, lobby.JoinRequest{ID: id, Spectate: true})
	if err != nil {
		t.Fatalf("%s watches: %v", name, err)
	}
	return c
}

func TestPlayersBecomeSpectatorsAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.Spectators, game.MaxPlayers, game.MaxSpectators = true, 2, 1
		d := directory(t, game)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "arena"})
		wantCode(t, ann.role("", lobby.RoleSpectator), lobby.BadRequest) // the last one
		bob := mustJoin(t, d, "bob", ann.member.LobbyID())
		pass(time.Second)
		bob.input(1, 7)
		pass(time.Second)

		if err := bob.role("", lobby.RoleSpectator); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if place := got[lobby.Place](bob); len(place) != 1 || place[0].Seat != -1 || place[0].Resume != "" || !bob.member.Watches() {
			t.Errorf("place = %+v", place)
		}
		if v := ann.view(); len(v.Players) != 1 || len(bob.positions()) != 1 || len(ann.positions()) != 1 {
			t.Errorf("ann sees %+v, bob %v", v.Players, bob.positions())
		}
		wantCode(t, ann.role("", lobby.RoleSpectator), lobby.BadRequest)

		eve := mustJoin(t, d, "eve", ann.member.LobbyID())
		wantCode(t, bob.role("", lobby.RolePlayer), lobby.RoomFull)
		wantCode(t, eve.role("", lobby.RoleSpectator), lobby.RoomFull)
		wantCode(t, eve.role(bob.member.ID(), lobby.RolePlayer), lobby.NotLeader)
		wantCode(t, ann.role("p999", lobby.RolePlayer), lobby.NotFound)
		wantCode(t, ann.role("", "king"), lobby.BadRequest)
		if err := eve.leave(); err != nil {
			t.Fatal(err)
		}
		if err := ann.lock(); err != nil {
			t.Fatal(err)
		}
		wantCode(t, bob.role("", lobby.RolePlayer), lobby.Locked)
		if err := ann.role(bob.member.ID(), lobby.RolePlayer); err != nil { // the leader may
			t.Fatal(err)
		}
		pass(time.Second)
		bob.input(1, 5)
		pass(time.Second)
		if place := got[lobby.Place](bob); len(place) != 2 || place[1].Seat != 1 || place[1].Resume == "" || place[1].ID != bob.member.ID() {
			t.Errorf("place = %+v", place)
		}
		if at := ann.positions(); at[1] != 5 || bob.positions()[1] != 5 {
			t.Errorf("ann sees %v, bob %v", at, bob.positions())
		}
	})
}

func TestRolesFollowTheGame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		game.Spectators = true
		plain := arena
		d := directory(t, game, plain)
		ann, bob := pair(t, d)
		eve := mustWatch(t, d, "eve", ann.member.LobbyID())
		_, _ = ann.ready(true), bob.ready(true)
		ann.wantPhase(lobby.Countdown)
		if err := bob.role("", lobby.RoleSpectator); err != nil {
			t.Fatal(err)
		}
		ann.wantPhase(lobby.Gathering) // one less
		if err := eve.role("", lobby.RolePlayer); err != nil {
			t.Fatal(err)
		}
		_, _ = ann.ready(true), eve.ready(true)
		pass(4 * time.Second)
		ann.wantPhase(lobby.Playing)
		wantCode(t, bob.role("", lobby.RolePlayer), lobby.WrongPhase) // nobody joins late

		joe := create(t, d, "joe", lobby.CreateRequest{Game: "arena"})
		kim := mustJoin(t, d, "kim", joe.member.LobbyID())
		wantCode(t, kim.role("", lobby.RoleSpectator), lobby.BadRequest) // no spectators there
	})
}

func TestLeaderWhoWatchesLeadsNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		game.Spectators = true
		d := directory(t, game)
		ann, bob := pair(t, d)
		if err := ann.role("", lobby.RoleSpectator); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if v := ann.view(); v.Leader != bob.member.ID() {
			t.Errorf("%q leads", v.Leader)
		}
		wantCode(t, ann.kick(bob), lobby.NotLeader)
	})
}
