package lobby_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// book keeps the results of matches.
type book struct {
	mu   sync.Mutex
	list []lobby.MatchResult
	slow chan struct{} // closed: not slow
}

func (b *book) put(r lobby.MatchResult) {
	if b.slow != nil {
		<-b.slow
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, r)
	if r.Reason == lobby.EndFault {
		panic("the studio's book is broken")
	}
}

func (b *book) all() []lobby.MatchResult {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.list)
}

func TestResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b book
		game := gather
		game.Teams, game.LateJoin = 2, true
		d := open(t, lobby.Options{Games: []lobby.Game{game}, OnResult: b.put, Seed: func() uint64 { return 7 }, Grace: time.Minute})
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather", Meta: map[string]any{"map": "hills"}})
		id := ann.member.LobbyID()
		bob, err := from(t, d, id, "acc-bob", "")
		eve := mustJoin(t, d, "eve", id)
		if err != nil {
			t.Fatal(err)
		}
		play := func(how string, them ...*client) {
			for _, c := range them {
				if err := c.ready(true); err != nil {
					t.Fatal(err)
				}
			}
			pass(4 * time.Second)
			ann.input(1, how)
			pass(time.Second)
		}
		for _, c := range []*client{ann, bob, eve} {
			_ = c.ready(true)
		}
		pass(4 * time.Second)
		_ = eve.leave()
		bob.member.Disconnect()
		pass(time.Second)
		ann.input(1, "end")
		pass(time.Second)
		all := b.all()
		if len(all) != 1 {
			t.Fatalf("results = %+v", all)
		}
		r := all[0]
		if r.Lobby != id || r.Game != "gather" || r.Match == "" || r.Seed != 7 || r.Reason != lobby.EndFinished || r.Result != "ann" ||
			r.Ticks < 30 || r.Ended.Sub(r.Began) < time.Second || r.Meta["map"] != "hills" {
			t.Errorf("result = %+v", r)
		}
		want := []lobby.ResultPlayer{
			{ID: ann.member.ID(), Name: "ann", Seat: 0, Team: 1},
			{ID: bob.member.ID(), Account: "acc-bob", Name: bob.member.Name(), Seat: 1, Team: 2, Away: true},
			{ID: eve.member.ID(), Name: "eve", Seat: 2, Team: 1, Left: true},
		}
		if !slices.Equal(r.Players, want) {
			t.Errorf("players = %+v\nwant %+v", r.Players, want)
		}
		bob, err = from(t, d, id, "acc-bob", "")
		if err != nil {
			t.Fatal(err)
		}
		play("panic", ann, bob)
		play("emit", ann, bob)
		_, _ = ann.leave(), bob.leave()
		all = b.all()
		if len(all) != 3 || all[1].Reason != lobby.EndFault || all[2].Reason != lobby.EndEmpty || len(all[2].Players) != 2 || !all[2].Players[0].Left {
			t.Errorf("results = %+v", all)
		}
	})
}

// Matches do not wait for OnResult, Drain does, but not for ever.
func TestSlowResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := book{slow: make(chan struct{})}
		d, err := lobby.New(lobby.Options{Games: []lobby.Game{gather}, OnResult: b.put})
		if err != nil {
			t.Fatal(err)
		}
		ann, bob := pair(t, d)
		for range 2 {
			_, _ = ann.ready(true), bob.ready(true)
			pass(4 * time.Second)
			ann.wantPhase(lobby.Playing)
			ann.input(1, "end")
			ann.wantPhase(lobby.Finished)
		}
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := d.Drain(ctx); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 10*time.Second || took > 12*time.Second {
			t.Errorf("the drain took %v", took)
		}
		close(b.slow)
		if all := b.all(); len(all) != 2 {
			t.Errorf("results = %+v", all)
		}
	})
}

// lastWord is rules that do something when a player leaves.
type lastWord struct {
	*dots
	say func(m *lobby.Match)
}

func (l *lastWord) Leave(p *lobby.Player) { l.dots.Leave(p); l.say(l.match) }

// What rules do when the last player leaves is not lost.
func TestLastPlayerLeaves(t *testing.T) {
	for want, say := range map[string]func(*lobby.Match){
		lobby.EndEmpty:    func(*lobby.Match) {},
		lobby.EndFinished: func(m *lobby.Match) { m.End("a draw") },
		lobby.EndFault:    func(*lobby.Match) { panic("nobody is left") },
	} {
		t.Run(want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				game := arena
				game.New = func(m *lobby.Match) lobby.Rules { return &lastWord{newDots(m).(*dots), say} }
				var b book
				d := open(t, lobby.Options{Games: []lobby.Game{game}, OnResult: b.put})
				ann := quick(t, d, "ann", "arena")
				pass(time.Second)
				_ = ann.leave()
				all := b.all()
				if len(all) != 1 || all[0].Reason != want || (all[0].Result == "a draw") != (want == lobby.EndFinished) {
					t.Errorf("results = %+v", all)
				}
				if faults := d.Faults(); (faults == 1) != (want == lobby.EndFault) {
					t.Errorf("%d faults", faults)
				}
			})
		})
	}
}
