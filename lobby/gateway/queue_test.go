package gateway_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/lobby/matchmaker"
	"tickwire/sio"
)

// ranked is a game for two of like skill, pairs a game for two pairs.
func ranked() []lobby.Game {
	return append(games(),
		lobby.Game{
			Name: "ranked", MinPlayers: 2, MaxPlayers: 2, Hz: 60, Countdown: -1, New: newTally,
			Queue: &matchmaker.Rules{Regions: []string{"eu", "us"}, Latency: matchmaker.Window{Start: 100, Max: 100}},
		},
		lobby.Game{
			Name: "pairs", MinPlayers: 4, MaxPlayers: 4, Hz: 60, Countdown: -1, Teams: 2, New: newTally,
			Queue: &matchmaker.Rules{Teams: 2, TeamSize: 2},
		})
}

// seeker is a companion whose pushes about queues arrive on channels.
type seeker struct {
	*companion
	status  chan client.QueueStatus
	matched chan client.Matched
	over    chan client.QueueClosed
}

func (s *server) seeker(t *testing.T, o client.Options) *seeker {
	t.Helper()
	k := &seeker{
		companion: &companion{party: make(chan client.Party, 100), follow: make(chan client.Follow, 10), dropped: make(chan client.PartyClosed, 10)},
		status:    make(chan client.QueueStatus, 10_000), matched: make(chan client.Matched, 10), over: make(chan client.QueueClosed, 10),
	}
	k.player = s.connectGame(t, o, func(g *client.Game) {
		g.OnParty = func(p client.Party) { k.party <- p }
		g.OnQueue = func(q client.QueueStatus) { k.status <- q }
		g.OnMatched = func(m client.Matched) { k.matched <- m }
		g.OnQueueClosed = func(c client.QueueClosed) { k.over <- c }
	})
	return k
}

// takes joins the lobby of the match that is found next.
func (k *seeker) takes() client.Seat {
	k.t.Helper()
	m := wait(k.player, k.matched, "a match", nil)
	seat, err := k.Join(k.ctx, client.Request{Ticket: m.Ticket})
	k.must(err)
	if seat.Lobby.ID != m.Lobby || seat.Lobby.Game != m.Game {
		k.t.Errorf("matched to %+v, joined %+v", m, seat.Lobby)
	}
	return seat
}

func TestStrangersAreMatched(t *testing.T) {
	for _, parser := range parsers {
		t.Run(parser, func(t *testing.T) {
			s := serve(t, lobby.Options{Games: ranked()})
			ann, bob := s.seeker(t, client.Options{Parser: parser}), s.seeker(t, client.Options{})
			first, err := ann.QueueJoin(ann.ctx, "ranked", map[string]float64{"eu": 20, "us": 150})
			ann.must(err)
			if first.Game != "ranked" || first.Size != 1 || first.Needed != 1 || first.Window != nil || first.Latency == nil || *first.Latency != 100 {
				t.Errorf("ann begins with %+v", first)
			}
			wait(ann.player, ann.status, "why not yet", func(q client.QueueStatus) bool { return q.Reason == "too_few_players" && q.WaitedMs > 0 })
			asked, err := ann.QueueStatus(ann.ctx)
			ann.must(err)
			if asked.Waiting != 1 || asked.Reason == "" {
				t.Errorf("asked: %+v", asked)
			}
			_, err = bob.QueueJoin(bob.ctx, "ranked", map[string]float64{"eu": 30.5})
			bob.must(err)
			seat := ann.takes()
			bob.takes()
			if seat.Lobby.Meta["region"] != "eu" || seat.Lobby.Leader != "" {
				t.Errorf("the lobby is %+v", seat.Lobby)
			}
			wait(ann.player, ann.frame, "the match", nil)
			wait(bob.player, bob.frame, "the match", nil)
			if got := code(t, ann.QueueLeave(ann.ctx)); got != "NOT_QUEUED" {
				t.Errorf("leave after the beginning: %s", got)
			}
		})
	}
}

