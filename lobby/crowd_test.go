package lobby_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"tickwire/lobby"
)

// crowd is people who do what they like, several at once. Nothing is said of
// what each is answered; what must hold is checked after each burst.
type crowd struct {
	t       *testing.T
	rt      *rapid.T
	d       *lobby.Directory
	clients []*client
	there   []*client // those of them that had a place when the burst began
	account map[*client]string

	mu      sync.Mutex // guards the following
	tickets []string
	banned  map[[2]string]time.Time // lobby and account, until when
}

var accountNames = []string{"", "", "ann", "bob", "eve"}

// Whatever people do at the same time: never a player too many, one seat for an
// account, nobody who is banned, and in the end nothing is left.
func TestCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ testing.TB }{t}, func(rt *rapid.T) {
			round, open := gather, arena
			round.Spectators, round.Countdown, round.MaxSpectators, round.Teams = true, -1, 2, 2
			open.Spectators, open.MaxSpectators = true, 2
			d, err := lobby.New(lobby.Options{Games: []lobby.Game{round, open}, MaxLobbies: 4, Grace: 5 * time.Second, CodeTTL: 7 * time.Second})
			if err != nil {
				rt.Fatal(err)
			}
			c := &crowd{t: t, rt: rt, d: d, account: map[*client]string{}, banned: map[[2]string]time.Time{}}
			for range rapid.IntRange(5, 30).Draw(rt, "bursts") {
				for range rapid.IntRange(1, 4).Draw(rt, "at once") {
					c.act()
				}
				pass(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 60, 3000}).Draw(rt, "ms")) * time.Millisecond)
				c.check()
			}
			c.end()
			shut(t, d)
		})
	})
}

// act has somebody do something, and does not wait for the answer.
func (c *crowd) act() {
	switch rapid.IntRange(0, 3).Draw(c.rt, "kind") {
	case 0:
		c.come()
	case 1:
		c.serve()
	default:
		if m := c.somebody(); m != nil {
			c.ask(m)
		}
	}
}

// come has somebody ask for a place in one of many ways.
func (c *crowd) come() {
	account := rapid.SampledFrom(accountNames).Draw(c.rt, "account")
	who := newClient(c.t, account)
	j := lobby.Joiner{Conn: who, Account: account, Address: "192.0.2.1"}
	done := func(joined lobby.Joined, err error) {
		if err == nil {
			who.joined, who.member = joined, joined.Member
		}
	}
	c.clients, c.account[who] = append(c.clients, who), account
	some := c.lobby()
	switch rapid.SampledFrom([]string{"create", "quick", "id", "id", "code", "mine", "watch", "resume", "ticket"}).Draw(c.rt, "way") {
	case "create":
		c.d.Create(lobby.CreateRequest{Joiner: j, Game: c.game(), Max: rapid.IntRange(2, 4).Draw(c.rt, "max")}, done)
	case "quick":
		c.d.Quick(lobby.QuickRequest{Joiner: j, Game: c.game()}, done)
	case "id":
		c.d.Join(lobby.JoinRequest{Joiner: j, ID: some.ID}, done)
	case "code":
		c.d.Join(lobby.JoinRequest{Joiner: j, Code: some.Code}, done)
	case "mine":
		c.d.Join(lobby.JoinRequest{Joiner: j}, done)
	case "watch":
		c.d.Join(lobby.JoinRequest{Joiner: j, ID: some.ID, Spectate: true}, done)
	case "resume":
		if old := c.somebody(); old != nil {
			j.Account, c.account[who] = c.account[old], c.account[old]
			c.d.Join(lobby.JoinRequest{Joiner: j, Resume: old.joined.Token}, done)
		}
	case "ticket":
		c.mu.Lock()
		tickets := c.tickets
		c.mu.Unlock()
		if len(tickets) > 0 {
			c.d.Join(lobby.JoinRequest{Joiner: j, Ticket: rapid.SampledFrom(tickets).Draw(c.rt, "ticket"), Spectate: rapid.Bool().Draw(c.rt, "spectate")}, done)
		}
	}
}

// serve does what the server does.
func (c *crowd) serve() {
	some := c.lobby()
	if some.ID == "" {
		return
	}
	seats := make([]lobby.SeatRequest, rapid.IntRange(1, 3).Draw(c.rt, "seats"))
	r, err := c.d.Reserve(lobby.ReserveRequest{Lobby: some.ID, Seats: seats, For: 4 * time.Second})
	if err == nil {
		c.mu.Lock()
		c.tickets = append(c.tickets, r.Tickets...)
		c.mu.Unlock()
	}
}

