package lobby_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// opened makes a lobby with reserved seats; bring redeems one of them.
func opened(t *testing.T, d *lobby.Directory, req lobby.OpenRequest) lobby.Info {
	t.Helper()
	info, err := d.Open(req)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return info
}

func bring(t *testing.T, d *lobby.Directory, name, ticket string) *client {
	t.Helper()
	c, err := join(t, d, name, lobby.JoinRequest{Ticket: ticket})
	if err != nil {
		t.Fatalf("%s brings a ticket: %v", name, err)
	}
	return c
}

func seats(n int) []lobby.SeatRequest { return make([]lobby.SeatRequest, n) }

func TestOpenedLobbyThatNobodyJoinsCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		opened(t, d, lobby.OpenRequest{Game: "gather"})
		opened(t, d, lobby.OpenRequest{Game: "gather", Keep: time.Hour})
		opened(t, d, lobby.OpenRequest{Game: "gather", Seats: seats(2), For: time.Hour, Keep: 2 * time.Hour})
		for _, step := range []struct {
			wait time.Duration
			left int
		}{{59 * time.Second, 3}, {2 * time.Second, 2}, {58 * time.Minute, 2}, {2 * time.Minute, 1}, {time.Hour, 0}} {
			pass(step.wait)
			if n := d.Lobbies(); n != step.left {
				t.Errorf("after %v more: %d lobbies, want %d", step.wait, n, step.left)
			}
		}
	})
}

func TestKeptLobbyOutlivesItsPlayers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		info := opened(t, d, lobby.OpenRequest{Game: "gather", Keep: time.Hour, LobbyName: "the final"})
		if list := d.List(""); len(list) != 1 || list[0].Name != "the final" || list[0].Players != 0 {
			t.Errorf("list = %+v", list)
		}
		for range 2 {
			ann := mustJoin(t, d, "ann", info.ID)
			if ann.joined.Lobby.Leader != ann.member.ID() {
				t.Error("the first to come does not lead")
			}
			if err := ann.leave(); err != nil {
				t.Fatal(err)
			}
			pass(time.Minute)
		}
		pass(time.Hour)
		if d.Lobbies() != 0 {
			t.Error("kept for ever")
		}
	})
}

func TestTicketsTakeTheirSeatOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		info := opened(t, d, lobby.OpenRequest{Game: "gather", Visibility: lobby.Private, Password: "sesame", Seats: seats(2)})
		tickets := info.Reserved.Tickets
		if len(tickets) != 2 || tickets[0] == tickets[1] || info.Reserved.Lobby != info.ID || info.Reserved.Code != info.Code {
			t.Fatalf("info = %+v", info)
		}
		ann := bring(t, d, "ann", tickets[1])
		if v := ann.joined.Lobby; v.Reserved != 1 || ann.joined.You.Seat != 0 {
			t.Errorf("ann sees %+v", v)
		}
		for _, ticket := range []string{tickets[1], tickets[0] + "x", tickets[0][1:], info.ID, info.ID + ".", ".", ann.joined.Token} {
			_, err := join(t, d, "eve", lobby.JoinRequest{Ticket: ticket})
			wantCode(t, err, lobby.BadTicket)
		}
		bring(t, d, "bob", tickets[0])
	})
}

func TestTicketIsNotSpentOnClientsThatCannotPlay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		info := opened(t, d, lobby.OpenRequest{Game: "gather", Seats: []lobby.SeatRequest{{Account: "ann"}}})
		ticket := info.Reserved.Tickets[0]
		try := func(j lobby.Joiner) error {
			c := newClient(t, "ann")
			j.Conn = c
			done, answer := c.done()
			d.Join(lobby.JoinRequest{Joiner: j, Ticket: ticket}, done)
			return answer()
		}
		wantCode(t, try(lobby.Joiner{Account: "ann", Schema: "old"}), lobby.SchemaMismatch)
		wantCode(t, try(lobby.Joiner{Account: "eve"}), lobby.BadTicket)
		wantCode(t, try(lobby.Joiner{}), lobby.BadTicket)
		if err := try(lobby.Joiner{Account: "ann"}); err != nil {
			t.Error(err)
		}
	})
}

func TestReserveIsAllOrNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather, arena)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Max: 4})
		id := ann.member.LobbyID()
		reserve := func(n int) (lobby.Reservation, error) {
			return d.Reserve(lobby.ReserveRequest{Lobby: id, Seats: seats(n), For: 10 * time.Second})
		}
		_, err := reserve(4)
		wantCode(t, err, lobby.RoomFull)
		first, err := reserve(3)
		if err != nil {
			t.Fatal(err)
		}
		_, err = reserve(1)
		wantCode(t, err, lobby.RoomFull)
		_, err = join(t, d, "eve", lobby.JoinRequest{ID: id})
		wantCode(t, err, lobby.RoomFull)
		if quick(t, d, "eve", "gather").member.LobbyID() == id {
			t.Error("quick join takes a reserved seat")
		}
		pass(time.Second)
		if v := ann.view(); len(v.Players) != 1 || len(d.List("")) != 2 || d.List("")[0].Reserved != 3 {
			t.Errorf("ann sees %+v, the list %+v", v, d.List(""))
		}
		bring(t, d, "bob", first.Tickets[0])
		pass(10 * time.Second)
		_, err = join(t, d, "late", lobby.JoinRequest{Ticket: first.Tickets[1]})
		wantCode(t, err, lobby.BadTicket)
		if _, err = reserve(2); err != nil {
			t.Errorf("seats that were given up: %v", err)
		}
	})
}

func TestReserveIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := teamed()
		d := directory(t, game, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: game.Name, Max: 4})
		id := ann.member.LobbyID()
		for _, tc := range []struct {
			req  lobby.ReserveRequest
			code lobby.Code
		}{
			{lobby.ReserveRequest{Lobby: "nowhere", Seats: seats(1)}, lobby.NotFound},
			{lobby.ReserveRequest{Lobby: id}, lobby.BadRequest},
			{lobby.ReserveRequest{Lobby: id, Seats: seats(1), For: -1}, lobby.BadRequest},
			{lobby.ReserveRequest{Lobby: id, Seats: seats(1), For: 2 * time.Hour}, lobby.BadRequest},
			{lobby.ReserveRequest{Lobby: id, Seats: []lobby.SeatRequest{{Team: 3}}}, lobby.BadRequest},
			{lobby.ReserveRequest{Lobby: id, Seats: []lobby.SeatRequest{{Account: strings.Repeat("x", 1000)}}}, lobby.BadRequest},
			{lobby.ReserveRequest{Lobby: id, Seats: []lobby.SeatRequest{{Team: 1}, {Team: 1}}}, lobby.RoomFull}, // ann is in it
		} {
			_, err := d.Reserve(tc.req)
			wantCode(t, err, tc.code)
		}
		for _, tc := range []struct {
			req  lobby.OpenRequest
			code lobby.Code
		}{
			{lobby.OpenRequest{Game: "chess"}, lobby.UnknownGame},
			{lobby.OpenRequest{Game: "gather", Max: 9}, lobby.BadRequest},
			{lobby.OpenRequest{Game: "gather", Keep: 25 * time.Hour}, lobby.BadRequest},
			{lobby.OpenRequest{Game: "gather", Keep: -1}, lobby.BadRequest},
			{lobby.OpenRequest{Game: "gather", AutoStart: 5}, lobby.BadRequest},
			{lobby.OpenRequest{Game: "gather", Seats: seats(5)}, lobby.RoomFull},
		} {
			_, err := d.Open(tc.req)
			wantCode(t, err, tc.code)
		}
		if n := d.Lobbies(); n != 1 {
			t.Errorf("%d lobbies: a refused one is left", n)
		}
	})
}

// teamed is a game of two teams.
func teamed() lobby.Game {
	game := gather
	game.Name, game.Teams = "teamed", 2
	return game
}

func TestReservedTeamsAreHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, teamed())
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "teamed"}) // team 1
		pass(time.Second)
		r, err := d.Reserve(lobby.ReserveRequest{Lobby: ann.member.LobbyID(), Seats: []lobby.SeatRequest{{Team: 2}, {Team: 2}}})
		if err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		eve := mustJoin(t, d, "eve", ann.member.LobbyID()) // team 2 looks empty, and is not
		wantCode(t, ask(func(done func(error)) { eve.member.Team("", 2, done) }), lobby.RoomFull)
		bring(t, d, "bob", r.Tickets[0])
		bring(t, d, "cat", r.Tickets[1])
		pass(time.Second)
		var teams []int
		for _, p := range ann.view().Players {
			teams = append(teams, p.Team)
		}
		if !slices.Equal(teams, []int{1, 1, 2, 2}) {
			t.Errorf("teams %v", teams)
		}
	})
}

func TestCountdownWaitsForReservedSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		r, err := d.Reserve(lobby.ReserveRequest{Lobby: ann.member.LobbyID(), Seats: seats(1), For: 20 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		_ = bob.ready(true)
		wantCode(t, ann.start(), lobby.NotReady)
		_ = ann.ready(true)
		ann.wantPhase(lobby.Gathering)
		cat := bring(t, d, "cat", r.Tickets[0])
		_ = cat.ready(true)
		ann.wantPhase(lobby.Countdown)
		// Somebody is on the way again: the countdown aborts, and goes on when
		// nobody comes.
		if _, err = d.Reserve(lobby.ReserveRequest{Lobby: ann.member.LobbyID(), Seats: seats(1), For: 20 * time.Second}); err != nil {
			t.Fatal(err)
		}
		ann.wantPhase(lobby.Gathering)
		for _, c := range []*client{ann, bob, cat} {
			_ = c.ready(true)
		}
		pass(19 * time.Second)
		ann.wantPhase(lobby.Gathering)
		pass(5 * time.Second)
		ann.wantPhase(lobby.Playing)
		_, err = d.Reserve(lobby.ReserveRequest{Lobby: ann.member.LobbyID(), Seats: seats(1)})
		wantCode(t, err, lobby.WrongPhase)
	})
}

// autoStarted opens a lobby that starts by itself and returns where its outcome
// will be.
func autoStarted(t *testing.T, d *lobby.Directory, req lobby.OpenRequest) (lobby.Info, func() []lobby.Outcome) {
	t.Helper()
	outcomes := make(chan lobby.Outcome, 10)
	req.Settled = func(o lobby.Outcome) { outcomes <- o }
	info := opened(t, d, req)
	return info, func() (all []lobby.Outcome) {
		synctest.Wait()
		for len(outcomes) > 0 {
			all = append(all, <-outcomes)
		}
		return all
	}
}

func TestMatchBeginsByItselfWhenAllAreIn(t *testing.T) {
	for _, game := range []lobby.Game{gather, arena} {
		t.Run(game.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := directory(t, game)
				info, outcomes := autoStarted(t, d, lobby.OpenRequest{Game: game.Name, Seats: seats(3), AutoStart: 3, Visibility: lobby.Private})
				ann, bob := bring(t, d, "ann", info.Reserved.Tickets[0]), bring(t, d, "bob", info.Reserved.Tickets[1])
				pass(10 * time.Second)
				ann.wantPhase(lobby.Gathering)
				cat := bring(t, d, "cat", info.Reserved.Tickets[2])
				pass(4 * time.Second)
				for _, c := range []*client{ann, bob, cat} {
					c.wantPhase(lobby.Playing)
				}
				all := outcomes()
				if len(all) != 1 || !all[0].Began || !slices.Equal(all[0].Seats, []lobby.SeatState{lobby.Taken, lobby.Taken, lobby.Taken}) {
					t.Errorf("outcomes %+v", all)
				}
				if ann.view().Leader != "" {
					t.Error("strangers have a leader")
				}
			})
		})
	}
}

func TestNoShowClosesTheLobby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		info, outcomes := autoStarted(t, d, lobby.OpenRequest{Game: "gather", Seats: seats(3), AutoStart: 3, For: 10 * time.Second})
		ann, bob := bring(t, d, "ann", info.Reserved.Tickets[0]), bring(t, d, "bob", info.Reserved.Tickets[1])
		pass(9 * time.Second)
		if outcomes() != nil {
			t.Error("settled early")
		}
		pass(2 * time.Second)
		for _, c := range []*client{ann, bob} {
			if closed := got[lobby.Closed](c); len(closed) != 1 || closed[0].Code != lobby.NoShow {
				t.Errorf("%s: closed %+v", c.name, closed)
			}
		}
		if all := outcomes(); len(all) != 1 || all[0].Began ||
			!slices.Equal(all[0].Seats, []lobby.SeatState{lobby.Taken, lobby.Taken, lobby.NotTaken}) {
			t.Errorf("outcomes %+v", all)
		}
		if d.Lobbies() != 0 {
			t.Error("the lobby is left")
		}
	})
}

