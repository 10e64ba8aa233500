package lobby_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// watcher follows a query as a client does.
type watcher struct {
	t     *testing.T
	watch *lobby.Watch
	rev   uint64
	ids   []string
	rows  map[string]lobby.Summary
	diffs int
}

func follow(t *testing.T, d *lobby.Directory, query obj) *watcher {
	t.Helper()
	q, err := lobby.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{t: t, rows: map[string]lobby.Summary{}}
	w.watch = d.Watch("", q, w.push, func(l lobby.List, err error) {
		if err != nil {
			t.Error(err)
		}
		w.rev = l.Rev
		for _, s := range l.Lobbies {
			w.ids = append(w.ids, s.ID)
			w.rows[s.ID] = s
		}
	})
	pass(time.Second)
	return w
}

func (w *watcher) push(ev *lobby.Event) {
	fence.Load()
	d, _ := last[lobby.ListDiff](ev)
	if ev.Name != lobby.EventList || d.Rev != w.rev+1 {
		w.t.Errorf("%s %d follows %d", ev.Name, d.Rev, w.rev)
	}
	w.rev, w.diffs = d.Rev, w.diffs+1
	for _, id := range d.Remove {
		delete(w.rows, id)
		w.ids = slices.DeleteFunc(w.ids, func(o string) bool { return o == id })
	}
	for _, s := range d.Put {
		if _, known := w.rows[s.ID]; !known {
			w.ids = append(w.ids, s.ID)
		}
		w.rows[s.ID] = s
	}
	if d.Order != nil {
		w.ids = d.Order
	}
}

func TestWatchedLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather, arena)
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
		all := follow(t, d, nil)
		open := follow(t, d, obj{"game": "gather", "where": obj{"free": obj{"gt": 2}}, "sort": "-players"})
		if !slices.Equal(all.ids, []string{ann.member.LobbyID()}) || !slices.Equal(open.ids, all.ids) {
			t.Errorf("all %v, open %v", all.ids, open.ids)
		}
		create(t, d, "eve", lobby.CreateRequest{Game: "gather", Visibility: lobby.Private})
		create(t, d, "eve", lobby.CreateRequest{Game: "gather", Visibility: lobby.Unlisted})
		joe := create(t, d, "joe", lobby.CreateRequest{Game: "gather"})
		max := mustJoin(t, d, "max", joe.member.LobbyID())
		pass(time.Second)
		if want := []string{ann.member.LobbyID(), joe.member.LobbyID()}; !slices.Equal(all.ids, want) {
			t.Errorf("all %v, want %v", all.ids, want)
		}
		if !slices.Equal(open.ids, []string{ann.member.LobbyID()}) {
			t.Errorf("open %v", open.ids)
		}
		_ = max.leave()
		_ = ann.leave()
		pass(time.Second)
		if want := []string{joe.member.LobbyID()}; !slices.Equal(open.ids, want) || !slices.Equal(all.ids, want) {
			t.Errorf("open %v, all %v, want %v", open.ids, all.ids, want)
		}
		if s := all.rows[joe.member.LobbyID()]; s.Players != 1 || s.Phase != lobby.Gathering {
			t.Errorf("joe's lobby is %+v", s)
		}
		all.watch.Stop()
		pass(time.Second)
		diffs := all.diffs
		mustJoin(t, d, "bob", joe.member.LobbyID())
		pass(time.Second)
		if all.diffs != diffs || !slices.Equal(open.ids, []string{}) {
			t.Errorf("%d diffs after the end, open %v", all.diffs-diffs, open.ids)
		}
	})
}

func TestWatchersAreToldAtMostTenTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		w := follow(t, d, nil)
		for range 100 {
			c := create(t, d, "ann", lobby.CreateRequest{Game: "gather"})
			pass(5 * time.Millisecond)
			_ = c.leave()
			pass(5 * time.Millisecond)
		}
		pass(time.Second)
		if w.diffs > 12 || len(w.ids) != 0 {
			t.Errorf("%d diffs in a second, %d lobbies", w.diffs, len(w.ids))
		}
	})
}

func TestTooManyDifferentQueries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		refused := 0
		for i := range 200 {
			q, _ := lobby.ParseQuery(obj{"where": obj{"players": i}})
			d.Watch("", q, func(*lobby.Event) {}, func(_ lobby.List, err error) {
				if err != nil {
					wantCode(t, err, lobby.Busy)
					refused++
				}
			})
		}
		pass(time.Second)
		if refused != 72 {
			t.Errorf("%d of 200 refused, want 72", refused)
		}
	})
}

// TestQueriesOfOneAddress: they do not keep the others from lists of their own.
func TestQueriesOfOneAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ask := func(from string, players int) (w *lobby.Watch, refused bool) {
			q, _ := lobby.ParseQuery(obj{"where": obj{"players": players}})
			w = d.Watch(from, q, func(*lobby.Event) {}, func(_ lobby.List, err error) {
				if refused = err != nil; refused {
					wantCode(t, err, lobby.Busy)
				}
			})
			pass(time.Second)
			return w, refused
		}
		var first *lobby.Watch
		for i := range 100 {
			w, refused := ask("192.0.2.1", i)
			if refused != (i >= 16) {
				t.Fatalf("query %d: refused %v", i, refused)
			}
			if i == 0 {
				first = w
			}
		}
		if _, refused := ask("192.0.2.1", 3); refused {
			t.Error("a query that is followed already was refused")
		}
		if _, refused := ask("192.0.2.2", 200); refused {
			t.Error("another address was refused")
		}
		first.Stop()
		if _, refused := ask("192.0.2.1", 201); refused {
			t.Error("a query that was given up still counts")
		}
	})
}

// Watchers come and go while lobbies do: nobody is told less or more than the
// truth.
func TestWatchRace(t *testing.T) {
	d := directory(t, gather)
	q, _ := lobby.ParseQuery(nil)
	var wg, answers sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				answers.Add(2)
				left := make(chan *lobby.Member, 1)
				d.Create(lobby.CreateRequest{Game: "gather", Joiner: lobby.Joiner{Conn: mute{}}}, func(j lobby.Joined, err error) {
					defer answers.Done()
					left <- j.Member
				})
				watched := make(chan struct{})
				w := d.Watch("", q, func(*lobby.Event) {}, func(lobby.List, error) { defer answers.Done(); close(watched) })
				(<-left).Leave(nil)
				w.Stop()
				<-watched
			}
		})
	}
	wg.Wait()
	answers.Wait()
}