func TestNoShowOverTheWire(t *testing.T) {
	s := serve(t, lobby.Options{Games: ranked()})
	ann, bob, cat := s.seeker(t, client.Options{}), s.seeker(t, client.Options{}), s.seeker(t, client.Options{})
	for _, k := range []*seeker{ann, bob} {
		_, err := k.QueueJoin(k.ctx, "ranked", nil)
		k.must(err)
	}
	ann.takes()
	wait(bob.player, bob.matched, "a match", nil) // and does nothing
	wait(bob.player, bob.over, "being out", func(c client.QueueClosed) bool { return c.Code == "NO_SHOW" && c.Message != "" })
	if c := wait(ann.player, ann.closed, "the end of the lobby", nil); c.Code != "NO_SHOW" {
		t.Errorf("ann is told %+v", c)
	}
	wait(ann.player, ann.status, "being back", func(q client.QueueStatus) bool { return q.WaitedMs >= 2000 && !q.Matched })
	_, err := cat.QueueJoin(cat.ctx, "ranked", nil)
	cat.must(err)
	wait(ann.player, ann.matched, "another match", nil)
	wait(cat.player, cat.matched, "a match", nil)
	cat.must(cat.QueueLeave(cat.ctx)) // declines
	wait(ann.player, ann.status, "being back", func(q client.QueueStatus) bool { return !q.Matched })
	s.cut(ann.player)
	dan := s.seeker(t, client.Options{})
	st, err := dan.QueueJoin(dan.ctx, "ranked", nil)
	dan.must(err)
	for st.Waiting > 1 { // until the end of ann's connection is noticed
		st = wait(dan.player, dan.status, "being alone", nil)
	}
}

func TestPartyIsMatchedTogether(t *testing.T) {
	s := serve(t, lobby.Options{Games: ranked()})
	ann, bob, cat, dan := s.seeker(t, client.Options{}), s.seeker(t, client.Options{Parser: client.JSON}), s.seeker(t, client.Options{}), s.seeker(t, client.Options{})
	_, err := bob.QueueJoin(bob.ctx, "pairs", nil) // and then finds a friend
	bob.must(err)
	_, err = ann.PartyCreate(ann.ctx, "ann")
	ann.must(err)
	inv, err := ann.PartyInvite(ann.ctx, false)
	ann.must(err)
	_, err = bob.PartyJoin(bob.ctx, inv.Code, "bob")
	bob.must(err)
	wait(bob.player, bob.over, "the end of looking alone", func(c client.QueueClosed) bool { return c.Code == "PARTY_CHANGED" })
	if _, err = bob.QueueJoin(bob.ctx, "pairs", nil); code(t, err) != "NOT_LEADER" {
		t.Errorf("a guest asks for the party: %v", err)
	}
	if _, err = ann.QueueJoin(ann.ctx, "ranked", nil); code(t, err) != "PARTY_FULL" {
		t.Errorf("two in a team of one: %v", err)
	}
	st, err := ann.QueueJoin(ann.ctx, "pairs", nil)
	ann.must(err)
	if st.Size != 2 {
		t.Errorf("ann begins with %+v", st)
	}
	wait(bob.player, bob.status, "how it goes", func(q client.QueueStatus) bool { return q.Size == 2 })
	// Somebody comes to the party: the search is another.
	_, err = cat.PartyJoin(cat.ctx, inv.Code, "cat")
	cat.must(err)
	wait(ann.player, ann.over, "the end of the search", func(c client.QueueClosed) bool { return c.Code == "PARTY_CHANGED" })
	cat.must(cat.PartyLeave(cat.ctx))
	wait(ann.player, ann.party, "being two", func(p client.Party) bool { return len(p.Members) == 2 && p.Rev > 2 })
	_, err = ann.QueueJoin(ann.ctx, "pairs", nil)
	ann.must(err)
	for _, k := range []*seeker{cat, dan} {
		_, err = k.QueueJoin(k.ctx, "pairs", nil)
		k.must(err)
	}
	seats := map[string]client.Seat{}
	for name, k := range map[string]*seeker{"ann": ann, "bob": bob, "cat": cat, "dan": dan} {
		seats[name] = k.takes()
	}
	wait(ann.player, ann.frame, "the match", nil)
	team := map[string]int{}
	for _, p := range seats["dan"].Lobby.Players {
		team[p.ID] = p.Team
	}
	all := wait(ann.player, ann.lobby, "all four", func(l client.Lobby) bool { return len(l.Players) == 4 })
	for _, p := range all.Players {
		team[p.ID] = p.Team
	}
	of := func(name string) int { return team[seats[name].You.ID] }
	if of("ann") != of("bob") || of("cat") != of("dan") || of("ann") == of("cat") {
		t.Errorf("teams %v", team)
	}
}

