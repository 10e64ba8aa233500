package lobby

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// follow applies a diff as a client does.
func follow(list []Summary, d *ListDiff) []Summary {
	list = slices.DeleteFunc(list, func(s Summary) bool { return slices.Contains(d.Remove, s.ID) })
	for _, s := range d.Put {
		if at := slices.IndexFunc(list, func(o Summary) bool { return o.ID == s.ID }); at >= 0 {
			list[at] = s
		} else {
			list = append(list, s)
		}
	}
	if d.Order != nil {
		slices.SortFunc(list, func(a, b Summary) int { return slices.Index(d.Order, a.ID) - slices.Index(d.Order, b.ID) })
	}
	return list
}

// Whatever happens to the lobbies, who follows the diffs has what a new query
// would answer.
func TestDiffsLeadToTheAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sorts := rapid.SampledFrom([]any{[]any{}, "-players", "name", []any{"players", "-name"}}).Draw(t, "sort")
		q, err := ParseQuery(map[string]any{
			"where": map[string]any{"players": map[string]any{"gt": 1}}, "sort": sorts,
			"limit": rapid.IntRange(1, 5).Draw(t, "limit"),
		})
		if err != nil {
			t.Fatal(err)
		}
		live := newFeed(q)
		live.fill(nil)
		lobbies := map[string]*row{}
		list := live.list().Lobbies
		for range rapid.IntRange(1, 40).Draw(t, "turns") {
			for range rapid.IntRange(1, 4).Draw(t, "changes") {
				n := rapid.Uint64Range(1, 8).Draw(t, "lobby")
				id := fmt.Sprint("l", n)
				if rapid.IntRange(0, 4).Draw(t, "gone") == 0 {
					delete(lobbies, id)
					live.drop(id)
					continue
				}
				r := &row{Summary{ID: id, Players: rapid.IntRange(0, 4).Draw(t, "players"), Name: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name")}, n}
				lobbies[id] = r
				live.put(r)
			}
			rev := live.rev
			if d := live.diff(); d != nil {
				list = follow(list, d)
				if d.Rev != rev+1 || len(d.Put)+len(d.Remove)+len(d.Order) == 0 {
					t.Fatalf("diff %+v after %d", d, rev)
				}
			}
			fresh := newFeed(q)
			var all []*row
			for _, r := range lobbies {
				all = append(all, r)
			}
			fresh.fill(all)
			want := fresh.list().Lobbies
			if !slices.EqualFunc(list, want, func(a, b Summary) bool { return a.ID == b.ID && a.Players == b.Players && a.Name == b.Name }) {
				t.Fatalf("followed %v\nwant %v", list, want)
			}
		}
	})
}

func BenchmarkFeedChange(b *testing.B) {
	for _, lobbies := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("lobbies=%d", lobbies), func(b *testing.B) {
			b.ReportAllocs()
			q, err := ParseQuery(map[string]any{"where": map[string]any{"free": map[string]any{"gt": 0}}, "sort": "-players"})
			if err != nil {
				b.Fatal(err)
			}
			f := newFeed(q)
			var all []*row
			for i := range lobbies {
				all = append(all, &row{Summary{ID: fmt.Sprint(i), Players: i % 8, Max: 8}, uint64(i)})
			}
			f.fill(all)
			i := 0
			for b.Loop() {
				i++
				n := i * 7919 % lobbies
				f.put(&row{Summary{ID: all[n].ID, Players: i % 9, Max: 8}, uint64(n)})
			}
		})
	}
}
