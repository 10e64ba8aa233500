package queue_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
	"tickwire/lobby/queue"
)

func TestTwoMeetAndPlay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{})
		ann, bob := h.gamer("ann"), h.gamer("bob")
		if s := h.queued("duel", ann); s.Reason != "pending" || s.Needed != 1 || s.Size != 1 || s.Game != "duel" || *s.Window != 100 {
			t.Errorf("ann begins with %+v", s)
		}
		pass(3 * time.Second)
		if s, err := h.status(ann); err != nil || s.WaitedMs != 3000 || s.Reason != "too_few_players" || *s.Window != 130 {
			t.Errorf("%v, ann waits with %+v", err, s)
		}
		h.queued("duel", bob)
		pass(time.Second)
		for _, g := range []*gamer{ann, bob} {
			found := got[queue.Matched](g)
			if len(found) != 1 || found[0].Game != "duel" || found[0].Players != 2 || found[0].ExpiresMs != 20_000 || found[0].Team != 0 {
				t.Fatalf("%s is told %+v", g.name, found)
			}
			if s, _ := h.status(g); !s.Matched {
				t.Errorf("%s has status %+v", g.name, s)
			}
			g.take()
		}
		if len(h.lobbies.List("")) != 0 {
			t.Error("strangers see the lobby")
		}
		pass(4 * time.Second)
		for _, g := range []*gamer{ann, bob} {
			if len(got[lobby.MatchStart](g)) != 1 || len(got[queue.Closed](g)) != 0 {
				t.Errorf("%s has no match", g.name)
			}
			_, err := h.status(g)
			wantCode(t, err, lobby.NotQueued)
		}
		if s := h.queue.Stats()[0]; s.Joined != 2 || s.Matches != 1 || s.Matched != 2 || s.NoShows != 0 || s.Tickets != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestNoShowSendsTheOthersBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{Hold: 10 * time.Second})
		g := h.gamers("ann", "bob", "cat")
		ann, bob, cat := g[0], g[1], g[2]
		h.queued("duel", ann)
		h.queued("duel", bob)
		pass(time.Second)
		ann.take()
		pass(5 * time.Second)
		h.queued("duel", cat)
		pass(5500 * time.Millisecond)
		bob.wantClosed(lobby.NoShow)
		if c := got[lobby.Closed](ann); len(c) != 1 || c[0].Code != lobby.NoShow || !ann.member().Gone() {
			t.Errorf("ann is told %+v", c)
		}
		pass(time.Second)
		if len(got[queue.Matched](ann)) != 2 || len(got[queue.Matched](cat)) != 1 {
			t.Error("ann is not matched again")
		}
		ann.take()
		cat.take()
		pass(5 * time.Second)
		if len(got[lobby.MatchStart](ann)) != 1 {
			t.Error("ann does not play")
		}
		if s := h.queue.Stats()[0]; s.Returned != 1 || s.NoShows != 1 {
			t.Errorf("stats %+v", s)
		}
	})
}

func (h *house) leaveMust(g *gamer) {
	h.t.Helper()
	if err := h.leave(g); err != nil {
		h.t.Errorf("%s leaves: %v", g.name, err)
	}
}

func TestWaitIsKeptAfterANoShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{Hold: 10 * time.Second})
		ann, bob := h.gamer("ann"), h.gamer("bob")
		h.queued("duel", ann)
		pass(30 * time.Second)
		h.queued("duel", bob)
		pass(time.Second)
		ann.take()
		pass(2 * time.Second)
		h.leaveMust(bob) // declines: ann need not wait for the seat to expire
		synctest.Wait()
		if w := h.waiting(ann); w < 33*time.Second {
			t.Errorf("ann has waited %v", w)
		}
		bob.wantClosed(lobby.NotQueued)
		if h.lobbies.Lobbies() != 0 {
			t.Error("the lobby is left")
		}
	})
}