// ask has a member make a request.
func (c *crowd) ask(who *client) {
	m := who.member
	other := c.somebody()
	id, now := other.member.ID(), time.Now()
	switch rapid.SampledFrom([]string{
		"leave", "lose", "ready", "ready", "role", "role", "lead", "kick", "ban", "unban", "max", "visibility", "code", "invite", "lock", "end",
	}).Draw(c.rt, "request") {
	case "leave":
		m.Leave(nil)
	case "lose":
		m.Disconnect()
	case "ready":
		m.Ready(rapid.Bool().Draw(c.rt, "ready"), nil)
	case "role":
		m.Role(rapid.SampledFrom([]string{"", id}).Draw(c.rt, "whom"), rapid.SampledFrom([]lobby.Role{lobby.RolePlayer, lobby.RoleSpectator}).Draw(c.rt, "role"), nil)
	case "lead":
		m.Lead(id, nil)
	case "kick":
		m.Kick(id, nil)
	case "ban":
		key := [2]string{m.LobbyID(), c.account[other]}
		m.Ban(id, 10*time.Second, func(err error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if err == nil && key[1] != "" {
				c.banned[key] = now.Add(10 * time.Second)
			}
		})
	case "unban":
		key := [2]string{m.LobbyID(), c.account[other]}
		m.Unban(id, func(err error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if err == nil {
				delete(c.banned, key)
			}
		})
	case "max":
		m.Configure(lobby.Settings{Max: new(rapid.IntRange(2, 4).Draw(c.rt, "max"))}, nil)
	case "visibility":
		m.Configure(lobby.Settings{Visibility: new(rapid.SampledFrom([]lobby.Visibility{lobby.Public, lobby.Unlisted, lobby.Private}).Draw(c.rt, "visibility"))}, nil)
	case "code":
		m.NewCode(rapid.Bool().Draw(c.rt, "off"), func(string, error) {})
	case "invite":
		m.Invite(2, 20*time.Second, func(i lobby.Invitation, err error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if err == nil {
				c.tickets = append(c.tickets, i.Ticket)
			}
		})
	case "lock":
		m.Lock(rapid.Bool().Draw(c.rt, "locked"), nil)
	case "end":
		_ = m.Input(1<<20, 0, []byte("\xa3end"))
	}
}

func (c *crowd) game() string {
	return rapid.SampledFrom([]string{"gather", "arena"}).Draw(c.rt, "game")
}

// somebody is a client that has, or had, a place.
func (c *crowd) somebody() *client {
	if len(c.there) == 0 {
		return nil
	}
	return c.there[rapid.IntRange(0, len(c.there)-1).Draw(c.rt, "who")]
}

func (c *crowd) lobby() lobby.Summary {
	all, _ := c.d.Overview(0, 10)
	if len(all) == 0 {
		return lobby.Summary{}
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(c.rt, "lobby")]
}

// check looks at everything from outside.
func (c *crowd) check() {
	synctest.Wait()
	fence.Add(1)
	all, total := c.d.Overview(0, 100)
	if total != len(all) || total > 4 {
		c.rt.Fatalf("%d lobbies, %d listed", total, len(all))
	}
	players, places := map[string]string{}, 0 // accounts that sit
	for _, s := range all {
		info, err := c.d.Inspect(c.t.Context(), s.ID)
		if err != nil {
			c.rt.Fatal(err)
		}
		c.checkLobby(&info)
		for _, p := range info.Players {
			if other := players[p.Account]; p.Account != "" && other != "" {
				c.rt.Fatalf("%s sits in %s and in %s", p.Account, other, s.ID)
			}
			players[p.Account] = s.ID
		}
		places += len(info.Players) + len(info.Spectators)
	}
	here := 0
	c.there = c.there[:0]
	for _, who := range c.clients {
		if who.member == nil {
			continue
		}
		c.there = append(c.there, who)
		if !who.member.Gone() {
			here++
		}
	}
	if here != places {
		c.rt.Fatalf("%d members think they are in a lobby, the lobbies have %d", here, places)
	}
	for _, s := range c.d.List("") {
		if s.Visibility != lobby.Public {
			c.rt.Fatalf("listed: %+v", s)
		}
	}
}

