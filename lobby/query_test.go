package lobby_test

import (
	"slices"
	"strings"
	"testing"

	"tickwire/lobby"
)

type obj = map[string]any

var sample = lobby.Summary{
	ID: "x1", Game: "arena", Name: "Ann's lobby", Phase: lobby.Gathering, Players: 3, Max: 8,
	Meta: obj{"map": "hills", "elo": int64(1500), "ranked": true},
}

func TestQueries(t *testing.T) {
	for _, tc := range []struct {
		query obj
		want  bool
	}{
		{nil, true},
		{obj{"game": "arena"}, true},
		{obj{"game": "duel"}, false},
		{obj{"where": obj{"phase": "gathering", "players": 3}}, true},
		{obj{"where": obj{"phase": "gathering", "players": 4}}, false},
		{obj{"where": obj{"players": obj{"gte": uint64(3), "lt": 4.5}}}, true},
		{obj{"where": obj{"players": obj{"gt": 3}}}, false},
		{obj{"where": obj{"players": obj{"lte": int64(3)}}}, true},
		{obj{"where": obj{"players": obj{"ne": 3}}}, false},
		{obj{"where": obj{"free": obj{"gte": 5}}}, true},
		{obj{"where": obj{"name": obj{"gt": "Ann", "lt": "Bob"}}}, true},
		{obj{"where": obj{"players": obj{"lt": "4"}}}, false}, // not the same kind
		{obj{"where": obj{"password": false, "locked": false}}, true},
		{obj{"where": obj{"meta.map": obj{"in": []any{"lake", "hills"}}}}, true},
		{obj{"where": obj{"meta.map": obj{"in": []any{}}}}, false},
		{obj{"where": obj{"meta.elo": obj{"gte": 1400, "lte": 1600}}}, true},
		{obj{"where": obj{"meta.ranked": true}}, true},
		{obj{"where": obj{"meta.ranked": obj{"gt": false}}}, true},
		{obj{"where": obj{"meta.none": "x"}}, false},
		{obj{"where": obj{"meta.none": obj{"ne": "x"}}}, true},
		{obj{"where": obj{"meta.none": obj{"lt": 5}}}, false},
		{obj{"where": obj{"or": []any{obj{"players": 9}, obj{"max": 8}}}}, true},
		{obj{"where": obj{"or": []any{obj{"players": 9}, obj{"max": 9}}}}, false},
		{obj{"where": obj{"id": "x1", "or": []any{obj{"or": []any{obj{"max": 8}}}}}}, true},
		{obj{"where": obj{"id": "x2", "or": []any{obj{"max": 8}}}}, false},
	} {
		q, err := lobby.ParseQuery(tc.query)
		if err != nil {
			t.Errorf("%v: %v", tc.query, err)
			continue
		}
		if got := q.Match(&sample); got != tc.want {
			t.Errorf("%v: %v, want %v", tc.query, got, tc.want)
		}
	}
}

func TestWrongQueries(t *testing.T) {
	many := obj{}
	for i := range 33 {
		many["meta."+string(rune('A'+i))] = 1
	}
	deep := any(obj{"max": 8})
	for range 5 {
		deep = obj{"or": []any{deep}}
	}
	for name, query := range map[string]obj{
		"key":          {"were": obj{}},
		"game":         {"game": 5},
		"where":        {"where": "players > 3"},
		"field":        {"where": obj{"secret": 1}},
		"empty label":  {"where": obj{"meta.": 1}},
		"operator":     {"where": obj{"players": obj{"like": 1}}},
		"value":        {"where": obj{"players": nil}},
		"list":         {"where": obj{"players": []any{1}}},
		"in":           {"where": obj{"players": obj{"in": 5}}},
		"long in":      {"where": obj{"players": obj{"in": make([]any, 65)}}},
		"or":           {"where": obj{"or": obj{}}},
		"empty or":     {"where": obj{"or": []any{}}},
		"or of values": {"where": obj{"or": []any{1}}},
		"deep":         {"where": deep},
		"many":         {"where": many},
		"sort":         {"sort": 5},
		"sort field":   {"sort": []any{"-secret"}},
		"sorts":        {"sort": []any{"id", "id", "id", "id", "id"}},
		"limit":        {"limit": 0},
		"big limit":    {"limit": 201},
		"limit string": {"limit": "5"},
		"long":         {"where": obj{"name": obj{"in": slices.Repeat([]any{strings.Repeat("\x00", 256)}, 64)}}},
		"long string":  {"where": obj{"name": string(make([]byte, 257))}},
	} {
		_, err := lobby.ParseQuery(query)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		wantCode(t, err, lobby.BadRequest)
	}
}

func TestEqualQueriesAreOne(t *testing.T) {
	parse := func(query obj) string {
		q, err := lobby.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		return q.String()
	}
	a := parse(obj{"where": obj{"players": obj{"gte": 1, "lt": 5}, "phase": "gathering"}, "sort": "-players", "limit": 10})
	b := parse(obj{"limit": 10.0, "sort": []any{"-players"}, "where": obj{"phase": obj{"eq": "gathering"}, "players": obj{"lt": 5.0, "gte": int64(1)}}})
	if a != b {
		t.Errorf("%s\n%s", a, b)
	}
	for _, other := range []obj{
		{"limit": 10, "sort": "players", "where": obj{"phase": "gathering", "players": obj{"lt": 5, "gte": 1}}},
		{"limit": 10, "sort": "-players", "where": obj{"phase": "gathering", "players": obj{"lt": "5", "gte": 1}}},
		{"limit": 10, "sort": "-players", "where": obj{"or": []any{obj{"phase": "gathering"}, obj{"players": obj{"lt": 5, "gte": 1}}}}},
	} {
		if parse(other) == a {
			t.Errorf("%v is taken for the same", other)
		}
	}
}

// FuzzParseQuery: whatever a client sends as values, a query is refused or
// answers.
func FuzzParseQuery(f *testing.F) {
	f.Add("players", "gte", "3", 4.0, 2)
	f.Fuzz(func(t *testing.T, field, op, text string, n float64, nesting int) {
		var where any = obj{field: obj{op: n}, "or": []any{obj{field: text}, obj{field: obj{"in": []any{text, n}}}}}
		for range nesting % 8 {
			where = obj{"or": []any{where}}
		}
		q, err := lobby.ParseQuery(obj{"game": text, "where": where, "sort": []any{field, "-" + text}, "limit": n})
		if err == nil {
			_ = q.Match(&sample)
			_ = q.String()
		}
	})
}