// A member of a party who comes back after the match was found still learns of
// the seat.
func TestMatchedWhileAway(t *testing.T) {
	s := serve(t, lobby.Options{Games: ranked()})
	ann := s.seeker(t, client.Options{})
	seat, err := ann.PartyCreate(ann.ctx, "ann")
	ann.must(err)
	_, err = ann.QueueJoin(ann.ctx, "ranked", nil)
	ann.must(err)
	s.cut(ann.player)
	bob := s.seeker(t, client.Options{})
	_, err = bob.QueueJoin(bob.ctx, "ranked", nil)
	bob.must(err)
	bob.takes()
	back := s.seeker(t, client.Options{})
	_, err = back.PartyResume(back.ctx, seat.Resume)
	back.must(err)
	back.takes()
	wait(back.player, back.frame, "the match", nil)
}

func TestQueueRefusals(t *testing.T) {
	accounts := func(s *sio.Socket) gateway.Identity {
		account, _ := s.Auth().Get("account").Text()
		return gateway.Identity{Account: string(account)}
	}
	s := serveAs(t, lobby.Options{Games: ranked()}, accounts)
	ann := s.seeker(t, client.Options{})
	_, err := ann.QueueJoin(ann.ctx, "pairs", nil)
	ann.must(err)
	join := func(k *seeker, game string, latency map[string]float64) string {
		_, err := k.QueueJoin(k.ctx, game, latency)
		return code(t, err)
	}
	nobody := s.seeker(t, client.Options{})
	_, statusErr := nobody.QueueStatus(nobody.ctx)
	one := s.seeker(t, client.Options{Auth: map[string]any{"account": "a"}})
	two := s.seeker(t, client.Options{Auth: map[string]any{"account": "a"}})
	if got := join(one, "pairs", nil); got != "ok" {
		t.Errorf("an account: %s", got)
	}
	for what, test := range map[string]struct{ got, want string }{
		"an unknown game":                {join(nobody, "chess", nil), "UNKNOWN_GAME"},
		"a game without a queue":         {join(nobody, "tally", nil), "NO_QUEUE"},
		"twice":                          {join(ann, "pairs", nil), "ALREADY_QUEUED"},
		"two games":                      {join(ann, "ranked", nil), "ALREADY_QUEUED"},
		"an account in two queues":       {join(two, "ranked", nil), "ALREADY_QUEUED"},
		"too far away":                   {join(nobody, "ranked", map[string]float64{"eu": 101}), "NO_REGION"},
		"leave nothing":                  {code(t, nobody.QueueLeave(nobody.ctx)), "NOT_QUEUED"},
		"status of nothing":              {code(t, statusErr), "NOT_QUEUED"},
		"the same account on its phone":  {join(two, "pairs", nil), "ok"},
		"the status on the first device": {statusCode(t, one), "NOT_QUEUED"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", what, test.got, test.want)
		}
	}
	for range 100 {
		if code(t, nobody.QueueLeave(nobody.ctx)) == "RATE_LIMITED" {
			return
		}
	}
	t.Error("a hundred requests at once")
}

func statusCode(t *testing.T, k *seeker) string {
	_, err := k.QueueStatus(k.ctx)
	return code(t, err)
}

// TestServerWithoutQueues says so, whatever is asked.
func TestServerWithoutQueues(t *testing.T) {
	lobbies, err := lobby.New(lobby.Options{Games: games()})
	if err != nil {
		t.Fatal(err)
	}
	io := sio.New(sio.Options{})
	gateway.Attach(io, gateway.Options{Lobbies: lobbies})
	web := httptest.NewServer(io)
	defer web.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	defer io.Close(ctx)
	game := client.NewGame(client.New(client.Options{URL: web.URL}))
	if err := game.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() { game.Conn().Close(); <-game.Conn().Done() }()
	_, joinErr := game.QueueJoin(ctx, "tally", nil)
	_, statusErr := game.QueueStatus(ctx)
	for what, err := range map[string]error{"join": joinErr, "status": statusErr, "leave": game.QueueLeave(ctx)} {
		if got := code(t, err); got != "NO_QUEUE" {
			t.Errorf("%s: %s", what, got)
		}
	}
}

// A server that goes down tells those who wait.
func TestQueueEnds(t *testing.T) {
	s := serve(t, lobby.Options{Games: ranked()})
	ann := s.seeker(t, client.Options{})
	_, err := ann.QueueJoin(ann.ctx, "ranked", nil)
	ann.must(err)
	s.stopQueue()
	wait(ann.player, ann.over, "the end", func(c client.QueueClosed) bool { return c.Code == "DRAINING" })
	_, err = ann.QueueJoin(ann.ctx, "ranked", nil)
	if got := code(t, err); got != "DRAINING" {
		t.Errorf("afterwards: %s", got)
	}
}