func (c *crowd) checkLobby(info *lobby.LobbyInfo) {
	v := &info.View
	if n := len(info.Players) + v.Reserved; n > v.Max || len(info.Spectators) > 2 {
		c.rt.Fatalf("%d players and %d reserved seats of %d, %d spectators", len(info.Players), v.Reserved, v.Max, len(info.Spectators))
	}
	seats, leads := map[int]bool{}, v.Leader == ""
	for _, p := range info.Players {
		if seats[p.Seat] || p.Seat < 0 || p.Seat > 3 {
			c.rt.Fatalf("seats: %+v", info.Players)
		}
		seats[p.Seat] = true
		leads = leads || p.ID == v.Leader
	}
	if !leads {
		c.rt.Fatalf("%q leads %+v", v.Leader, info.Players)
	}
	for _, group := range [][]lobby.PlayerInfo{info.Players, info.Spectators} {
		for _, p := range group {
			if until := c.banned[[2]string{v.ID, p.Account}]; time.Now().Before(until) {
				c.rt.Fatalf("%s is banned from %s and there", p.Account, v.ID)
			}
		}
	}
	for _, w := range info.Spectators {
		if w.Account != "" && slices.ContainsFunc(info.Players, func(p lobby.PlayerInfo) bool { return p.Account == w.Account }) {
			c.rt.Fatalf("%s plays and watches", w.Account)
		}
	}
}

// end has everybody leave: no lobby, no seat and no account stays behind.
func (c *crowd) end() {
	for _, who := range c.clients {
		if who.member != nil {
			who.member.Leave(nil)
		}
	}
	pass(time.Minute)
	if n := c.d.Lobbies(); n > 0 {
		c.rt.Fatalf("%d lobbies of nobody", n)
	}
	for _, account := range accountNames[2:] {
		c.d.Join(lobby.JoinRequest{Joiner: lobby.Joiner{Conn: mute{}, Account: account}}, func(_ lobby.Joined, err error) {
			if e := lobby.AsError(err); e == nil || e.Code != lobby.NotFound {
				c.rt.Fatalf("%s still has a seat: %v", account, err)
			}
		})
	}
}

// Hundreds of devices of few accounts come at the same time, to lobbies that are
// reserved, configured and watched meanwhile.
func TestSimultaneousDevices(t *testing.T) {
	game := gather
	game.MaxPlayers, game.Spectators = 6, true
	d := directory(t, game)
	var ids []string
	for range 3 {
		first := make(chan lobby.Joined, 1)
		d.Create(lobby.CreateRequest{Game: "gather", Joiner: lobby.Joiner{Conn: mute{}}}, func(j lobby.Joined, _ error) { first <- j })
		j := <-first
		ids = append(ids, j.Lobby.ID)
	}
	var mu sync.Mutex
	var members []*lobby.Member
	var callers, answers sync.WaitGroup
	var seated atomic.Int64
	for i := range 300 {
		answers.Add(1)
		callers.Go(func() {
			req := lobby.JoinRequest{ID: ids[i%3], Spectate: i%7 == 0, Joiner: lobby.Joiner{Conn: mute{}, Account: fmt.Sprint("acc", i%8)}}
			d.Join(req, func(j lobby.Joined, err error) {
				defer answers.Done()
				if err != nil {
					return
				}
				seated.Add(1)
				mu.Lock()
				members = append(members, j.Member)
				mu.Unlock()
				j.Member.Role("", lobby.RoleSpectator, nil)
				j.Member.Role("", lobby.RolePlayer, nil)
			})
			if i%10 == 0 {
				_, _ = d.Reserve(lobby.ReserveRequest{Lobby: ids[i%3], Seats: make([]lobby.SeatRequest, 2), For: time.Millisecond})
			}
		})
	}
	callers.Wait()
	answers.Wait()
	if seated.Load() == 0 {
		t.Error("nobody came in")
	}
	for range 2 { // what was on its way arrives in all lobbies, then what it sent to others
		for _, id := range ids {
			_, _ = d.Inspect(t.Context(), id)
		}
	}
	sits := map[string]string{}
	for _, id := range ids {
		info, err := d.Inspect(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(info.Players) + info.View.Reserved; n > 6 {
			t.Errorf("lobby %s: %d of 6 seats", id, n)
		}
		for _, p := range info.Players {
			if other := sits[p.Account]; p.Account != "" && other != "" {
				t.Errorf("%s sits in %s and in %s", p.Account, other, id)
			}
			sits[p.Account] = id
		}
	}
	for _, m := range members {
		m.Leave(nil)
	}
}
