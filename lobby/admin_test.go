package lobby_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func TestInspect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.Spectators = true
		d := patient(t, game)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "arena", Visibility: lobby.Private, Password: "x"})
		id, ctx := ann.member.LobbyID(), t.Context()
		bob := newClient(t, "bob")
		j := bob.joiner()
		j.Account, j.Address = "acc-bob", "192.0.2.1"
		if err := bob.joins(d, lobby.JoinRequest{Code: ann.joined.Lobby.Code, Password: "x"}, j); err != nil {
			t.Fatal(err)
		}
		bob.backlog.Store(77)
		if _, err := join(t, d, "eye", lobby.JoinRequest{Code: ann.joined.Lobby.Code, Password: "x", Spectate: true}); err != nil {
			t.Fatal(err)
		}
		if err := d.Mute(ctx, id, bob.member.ID(), time.Minute); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		info, err := d.Inspect(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if info.View.ID != id || info.View.Visibility != lobby.Private || len(info.Players) != 2 || len(info.Spectators) != 1 ||
			info.Match == nil || info.Match.Tick < 10 || info.Match.Stats.Ticks < 10 || time.Since(info.Opened) > time.Minute {
			t.Errorf("info = %+v, match %+v", info, info.Match)
		}
		if p := info.Players[1]; p.Account != "acc-bob" || p.Address != "192.0.2.1" || p.Name != "bob" || !p.Muted || p.Backlog != 77 {
			t.Errorf("bob = %+v", p)
		}
		if list, total := d.Overview(0, 10); total != 1 || len(list) != 1 || list[0].ID != id || len(d.List("")) != 0 {
			t.Errorf("overview = %+v of %d", list, total)
		}
		if list, total := d.Overview(1, 10); total != 1 || len(list) != 0 {
			t.Errorf("from the second on: %+v of %d", list, total)
		}
		_, err = d.Inspect(ctx, "nowhere")
		wantCode(t, err, lobby.NotFound)
	})
}

func TestOperatorKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := gather
		game.Leader = lobby.LeaderServer
		d := directory(t, game)
		ann, bob := pair(t, d)
		id, ctx := ann.member.LobbyID(), t.Context()
		wantCode(t, d.Lead(ctx, id, "p999"), lobby.NotFound)
		if err := d.Lead(ctx, id, bob.member.ID()); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if ann.view().Leader != bob.member.ID() {
			t.Error("bob does not lead")
		}
		wantCode(t, bob.lead(ann.member.ID()), lobby.NotLeader)
		if err := d.Kick(ctx, id, bob.member.ID()); err != nil {
			t.Fatal(err)
		}
		if closed := got[lobby.Closed](bob); len(closed) != 1 || closed[0].Code != lobby.Kicked {
			t.Errorf("closed = %+v", closed)
		}
		eve, err := from(t, d, id, "eve", "")
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, d.Ban(ctx, id, eve.member.ID(), 0), lobby.BadRequest)
		if err := d.Ban(ctx, id, eve.member.ID(), time.Hour); err != nil {
			t.Fatal(err)
		}
		_, err = from(t, d, id, "eve", "")
		wantCode(t, err, lobby.Banned)
		if err := d.Unban(ctx, id, eve.member.ID()); err != nil {
			t.Fatal(err)
		}
		if _, err = from(t, d, id, "eve", ""); err != nil {
			t.Error(err)
		}
		wantCode(t, d.Unban(ctx, id, eve.member.ID()), lobby.NotFound)
	})
}

func TestOperatorClosesALobby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather, arena)
		waiting := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		playing := quick(t, d, "bob", "arena")
		absent := create(t, d, "eve", lobby.CreateRequest{Game: "arena"})
		pass(time.Second)
		absent.member.Disconnect() // its match is paused
		pass(time.Second)
		for _, c := range []*client{waiting, playing, absent} {
			if err := d.CloseLobby(t.Context(), c.member.LobbyID(), "cheating "+strings.Repeat("x", 1000)); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, d.CloseLobby(t.Context(), waiting.member.LobbyID(), "again"), lobby.NotFound)
		pass(time.Second)
		for _, c := range []*client{waiting, playing} {
			if closed := got[lobby.Closed](c); len(closed) != 1 || closed[0].Code != lobby.LobbyClosed || len(closed[0].Message) != 500 {
				t.Errorf("%s: closed = %+v", c.name, closed)
			}
		}
		if ends := got[lobby.MatchEnd](playing); len(ends) != 1 || ends[0].Reason != lobby.EndClosed {
			t.Errorf("ends = %+v", ends)
		}
		if d.Lobbies() != 0 {
			t.Errorf("%d lobbies are left", d.Lobbies())
		}
	})
}