// Once somebody has given up, the others need not wait in vain.
func TestMatchThatCannotBeginClosesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		info, outcomes := autoStarted(t, d, lobby.OpenRequest{Game: "gather", Seats: seats(4), AutoStart: 4})
		ann, bob := bring(t, d, "ann", info.Reserved.Tickets[0]), bring(t, d, "bob", info.Reserved.Tickets[1])
		d.Release(info.Reserved.Tickets[2])
		pass(time.Second)
		if closed := got[lobby.Closed](ann); len(closed) != 1 || closed[0].Code != lobby.NoShow || !bob.member.Gone() {
			t.Errorf("closed %+v", closed)
		}
		if all := outcomes(); len(all) != 1 || all[0].Began ||
			!slices.Equal(all[0].Seats, []lobby.SeatState{lobby.Taken, lobby.Taken, lobby.NotTaken, lobby.Reserved}) {
			t.Errorf("outcomes %+v", all)
		}
	})
}

func TestFewerWillDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		info, outcomes := autoStarted(t, d, lobby.OpenRequest{Game: "gather", Seats: seats(3), AutoStart: 2, For: 10 * time.Second})
		ann := bring(t, d, "ann", info.Reserved.Tickets[0])
		bring(t, d, "bob", info.Reserved.Tickets[1])
		pass(9 * time.Second)
		ann.wantPhase(lobby.Gathering)
		pass(5 * time.Second)
		ann.wantPhase(lobby.Playing)
		if all := outcomes(); len(all) != 1 || !all[0].Began || all[0].Seats[2] != lobby.NotTaken {
			t.Errorf("outcomes %+v", all)
		}
	})
}

func TestLeavingTheCountdownOfAnOpenedLobby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather)
		info, outcomes := autoStarted(t, d, lobby.OpenRequest{Game: "gather", Seats: seats(2), AutoStart: 2})
		ann, bob := bring(t, d, "ann", info.Reserved.Tickets[0]), bring(t, d, "bob", info.Reserved.Tickets[1])
		ann.wantPhase(lobby.Countdown)
		back, err := ann.resume(d) // is still the one who came
		if err != nil {
			t.Fatal(err)
		}
		if err := bob.leave(); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if closed := got[lobby.Closed](back); len(closed) != 1 || closed[0].Code != lobby.NoShow {
			t.Errorf("closed %+v", closed)
		}
		if all := outcomes(); len(all) != 1 || all[0].Began || !slices.Equal(all[0].Seats, []lobby.SeatState{lobby.Taken, lobby.Left}) {
			t.Errorf("outcomes %+v", all)
		}
	})
}

func TestOutcomeOfALobbyThatNobodyComesTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		_, outcomes := autoStarted(t, d, lobby.OpenRequest{Game: "gather", Seats: seats(2), AutoStart: 2})
		_, drained := autoStarted(t, d, lobby.OpenRequest{Game: "gather", Seats: seats(2), AutoStart: 2, For: time.Hour})
		pass(31 * time.Second)
		if all := outcomes(); len(all) != 1 || all[0].Began || all[0].Seats[0] != lobby.NotTaken {
			t.Errorf("outcomes %+v", all)
		}
		shut(t, d)
		if all := drained(); len(all) != 1 || all[0].Began || all[0].Seats[0] != lobby.Reserved {
			t.Errorf("drained: %+v", all)
		}
		_, err := d.Open(lobby.OpenRequest{Game: "gather"})
		wantCode(t, err, lobby.Draining)
	})
}

// Rules that hang or break while the match begins leave nobody waiting.
func TestOutcomeOfBrokenRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		made := false
		game.New = func(m *lobby.Match) lobby.Rules {
			if made { // not the trial when the game is registered
				panic("broken")
			}
			made = true
			return newDots(m)
		}
		d := directory(t, game)
		info, outcomes := autoStarted(t, d, lobby.OpenRequest{Game: "gather", Seats: seats(2), AutoStart: 2})
		ann := bring(t, d, "ann", info.Reserved.Tickets[0])
		bring(t, d, "bob", info.Reserved.Tickets[1])
		pass(5 * time.Second)
		ann.wantPhase(lobby.Finished)
		if all := outcomes(); len(all) != 1 || !all[0].Began {
			t.Errorf("outcomes %+v", all)
		}
	})
}
