package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// quickWith joins quickly with n others.
func quickWith(d *lobby.Directory, c *client, game string, n int) error {
	j := c.joiner()
	j.With = seats(n)
	done, answer := c.done()
	d.Quick(lobby.QuickRequest{Game: game, Joiner: j}, done)
	return answer()
}

func TestGroupTakesAllItsSeatsOrNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		first := quick(t, d, "first", "gather")
		quick(t, d, "second", "gather")
		ann := newClient(t, "ann")
		if err := quickWith(d, ann, "gather", 2); err != nil {
			t.Fatal(err)
		}
		if ann.member.LobbyID() == first.member.LobbyID() || len(ann.joined.Reserved.Tickets) != 2 {
			t.Errorf("three in two seats: %+v", ann.joined)
		}
		if quick(t, d, "third", "gather").member.LobbyID() != first.member.LobbyID() {
			t.Error("the first lobby is passed by")
		}
		for _, ticket := range ann.joined.Reserved.Tickets {
			if c := bring(t, d, "friend", ticket); c.member.LobbyID() != ann.member.LobbyID() {
				t.Error("friends are apart")
			}
		}
		wantCode(t, quickWith(d, newClient(t, "eve"), "gather", 4), lobby.RoomFull)
		if n := d.Lobbies(); n != 2 {
			t.Errorf("%d lobbies", n)
		}
	})
}

func TestRefusedGroupFreesItsSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		bob := newClient(t, "bob")
		for range 3 {
			j := bob.joiner()
			j.With, j.Schema = seats(2), "old"
			done, answer := bob.done()
			d.Join(lobby.JoinRequest{ID: ann.member.LobbyID(), Joiner: j}, done)
			wantCode(t, answer(), lobby.SchemaMismatch)
		}
		r, err := d.Reserve(lobby.ReserveRequest{Lobby: ann.member.LobbyID(), Seats: seats(3)})
		if err != nil {
			t.Fatal(err)
		}
		if !d.Release(r.Tickets[0]) || d.Release(r.Tickets[0]) || d.Release("x") {
			t.Error("a seat is given back once")
		}
		mustJoin(t, d, "cat", ann.member.LobbyID())
	})
}

func TestGroupGetsIntoOneTeam(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, teamed())
		first := create(t, d, "first", lobby.CreateRequest{Game: "teamed"}) // team 1
		pass(time.Second)
		ann := newClient(t, "ann")
		if err := quickWith(d, ann, "teamed", 1); err != nil {
			t.Fatal(err)
		}
		mustJoin(t, d, "eve", first.member.LobbyID())
		bring(t, d, "bob", ann.joined.Reserved.Tickets[0])
		pass(time.Second)
		teams := map[string]int{}
		for _, p := range first.view().Players {
			teams[p.Name] = p.Team
		}
		if teams["ann"] != teams["bob"] || teams["eve"] != teams["first"] || teams["ann"] == teams["eve"] {
			t.Errorf("teams %v", teams)
		}
	})
}

// TestSeatsOfAGroupGoWithItsLeader: who comes and goes, or takes its own seat
// over again and again, holds no seats for others who never come.
func TestSeatsOfAGroupGoWithItsLeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		id := ann.member.LobbyID()
		with := func(account string, n int) *client {
			c := newClient(t, account)
			j := c.joiner()
			j.Account, j.With = account, seats(n)
			if err := c.joins(d, lobby.JoinRequest{ID: id}, j); err != nil {
				t.Fatal(err)
			}
			return c
		}
		held := func(when string, want int) {
			t.Helper()
			pass(time.Second)
			if got := d.List("")[0].Reserved; got != want {
				t.Errorf("%s: %d seats are reserved, want %d", when, got, want)
			}
		}
		eve := with("eve", 2)
		held("eve is here", 2)
		if err := eve.leave(); err != nil {
			t.Fatal(err)
		}
		held("eve has left", 0)
		with("eve", 2)
		eve = with("eve", 2) // on another device
		held("eve is here again", 2)
		bob := bring(t, d, "bob", eve.joined.Reserved.Tickets[0])
		if err := eve.leave(); err != nil {
			t.Fatal(err)
		}
		held("bob has come, eve has left", 0)
		if bob.member.Gone() {
			t.Error("bob lost the seat that he had taken")
		}
		mustJoin(t, d, "cat", id)
		mustJoin(t, d, "dan", id)
	})
}