func TestAnnouncements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather, arena)
		ann, bob := create(t, d, "ann", lobby.CreateRequest{Game: "gather"}), quick(t, d, "bob", "arena")
		if n, err := d.Announce("", "back in an hour"); n != 2 || err != nil {
			t.Error(n, err)
		}
		if n, err := d.Announce(ann.member.LobbyID(), "you win"); n != 1 || err != nil {
			t.Error(n, err)
		}
		for text, lobbyID := range map[string]string{"": "", strings.Repeat("x", 501): "", "x": "nowhere"} {
			if _, err := d.Announce(lobbyID, text); err == nil {
				t.Errorf("%q to %q", text, lobbyID)
			}
		}
		pass(time.Second)
		heard := func(c *client) (texts []string) {
			for _, a := range got[lobby.Announcement](c) {
				texts = append(texts, a.Text)
			}
			return texts
		}
		if a, b := heard(ann), heard(bob); !slices.Equal(a, []string{"back in an hour", "you win"}) || !slices.Equal(b, []string{"back in an hour"}) {
			t.Errorf("ann heard %q, bob %q", a, b)
		}
	})
}

// Who waits for a lobby that does not answer waits no longer than ctx.
func TestOperatorDoesNotWaitForStuckRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		stuck := make(chan struct{})
		game.New = func(m *lobby.Match) lobby.Rules {
			d := newDots(m).(*dots)
			d.step = func(tick uint32) {
				if tick == 10 {
					<-stuck
				}
			}
			return d
		}
		d := open(t, lobby.Options{Games: []lobby.Game{game}, StepLimit: time.Hour})
		ann := quick(t, d, "ann", "arena")
		pass(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := d.Inspect(ctx, ann.member.LobbyID()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v", err)
		}
		close(stuck)
		pass(time.Second)
	})
}

// kinds lists what the log of a lobby tells.
func kinds(t *testing.T, d *lobby.Directory, id string) (all []string) {
	t.Helper()
	events, err := d.Events(id)
	if err != nil {
		t.Error(err)
	}
	for i, e := range events {
		if i > 0 && e.At.Before(events[i-1].At) {
			t.Errorf("%+v comes after %+v", e, events[i-1])
		}
		all = append(all, string(e.What))
	}
	return all
}

func TestEventLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		id := ann.member.LobbyID()
		eve, err := from(t, d, id, "acc-eve", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := ann.ban(eve, time.Minute); err != nil {
			t.Fatal(err)
		}
		bob := mustJoin(t, d, "bob", id)
		_, _ = ann.ready(true), bob.ready(true)
		pass(4 * time.Second)
		ann.input(1, "panic")
		pass(time.Second)
		bob.member.Disconnect()
		if _, err := bob.resume(d); err != nil {
			t.Fatal(err)
		}
		if err := d.CloseLobby(t.Context(), id, "enough"); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		want := []string{
			"opened", "leads", "joined", "joined", "banned", "left", "joined", "phase", "match began", "phase",
			"match ended", "phase", "lost", "back", "closed", "left", "left",
		}
		if all := kinds(t, d, id); !slices.Equal(all, want) { // though it is closed
			t.Errorf("log = %q", all)
		}
		events, _ := d.Events(id)
		ban := events[4]
		if ban.Player != eve.member.ID() || ban.Account != "acc-eve" || ban.By != ann.member.ID() || ban.Detail != "1m0s" {
			t.Errorf("ban = %+v", ban)
		}
		if left := events[5]; left.Detail != "BANNED" {
			t.Errorf("left = %+v", left)
		}
		if end := events[10]; !strings.HasSuffix(end.Detail, " fault") {
			t.Errorf("end = %+v", end)
		}
		_, err = d.Events("nowhere")
		wantCode(t, err, lobby.NotFound)
	})
}

func TestEventLogsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		id := ann.member.LobbyID()
		for range 100 {
			_ = mustJoin(t, d, "bob", id).leave()
		}
		if all := kinds(t, d, id); len(all) != 128 || all[127] != "left" || all[0] != "joined" {
			t.Errorf("%d events, the last %q", len(all), all[len(all)-1])
		}
		for range 600 {
			_ = create(t, d, "x", lobby.CreateRequest{Game: "gather"}).leave()
		}
		_ = ann.leave()
		pass(time.Second)
		if _, err := d.Events(id); err != nil {
			t.Error(err)
		}
	})
}
