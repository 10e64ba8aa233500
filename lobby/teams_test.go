package lobby_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func (c *client) team(player *client, team int) error {
	id := ""
	if player != nil {
		id = player.member.ID()
	}
	return ask(func(done func(error)) { c.member.Team(id, team, done) })
}

// teams returns the players' teams in the order of their joining.
func (c *client) teams() (teams []int) {
	pass(100 * time.Millisecond)
	for _, p := range c.view().Players {
		teams = append(teams, p.Team)
	}
	return teams
}

func TestTeams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := lobby.Game{Name: "duel", MinPlayers: 2, MaxPlayers: 6, Hz: 20, Teams: 2, Countdown: -1, New: newDots}
		d := directory(t, game, gather)
		players := []*client{create(t, d, "ann", lobby.CreateRequest{Game: "duel"})}
		for _, name := range []string{"bob", "eve", "joe", "max"} {
			players = append(players, mustJoin(t, d, name, players[0].member.LobbyID()))
		}
		ann, bob, eve, joe := players[0], players[1], players[2], players[3]
		want := func(teams ...int) {
			t.Helper()
			if got := ann.teams(); !slices.Equal(got, teams) {
				t.Errorf("teams %v, want %v", got, teams)
			}
		}
		want(1, 2, 1, 2, 1)
		if v := ann.view(); v.Teams != 2 {
			t.Errorf("%d teams", v.Teams)
		}
		wantCode(t, bob.team(nil, 1), lobby.RoomFull) // three of six
		wantCode(t, bob.team(nil, 3), lobby.BadRequest)
		wantCode(t, bob.team(nil, 0), lobby.BadRequest)
		wantCode(t, bob.team(eve, 2), lobby.NotLeader)
		if err := eve.team(nil, 2); err != nil {
			t.Error(err)
		}
		want(1, 2, 2, 2, 1)
		if err := ann.team(joe, 1); err != nil {
			t.Error(err)
		}
		want(1, 2, 2, 1, 1)
		swap := func(by, a, b *client) error {
			return ask(func(done func(error)) { by.member.Swap(a.member.ID(), b.member.ID(), done) })
		}
		wantCode(t, bob.team(nil, 1), lobby.RoomFull)
		wantCode(t, swap(bob, ann, bob), lobby.NotLeader)
		if err := swap(ann, joe, bob); err != nil {
			t.Error(err)
		}
		want(1, 1, 2, 2, 1)
		_ = eve.leave()
		_ = joe.leave()
		want(1, 1, 1)
		wantCode(t, ask(bob.member.Balance), lobby.NotLeader)
		if err := ask(ann.member.Balance); err != nil {
			t.Error(err)
		}
		want(1, 1, 2)
		for _, c := range []*client{ann, bob, players[4]} {
			_ = c.ready(true)
		}
		ann.wantPhase(lobby.Playing)
		wantCode(t, bob.team(nil, 2), lobby.WrongPhase)

		other := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		wantCode(t, other.team(nil, 1), lobby.BadRequest)
	})
}