func TestVanishingInEachState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{Hold: 10 * time.Second})
		g := h.gamers("ann", "bob", "cat")
		ann, bob, cat := g[0], g[1], g[2]
		ann.account = "a1"
		h.queued("duel", ann)
		pass(20 * time.Second)
		h.queue.Lost("ann", "another connection") // late news
		synctest.Wait()
		if h.waiting(ann) != 20*time.Second {
			t.Error("another connection's end took the ticket along")
		}
		h.queue.Lost("ann", "ann")
		synctest.Wait()
		_, err := h.status(ann)
		wantCode(t, err, lobby.NotQueued)
		pass(30 * time.Second)
		if s := h.queued("duel", ann); s.WaitedMs != 20_000 {
			t.Errorf("back after a broken connection, ann has waited %d ms", s.WaitedMs)
		}
		// Vanishes between the match and the seat.
		h.queued("duel", bob)
		pass(time.Second)
		bob.take()
		h.queue.Lost("ann", "ann")
		pass(time.Second)
		if w := h.waiting(bob); w < 0 {
			t.Error("bob does not wait again")
		}
		// Vanishes from the lobby, whose seat is held for a while.
		h.queued("duel", cat)
		pass(time.Second)
		cat.take()
		cat.member().Disconnect()
		h.queue.Lost("cat", "cat")
		bob.take()
		pass(15 * time.Second)
		if len(got[lobby.MatchStart](bob)) != 1 {
			t.Error("the match does not begin while the seat is held")
		}
	})
}

func TestTeamsAndPartiesAreHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{})
		g := h.gamers("ann", "bob", "cat", "dan")
		_, err := h.wait(queue.Request{Game: "teams", ID: "party"}, g[1], g[2])
		if err != nil {
			t.Fatal(err)
		}
		h.queued("teams", g[0])
		h.queued("teams", g[3])
		pass(time.Second)
		team := map[string]int{}
		for _, p := range g {
			p.take()
		}
		pass(5 * time.Second)
		for _, p := range g {
			team[p.name] = got[queue.Matched](p)[0].Team
			if len(got[lobby.MatchStart](p)) != 1 {
				t.Errorf("%s does not play", p.name)
			}
		}
		if team["bob"] != team["cat"] || team["ann"] != team["dan"] || team["ann"] == team["bob"] || team["ann"] == 0 {
			t.Errorf("teams %v", team)
		}
		for _, u := range got[lobby.Update](g[0]) {
			if u.Players == nil {
				continue
			}
			for _, p := range *u.Players {
				if p.Team != team[p.Name] {
					t.Errorf("%s plays in team %d", p.Name, p.Team)
				}
			}
		}
	})
}

func TestPartyWithANoShowIsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{Hold: 10 * time.Second})
		g := h.gamers("ann", "bob", "cat", "dan")
		if _, err := h.wait(queue.Request{Game: "teams", ID: "party"}, g[0], g[1]); err != nil {
			t.Fatal(err)
		}
		h.queued("teams", g[2])
		h.queued("teams", g[3])
		pass(time.Second)
		for _, p := range g[1:] {
			p.take()
		}
		pass(11 * time.Second)
		g[0].wantClosed(lobby.NoShow)
		g[1].wantClosed(lobby.NoShow)
		if h.waiting(g[2]) < 12*time.Second || h.waiting(g[3]) < 12*time.Second {
			t.Error("the others do not wait again")
		}
	})
}

func TestOneOfManyIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{Hold: 10 * time.Second})
		g := h.gamers("ann", "bob", "cat")
		for _, p := range g {
			h.queued("melee", p)
		}
		pass(time.Second)
		g[0].take()
		g[1].take()
		pass(11 * time.Second)
		g[2].wantClosed(lobby.NoShow)
		if len(got[lobby.MatchStart](g[0])) != 1 || len(got[lobby.MatchStart](g[1])) != 1 {
			t.Error("the match does not begin without cat")
		}
	})
}

func TestRunningMatchesAreFilledUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{Hold: 10 * time.Second})
		g := h.many(9)
		for _, p := range g[:2] {
			p.auto = true
			h.queued("melee", p)
		}
		pass(3 * time.Second)
		home := g[0].member().LobbyID()
		for _, p := range g[2:4] {
			p.auto = true
			h.queued("melee", p)
		}
		pass(2 * time.Second)
		for _, p := range g[2:4] {
			if m := p.member(); m == nil || m.LobbyID() != home {
				t.Errorf("%s is not sent into the running match", p.name)
			}
		}
		// It is full now, as the rules want it: the next meet elsewhere.
		for _, p := range g[4:6] {
			p.auto = true
			h.queued("melee", p)
		}
		pass(2 * time.Second)
		if m := g[4].member(); m == nil || m.LobbyID() == home {
			t.Error("a full match is filled up")
		}
		// Somebody leaves, another is sent and does not come, a third does.
		g[0].member().Leave(nil)
		h.queued("melee", g[6])
		pass(2 * time.Second)
		if len(got[queue.Matched](g[6])) != 1 {
			t.Fatal("the free seat is not offered")
		}
		pass(11 * time.Second)
		g[6].wantClosed(lobby.NoShow)
		if s := h.queue.Stats()[2]; s.Game != "melee" || s.Matches != 2 || s.Backfills < 2 || s.NoShows != 1 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestRatingsDecideWhoMeets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ratings := queue.NewMemory(100)
		h := open(t, queue.Options{Ratings: ratings})
		ann, bob := h.gamer("ann"), h.gamer("bob")
		ann.auto, bob.auto = true, true
		h.queued("duel", ann)
		h.queued("duel", bob)
		pass(5 * time.Second)
		raw := append([]byte{0xa3}, "won"...)
		if err := ann.member().Input(1, 0, raw); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		won, _ := ratings.Get("duel", "ann")
		lost, _ := ratings.Get("duel", "bob")
		if won.Mean < 1600 || lost.Mean > 1400 || won.Deviation >= 350 {
			t.Errorf("ratings %+v and %+v", won, lost)
		}
		if rated, unrated := h.queue.Ratings(); rated != 1 || unrated != 0 {
			t.Errorf("%d rated, %d not", rated, unrated)
		}
		ann.member().Leave(nil)
		bob.member().Leave(nil)
		h.queued("duel", ann)
		h.queued("duel", bob)
		pass(3 * time.Second)
		if s, _ := h.status(ann); s.Reason != "skill_window" {
			t.Errorf("ann waits with %+v", s)
		}
		for range 100 { // the window widens
			pass(time.Second)
			if len(got[queue.Matched](ann)) == 2 {
				return
			}
		}
		t.Error("they never meet again")
	})
}

// Friends in a lobby of their own do not play each other up.
func TestOtherLobbiesAreNotRated(t *testing.T) {
	for _, all := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ratings := queue.NewMemory(100)
			h := open(t, queue.Options{Ratings: ratings, RateAll: all})
			ann, bob := h.gamer("ann"), h.gamer("bob")
			info, err := h.lobbies.Open(lobby.OpenRequest{Game: "duel", Seats: make([]lobby.SeatRequest, 2), AutoStart: 2})
			if err != nil {
				t.Fatal(err)
			}
			for i, g := range []*gamer{ann, bob} {
				h.lobbies.Join(g.join(info.Reserved.Tickets[i]))
			}
			pass(4 * time.Second)
			_ = ann.member().Input(1, 0, append([]byte{0xa3}, "won"...))
			pass(time.Second)
			if _, rated := ratings.Get("duel", "ann"); rated != all {
				t.Errorf("rated: %v", rated)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := duel
		far.Name, far.Queue = "far", &matchmaker.Rules{Regions: []string{"eu", "us"}, Latency: matchmaker.Window{Start: 50, PerSecond: 1, Max: 100}}
		h := open(t, queue.Options{Max: 3}, duel, teams, plain, far)
		g := h.many(8)
		g[0].account, g[1].account = "a", "a"
		h.queued("duel", g[0])
		try := func(req queue.Request, players ...*gamer) error {
			_, err := h.wait(req, players...)
			return err
		}
		wantCode(t, try(queue.Request{Game: "chess"}, g[2]), lobby.UnknownGame)
		wantCode(t, try(queue.Request{Game: "plain"}, g[2]), lobby.NoQueue)
		wantCode(t, try(queue.Request{Game: "duel"}, g[0]), lobby.AlreadyQueued)
		wantCode(t, try(queue.Request{Game: "teams"}, g[0]), lobby.AlreadyQueued)
		wantCode(t, try(queue.Request{Game: "teams"}, g[1]), lobby.AlreadyQueued)
		wantCode(t, try(queue.Request{Game: "teams", ID: "party"}, g[2], g[1]), lobby.AlreadyQueued)
		wantCode(t, try(queue.Request{Game: "duel", ID: "party"}, g[2], g[3]), lobby.PartyFull)
		wantCode(t, try(queue.Request{Game: "far", Latency: map[string]float64{"eu": 101, "mars": 1}}, g[2]), lobby.NoRegion)
		wantCode(t, try(queue.Request{Game: "far", Latency: map[string]float64{"mars": 1}}, g[2]), lobby.NoRegion)
		wantCode(t, try(queue.Request{Game: "far", Latency: map[string]float64{"eu": -1}}, g[2]), lobby.BadRequest)
		wantCode(t, h.leave(g[2]), lobby.NotQueued)
		if n := h.queue.Stats()[0].Joined; n != 1 {
			t.Errorf("%d joined", n)
		}
		h.queued("teams", g[2])
		h.queued("teams", g[3])
		h.queued("teams", g[4])
		wantCode(t, try(queue.Request{Game: "teams"}, g[5]), lobby.Busy)
		h.end()
		g[0].wantClosed(lobby.Draining)
		wantCode(t, try(queue.Request{Game: "duel"}, g[6]), lobby.Draining)
		wantCode(t, h.leave(g[0]), lobby.Draining)
	})
}

