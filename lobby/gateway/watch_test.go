package gateway_test

import (
	"fmt"
	"slices"
	"testing"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/lobby"
)

// liveList keeps a list up to date as docs/protocol.md says.
type liveList struct {
	rev  uint64
	rows []client.Summary
}

type listDiff struct {
	Rev    uint64           `json:"rev"`
	Remove []string         `json:"remove"`
	Put    []client.Summary `json:"put"`
	Order  []string         `json:"order"`
}

func (l *liveList) apply(d listDiff) error {
	if d.Rev != l.rev+1 {
		return fmt.Errorf("rev %d after %d", d.Rev, l.rev)
	}
	l.rev = d.Rev
	rows := slices.DeleteFunc(slices.Clone(l.rows), func(s client.Summary) bool { return slices.Contains(d.Remove, s.ID) })
	for _, s := range d.Put {
		if at := slices.IndexFunc(rows, func(r client.Summary) bool { return r.ID == s.ID }); at >= 0 {
			rows[at] = s
		} else {
			rows = append(rows, s)
		}
	}
	if d.Order != nil {
		slices.SortFunc(rows, func(a, b client.Summary) int {
			return slices.Index(d.Order, a.ID) - slices.Index(d.Order, b.ID)
		})
	}
	l.rows = rows
	return nil
}

func (l *liveList) names() []string {
	var names []string
	for _, r := range l.rows {
		names = append(names, r.Name)
	}
	return names
}

// watcher is a client that follows a query.
type watcher struct {
	*player
	diffs chan listDiff
	list  liveList
}

func (s *server) watcher(t *testing.T, o client.Options) *watcher {
	w := &watcher{diffs: make(chan listDiff, 1000)}
	w.player = s.connectWith(t, o, func(c *client.Conn) {
		c.On("lobby:list", func(args socketio.Args) {
			var d listDiff
			if err := args.Decode(&d); err != nil {
				t.Error(err)
			}
			w.diffs <- d
		})
	})
	return w
}

// watch returns the code of the answer.
func (w *watcher) watch(query any) string {
	w.t.Helper()
	args, err := w.Conn().Call(w.ctx, "lobby:watch", map[string]any{"query": query})
	w.must(err)
	var answer struct {
		Games   []client.GameInfo `json:"games"`
		Rev     uint64            `json:"rev"`
		Lobbies []client.Summary  `json:"lobbies"`
	}
	if got := verdict(args); got != "ok" {
		return got
	}
	w.must(args.Decode(&answer))
	if len(answer.Games) == 0 {
		w.t.Error("no games")
	}
	w.list = liveList{answer.Rev, answer.Lobbies}
	return "ok"
}

// until applies diffs until the list has these names in this order.
func (w *watcher) until(names ...string) {
	w.t.Helper()
	for !slices.Equal(w.list.names(), names) {
		d := wait(w.player, w.diffs, fmt.Sprintf("the list %q, it is %q", names, w.list.names()), nil)
		w.must(w.list.apply(d))
	}
}

func TestWatchingAQuery(t *testing.T) {
	for _, parser := range parsers {
		t.Run(parser, func(t *testing.T) {
			s := serve(t, lobby.Options{})
			open := func(name, visibility string, max int) *player {
				p := s.connect(t, client.Options{})
				_, err := p.Create(p.ctx, client.Request{Game: "round", Name: name, Visibility: visibility, Max: max})
				p.must(err)
				return p
			}
			open("first", "public", 3)
			w := s.watcher(t, client.Options{Parser: parser})
			if got := w.watch(map[string]any{"game": "round", "where": map[string]any{"max": map[string]any{"gte": 3}}, "sort": []string{"-players"}}); got != "ok" {
				t.Fatal(got)
			}
			w.until("first")
			second := open("second", "public", 3)
			open("small", "public", 2)
			open("hidden", "unlisted", 3)
			w.until("first", "second")
			guest := s.connect(t, client.Options{})
			_, err := guest.Join(guest.ctx, client.Request{ID: w.list.rows[1].ID})
			guest.must(err)
			w.until("second", "first")
			if n := w.list.rows[0].Players; n != 2 {
				t.Errorf("%d players", n)
			}
			guest.must(guest.Leave(guest.ctx))
			second.must(second.Leave(second.ctx))
			w.until("first")

			if got := w.watch(nil); got != "ok" { // in place of the other
				t.Fatal(got)
			}
			w.until("first", "small")
			args, err := w.Conn().Call(w.ctx, "lobby:unwatch", struct{}{})
			w.must(err)
			if got := verdict(args); got != "ok" {
				t.Errorf("unwatch: %s", got)
			}
			open("unseen", "public", 3)
			_, err = w.List(w.ctx, "") // a diff would be sent with the next turn at the latest
			w.must(err)
			fresh := s.watcher(t, client.Options{})
			fresh.watch(nil)
			fresh.until("first", "small", "unseen")
			if len(w.diffs) > 0 {
				t.Errorf("a diff after unwatch: %+v", <-w.diffs)
			}
		})
	}
}

func TestWatchRefuses(t *testing.T) {
	s := serve(t, lobby.Options{})
	w := s.watcher(t, client.Options{})
	for _, query := range []any{
		5, "all", []any{}, map[string]any{"were": 1}, map[string]any{"where": map[string]any{"shoe": 1}},
		map[string]any{"where": map[string]any{"players": map[string]any{"near": 1}}}, map[string]any{"limit": 1000},
		map[string]any{"sort": "shoe"}, map[string]any{"game": 3},
	} {
		if got := w.watch(query); got != "BAD_REQUEST" {
			t.Errorf("%v: %s", query, got)
		}
	}
	w.until()        // nothing was changed by the refused
	for range 1000 { // a slow machine asks more slowly than the limit refills, for a while
		if w.watch(nil) == "RATE_LIMITED" {
			return
		}
	}
	t.Error("watch is not limited")
}
