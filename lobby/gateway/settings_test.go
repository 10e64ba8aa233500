package gateway_test

import (
	"testing"
	"time"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/lobby"
)

func TestSettingsCodesAndInvitations(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{Parser: client.JSON})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "round", Visibility: "private"})
	ann.must(err)
	check := func(p *player, event string, arg any, want string) {
		t.Helper()
		if got := p.call(event, arg); got != want {
			t.Errorf("%s %v: %s, want %s", event, arg, got, want)
		}
	}
	for _, event := range []string{"lobby:meta", "lobby:code", "lobby:invite"} {
		check(bob, event, object{}, "NOT_IN_LOBBY")
		check(ann, event, 5, "BAD_REQUEST")
	}
	for _, bad := range []object{
		{"name": 1}, {"visibility": "hidden"}, {"visibility": 2}, {"max": "two"}, {"max": 1}, {"max": 99},
		{"password": 5}, {"password": long(65)}, {"meta": 1}, {"meta": object{"x": object{}}},
	} {
		check(ann, "lobby:meta", bad, "BAD_REQUEST")
	}
	check(ann, "lobby:meta", object{
		"name": "the den", "visibility": "unlisted", "max": 2, "password": "x", "meta": object{"map": "hills"},
	}, "ok")
	l := wait(ann, ann.lobby, "the settings", func(l client.Lobby) bool { return l.Name == "the den" })
	if l.Visibility != "unlisted" || l.Max != 2 || !l.Password || l.Meta["map"] != "hills" || l.Code != seat.Lobby.Code {
		t.Errorf("lobby = %+v", l)
	}
	check(bob, "lobby:join", object{"id": l.ID}, "BAD_PASSWORD")

	check(ann, "lobby:code", object{"off": "yes"}, "BAD_REQUEST")
	check(ann, "lobby:code", object{"off": true}, "ok")
	wait(ann, ann.lobby, "no code", func(l client.Lobby) bool { return l.Code == "" })
	check(bob, "lobby:join", object{"code": l.Code}, "BAD_CODE")

	for _, bad := range []object{
		{"uses": 0}, {"uses": 1001}, {"uses": "one"}, {"seconds": 0}, {"seconds": -1}, {"seconds": 604801}, {"revoke": 1},
	} {
		check(ann, "lobby:invite", bad, "BAD_REQUEST")
	}
	args, err := ann.Conn().Call(ann.ctx, "lobby:invite", object{"uses": 2, "seconds": 60})
	ann.must(err)
	var made struct {
		OK        bool   `json:"ok"`
		Ticket    string `json:"ticket"`
		Uses      int    `json:"uses"`
		ExpiresMs int64  `json:"expiresMs"`
	}
	ann.must(args.Decode(&made))
	if !made.OK || made.Uses != 2 || made.ExpiresMs < 1 || made.ExpiresMs > time.Minute.Milliseconds() {
		t.Errorf("made %+v", made)
	}
	ann.must(ann.Lock(ann.ctx, true))
	check(bob, "lobby:join", object{"ticket": made.Ticket}, "ok")
	for _, event := range []string{"lobby:meta", "lobby:code", "lobby:invite"} {
		check(bob, event, object{}, "NOT_LEADER")
	}
	check(ann, "lobby:meta", object{"max": 2}, "ok")
	cat := s.connect(t, client.Options{})
	check(cat, "lobby:join", object{"ticket": made.Ticket}, "ROOM_FULL")
	check(ann, "lobby:invite", object{"revoke": true}, "ok")
	check(cat, "lobby:join", object{"ticket": made.Ticket}, "BAD_TICKET")
	ann.must(s.startBoth(ann, bob))
	check(ann, "lobby:meta", object{"name": "x"}, "WRONG_PHASE")
}

func (s *server) startBoth(ann, bob *player) error {
	bob.must(bob.Ready(bob.ctx, true))
	return ann.StartMatch(ann.ctx)
}

func TestAnnouncementsAndResults(t *testing.T) {
	results := make(chan lobby.MatchResult, 1)
	s := serve(t, lobby.Options{OnResult: func(r lobby.MatchResult) { results <- r }})
	texts := make(chan string, 1)
	ann := s.connectWith(t, client.Options{}, func(c *client.Conn) {
		c.On("server:announce", func(args socketio.Args) {
			var a struct {
				Text string `json:"text"`
			}
			if args.Decode(&a) == nil {
				texts <- a.Text
			}
		})
	})
	seat, err := ann.Quick(ann.ctx, client.Request{Game: "tally", Player: "ann"})
	ann.must(err)
	wait(ann, ann.frame, "a frame", nil)
	if _, err := s.lobbies.Announce("", "back in an hour"); err != nil {
		t.Error(err)
	}
	if text := wait(ann, texts, "the announcement", nil); text != "back in an hour" {
		t.Errorf("heard %q", text)
	}
	ann.must(s.lobbies.CloseLobby(ann.ctx, seat.Lobby.ID, "maintenance"))
	if why := wait(ann, ann.closed, "the end", nil); why.Code != "CLOSED" || why.Message != "maintenance" {
		t.Errorf("closed: %+v", why)
	}
	if reason := wait(ann, ann.end, "the match's end", nil); reason != "closed" {
		t.Errorf("the match ended by %q", reason)
	}
	if r := wait(ann, results, "the result", nil); r.Reason != lobby.EndClosed || len(r.Players) != 1 || r.Players[0].Name != "ann" {
		t.Errorf("result = %+v", r)
	}
}