func TestAccountGoesOnWaitingOnAnotherConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{})
		ann, phone := h.gamer("ann"), h.gamer("phone")
		ann.account, phone.account = "a", "a"
		h.queued("duel", ann)
		pass(10 * time.Second)
		if s := h.queued("duel", phone); s.WaitedMs != 10_000 {
			t.Errorf("the phone begins with %+v", s)
		}
		h.queue.Lost("ann", "ann")
		h.queued("duel", h.gamer("bob"))
		pass(time.Second)
		if len(got[queue.Matched](phone)) != 1 || len(got[queue.Matched](ann)) != 0 {
			t.Error("the phone is not the one that is told")
		}
	})
}

func TestChangedPartyIsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{})
		ann, bob := h.gamer("ann"), h.gamer("bob")
		if _, err := h.wait(queue.Request{Game: "teams", ID: "ann"}, ann, bob); err != nil {
			t.Fatal(err)
		}
		h.queue.Cancel("ann", &lobby.Error{Code: lobby.PartyChanged, Message: "others"})
		synctest.Wait()
		ann.wantClosed(lobby.PartyChanged)
		bob.wantClosed(lobby.PartyChanged)
		_, err := h.status(ann)
		wantCode(t, err, lobby.NotQueued)
	})
}

func TestStatusesComeGently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, queue.Options{})
		ann := h.gamer("ann")
		h.queued("duel", ann)
		pass(time.Minute)
		if n := len(got[queue.Status](ann)); n < 10 || n > 12 {
			t.Errorf("%d statuses in a minute", n)
		}
	})
}

// A studio's rule that panics leaves the queue as it was.
func TestPanickingRule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		broken.Store(true)
		game := duel
		game.Queue = &matchmaker.Rules{Together: func(a, b *matchmaker.Ticket) bool {
			if broken.Load() {
				panic("broken")
			}
			return true
		}}
		h := open(t, queue.Options{}, game)
		ann, bob := h.gamer("ann"), h.gamer("bob")
		h.queued("duel", ann)
		h.queued("duel", bob)
		pass(3 * time.Second)
		if s := h.queue.Stats()[0]; s.Faults == 0 || len(got[queue.Matched](ann)) != 0 {
			t.Errorf("stats %+v", s)
		}
		broken.Store(false)
		pass(2 * time.Second)
		if len(got[queue.Matched](ann)) != 1 {
			t.Error("the queue does not go on")
		}
	})
}

// When no lobby can be had, those who were matched wait on.
func TestServerThatTakesNoMoreLobbies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := openWith(t, lobby.Options{Games: []lobby.Game{duel}, MaxLobbies: 1}, queue.Options{})
		info, err := h.lobbies.Open(lobby.OpenRequest{Game: "duel", Keep: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		g := h.gamers("ann", "bob")
		for _, p := range g {
			h.queued("duel", p)
		}
		pass(30 * time.Second)
		if w := h.waiting(g[0]); w != 30*time.Second || len(got[queue.Matched](g[0])) != 0 {
			t.Errorf("ann has waited %v for a place in %s", w, info.ID)
		}
		pass(32 * time.Second)
		if len(got[queue.Matched](g[0])) != 1 {
			t.Error("no match although there is room")
		}
	})
}

func TestOptions(t *testing.T) {
	d, err := lobby.New(lobby.Options{Games: []lobby.Game{duel}})
	if err != nil {
		t.Fatal(err)
	}
	for what, o := range map[string]queue.Options{
		"no lobbies": {},
		"every":      {Lobbies: d, Every: time.Nanosecond},
		"hold":       {Lobbies: d, Hold: 2 * time.Hour},
		"max":        {Lobbies: d, Max: -1},
	} {
		if _, err := queue.New(o); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	for what, rules := range map[string]matchmaker.Rules{
		"too many": {Teams: 3}, "nonsense": {Teams: -1},
	} {
		game := duel
		game.Queue = &rules
		if _, err := lobby.New(lobby.Options{Games: []lobby.Game{game}}); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}
