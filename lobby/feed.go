package lobby

import (
	"maps"
	"slices"
)

// feed is the live answer to one query, shared by all who ask it.
type feed struct {
	query    *Query
	founder  string // address of who came with it first
	rows     []*row // all lobbies that match, in order
	index    map[string]*row
	shown    []*row // the first of rows, as the watchers know them
	rev      uint64
	watchers []*Watch
}

// row is a lobby at one moment. It does not change: a newer row takes its
// place.
type row struct {
	Summary
	number uint64 // the lobby's age
}

// same tells whether a list would look the same with s.
func (r *row) same(s *Summary) bool {
	return r.Code == s.Code && r.Password == s.Password && r.Phase == s.Phase && r.Players == s.Players && r.Locked == s.Locked && r.Name == s.Name &&
		r.Max == s.Max && maps.Equal(r.Meta, s.Meta) // id and game never change
}

func newFeed(q *Query) *feed {
	return &feed{query: q, index: map[string]*row{}}
}

func (f *feed) compare(a, b *row) int {
	if n := f.query.compare(&a.Summary, &b.Summary); n != 0 {
		return n
	}
	switch { // the oldest first; numbers are unique
	case a.number < b.number:
		return -1
	case a.number > b.number:
		return 1
	}
	return 0
}

// fill takes all lobbies at once, into an empty feed.
func (f *feed) fill(all []*row) {
	for _, r := range all {
		if f.query.Match(&r.Summary) {
			f.rows = append(f.rows, r)
			f.index[r.ID] = r
		}
	}
	slices.SortFunc(f.rows, f.compare)
	f.shown = slices.Clone(f.window())
}

// window is the part of rows that the query asks for.
func (f *feed) window() []*row {
	return f.rows[:min(len(f.rows), f.query.limit)]
}

// put takes what a lobby has become.
func (f *feed) put(r *row) {
	if old := f.index[r.ID]; old != nil && old.same(&r.Summary) {
		return
	}
	f.drop(r.ID)
	if !f.query.Match(&r.Summary) {
		return
	}
	at, _ := slices.BinarySearchFunc(f.rows, r, f.compare)
	f.rows = slices.Insert(f.rows, at, r)
	f.index[r.ID] = r
}

// drop forgets a lobby.
func (f *feed) drop(id string) {
	old := f.index[id]
	if old == nil {
		return
	}
	delete(f.index, id)
	at, _ := slices.BinarySearchFunc(f.rows, old, f.compare)
	f.rows = slices.Delete(f.rows, at, at+1)
}

// diff returns what changed in the window since the last call, nil if nothing.
func (f *feed) diff() *ListDiff {
	window := f.window()
	if slices.Equal(window, f.shown) {
		return nil
	}
	f.rev++
	d := &ListDiff{Rev: f.rev}
	known := make(map[string]*row, len(f.shown))
	for _, r := range f.shown {
		known[r.ID] = r
	}
	var ids []string
	inWindow := make(map[string]bool, len(window))
	for _, r := range window {
		inWindow[r.ID] = true
		ids = append(ids, r.ID)
		if known[r.ID] != r {
			d.Put = append(d.Put, r.Summary)
		}
	}
	// What a client that knows no order would have: the old rows that stay, then
	// the new ones.
	var merged []string
	for _, r := range f.shown {
		if inWindow[r.ID] {
			merged = append(merged, r.ID)
		} else {
			d.Remove = append(d.Remove, r.ID)
		}
	}
	for i := range d.Put {
		if known[d.Put[i].ID] == nil {
			merged = append(merged, d.Put[i].ID)
		}
	}
	if !slices.Equal(merged, ids) {
		d.Order = ids
	}
	f.shown = append(f.shown[:0], window...)
	return d
}

// list returns what a newcomer is shown.
func (f *feed) list() List {
	l := List{Rev: f.rev, Lobbies: make([]Summary, 0, len(f.shown))}
	for _, r := range f.shown {
		l.Lobbies = append(l.Lobbies, r.Summary)
	}
	return l
}
