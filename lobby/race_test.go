package lobby_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"tickwire/lobby"
)

// mute is a connection that nobody listens to.
type mute struct{}

func (mute) Event(*lobby.Event) error         { return nil }
func (mute) State(*lobby.Frame, uint32) error { return nil }
func (mute) Flush() error                     { return nil }
func (mute) Backlog() int                     { return 0 }

// Hundreds of simultaneous joins: never a player too many, no seat twice, all
// seats filled.
func TestSimultaneousJoins(t *testing.T) {
	game := gather
	game.MaxPlayers = 50
	d := directory(t, game)
	first := make(chan lobby.Joined, 1)
	d.Create(lobby.CreateRequest{Game: "gather", Joiner: lobby.Joiner{Conn: mute{}}}, func(j lobby.Joined, _ error) { first <- j })
	l := (<-first).Lobby

	var full atomic.Int64
	var mu sync.Mutex
	seats := map[int]bool{0: true}
	var callers, answers sync.WaitGroup
	for i := range 400 {
		answers.Add(1)
		callers.Go(func() {
			done := func(j lobby.Joined, err error) {
				defer answers.Done()
				if err != nil {
					wantCode(t, err, lobby.RoomFull)
					full.Add(1)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				if seats[j.You.Seat] {
					t.Errorf("seat %d is given twice", j.You.Seat)
				}
				seats[j.You.Seat] = true
			}
			req := lobby.JoinRequest{ID: l.ID, Joiner: lobby.Joiner{Conn: mute{}}}
			if i%2 == 0 {
				req.ID, req.Code = "", l.Code
			}
			d.Join(req, done)
		})
	}
	callers.Wait()
	answers.Wait()
	if len(seats) != 50 || full.Load() != 351 {
		t.Errorf("%d seats taken, %d refused", len(seats), full.Load())
	}
}

// Simultaneous quick joins make exactly the lobbies that they need.
func TestSimultaneousQuickJoins(t *testing.T) {
	d := directory(t, gather)
	var mu sync.Mutex
	members := map[string][]*lobby.Member{}
	var answers sync.WaitGroup
	for range 402 {
		answers.Add(1)
		go d.Quick(lobby.QuickRequest{Game: "gather", Joiner: lobby.Joiner{Conn: mute{}}}, func(j lobby.Joined, err error) {
			defer answers.Done()
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			members[j.Lobby.ID] = append(members[j.Lobby.ID], j.Member)
		})
	}
	answers.Wait()
	if len(members) != 101 || d.Lobbies() != 101 {
		t.Errorf("%d lobbies for 402 players in fours", len(members))
	}
	// All leave at once, while others come.
	for _, in := range members {
		for _, m := range in {
			answers.Add(2)
			go m.Leave(func(err error) {
				defer answers.Done()
				if err != nil {
					t.Error(err)
				}
			})
			go d.Quick(lobby.QuickRequest{Game: "gather", Joiner: lobby.Joiner{Conn: mute{}}}, func(j lobby.Joined, err error) {
				defer answers.Done()
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	answers.Wait()
}

// Simultaneous joins, quick joins, reservations and tickets that two bring at
// once: never a player too many, and every ticket takes one seat.
func TestSimultaneousReservations(t *testing.T) {
	game := gather
	game.MaxPlayers = 64
	d := directory(t, game)
	info, err := d.Open(lobby.OpenRequest{Game: "gather", Seats: seats(1), For: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	taken := map[int]bool{}
	var byTicket, reserved, wrong atomic.Int64
	var calls sync.WaitGroup
	enter := func(req lobby.JoinRequest, refusal lobby.Code) {
		calls.Add(1)
		req.Conn = mute{}
		d.Join(req, func(j lobby.Joined, err error) {
			defer calls.Done()
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				wantCode(t, err, refusal)
				if refusal == lobby.BadTicket {
					wrong.Add(1)
				}
				return
			case taken[j.You.Seat]:
				t.Errorf("seat %d is given twice", j.You.Seat)
			case req.Ticket != "":
				byTicket.Add(1)
			}
			taken[j.You.Seat] = true
		})
	}
	for i := range 300 {
		calls.Go(func() {
			switch i % 3 {
			case 0:
				r, err := d.Reserve(lobby.ReserveRequest{Lobby: info.ID, Seats: seats(1 + i%4), For: time.Hour})
				if err != nil {
					wantCode(t, err, lobby.RoomFull)
					return
				}
				reserved.Add(int64(len(r.Tickets)))
				for _, ticket := range r.Tickets {
					for range 2 {
						calls.Go(func() { enter(lobby.JoinRequest{Ticket: ticket}, lobby.BadTicket) })
					}
				}
			case 1:
				enter(lobby.JoinRequest{ID: info.ID}, lobby.RoomFull)
			case 2:
				enter(lobby.JoinRequest{Code: info.Code}, lobby.RoomFull)
			}
		})
	}
	calls.Wait()
	if len(taken) != 63 { // the last is reserved from the beginning
		t.Errorf("%d seats are taken", len(taken))
	}
	if byTicket.Load() != reserved.Load() || wrong.Load() != reserved.Load() {
		t.Errorf("%d tickets took %d seats and were refused %d times", reserved.Load(), byTicket.Load(), wrong.Load())
	}
	enter(lobby.JoinRequest{Ticket: info.Reserved.Tickets[0]}, lobby.BadTicket)
	calls.Wait()
	if len(taken) != 64 {
		t.Errorf("%d seats are taken", len(taken))
	}
}

// model is what any order of requests must lead to.
type model struct {
	lobbies map[string]*modelLobby
	members []*client
	count   int // of lobbies, ever
}

type modelLobby struct {
	code    string
	members []*client // in the order of their joining
	tickets []string  // of the seats that are reserved
	number  int
}

func (l *modelLobby) taken() int { return len(l.members) + len(l.tickets) }

// Whatever players do in whatever order, the lobbies agree with the model.
func TestLobbiesFollowTheModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ testing.TB }{t}, func(rt *rapid.T) { // hides T.Deadline, which panics in a bubble
			game := gather
			game.Countdown = -1
			d, err := lobby.New(lobby.Options{Games: []lobby.Game{game}, MaxLobbies: 3, Grace: 10_000 * time.Hour})
			if err != nil {
				rt.Fatal(err)
			}
			m := &model{lobbies: map[string]*modelLobby{}}
			rt.Repeat(map[string]func(*rapid.T){
				"create":  func(rt *rapid.T) { m.create(t, rt, d) },
				"join":    func(rt *rapid.T) { m.join(t, rt, d) },
				"quick":   func(rt *rapid.T) { m.quick(t, rt, d) },
				"leave":   func(rt *rapid.T) { m.leave(rt) },
				"kick":    func(rt *rapid.T) { m.kick(rt) },
				"resume":  func(rt *rapid.T) { m.resume(rt, d) },
				"flicker": func(rt *rapid.T) { m.flicker(rt) },
				"open":    func(rt *rapid.T) { m.open(rt, d) },
				"reserve": func(rt *rapid.T) { m.reserve(rt, d) },
				"ticket":  func(rt *rapid.T) { m.ticket(t, rt, d) },
				"expire":  func(*rapid.T) { m.expire() },
				"":        func(rt *rapid.T) { pass(step); m.check(rt, d) },
			})
			shut(t, d)
		})
	})
}

func (m *model) pick(rt *rapid.T) (*modelLobby, *client) {
	if len(m.members) == 0 {
		rt.Skip("nobody is here")
	}
	c := m.members[rapid.IntRange(0, len(m.members)-1).Draw(rt, "member")]
	return m.lobbies[c.joined.Lobby.ID], c
}

func (m *model) seat(c *client) {
	l := m.lobbies[c.joined.Lobby.ID]
	if l == nil {
		l = m.add(c.joined.Lobby.ID, &modelLobby{code: c.joined.Lobby.Code})
	}
	l.members = append(l.members, c)
	m.members = append(m.members, c)
}

func (m *model) add(id string, l *modelLobby) *modelLobby {
	m.count++
	l.number = m.count
	m.lobbies[id] = l
	return l
}

func (m *model) unseat(c *client) {
	l := m.lobbies[c.joined.Lobby.ID]
	drop := func(o *client) bool { return o == c }
	l.members, m.members = slices.DeleteFunc(l.members, drop), slices.DeleteFunc(m.members, drop)
	m.tidy()
}

// tidy drops the lobbies that nobody is in or on the way to.
func (m *model) tidy() {
	maps.DeleteFunc(m.lobbies, func(_ string, l *modelLobby) bool { return l.taken() == 0 })
}

// open makes a lobby without members.
func (m *model) open(rt *rapid.T, d *lobby.Directory) {
	n := rapid.IntRange(1, 5).Draw(rt, "seats")
	info, err := d.Open(lobby.OpenRequest{Game: "gather", Seats: seats(n), For: holdFor})
	if room := len(m.lobbies) < 3 && n <= 4; (err == nil) != room {
		rt.Fatalf("room %v, but opening is answered %v", room, err)
	}
	if err == nil {
		m.add(info.ID, &modelLobby{code: info.Code, tickets: info.Reserved.Tickets})
	}
}

// reserve keeps seats in a lobby.
func (m *model) reserve(rt *rapid.T, d *lobby.Directory) {
	id := m.pickLobby(rt)
	l, n := m.lobbies[id], rapid.IntRange(1, 4).Draw(rt, "seats")
	r, err := d.Reserve(lobby.ReserveRequest{Lobby: id, Seats: seats(n), For: holdFor})
	if room := l.taken()+n <= 4; (err == nil) != room {
		rt.Fatalf("room %v, but reserving is answered %v", room, err)
	}
	if err == nil {
		l.tickets = append(l.tickets, r.Tickets...)
	}
}

// ticket brings a ticket, and then again.
func (m *model) ticket(t *testing.T, rt *rapid.T, d *lobby.Directory) {
	l := m.lobbies[m.pickLobby(rt)]
	if len(l.tickets) == 0 {
		rt.Skip("nothing is reserved")
	}
	i := rapid.IntRange(0, len(l.tickets)-1).Draw(rt, "ticket")
	ticket := l.tickets[i]
	c, err := join(t, d, "t", lobby.JoinRequest{Ticket: ticket})
	l.tickets = slices.Delete(l.tickets, i, i+1)
	m.settle(rt, c, err, true)
	_, err = join(t, d, "t", lobby.JoinRequest{Ticket: ticket})
	m.settle(rt, c, err, false)
}

// holdFor is how long the model's seats are kept: no run takes that long, but
// for the step that lets them expire.
const holdFor = time.Hour

// expire lets time pass until nothing is reserved any more.
func (m *model) expire() {
	pass(holdFor)
	for _, l := range m.lobbies {
		l.tickets = nil
	}
	m.tidy()
}

func (m *model) pickLobby(rt *rapid.T) string {
	if len(m.lobbies) == 0 {
		rt.Skip("no lobby")
	}
	ids := slices.Collect(maps.Keys(m.lobbies))
	slices.SortFunc(ids, func(a, b string) int { return m.lobbies[a].number - m.lobbies[b].number })
	return ids[rapid.IntRange(0, len(ids)-1).Draw(rt, "lobby")]
}

func (m *model) create(t *testing.T, rt *rapid.T, d *lobby.Directory) {
	c := newClient(t, "c")
	done, answer := c.done()
	d.Create(lobby.CreateRequest{Game: "gather", Joiner: c.joiner()}, done)
	m.settle(rt, c, answer(), len(m.lobbies) < 3)
}

func (m *model) join(t *testing.T, rt *rapid.T, d *lobby.Directory) {
	l, at := m.pick(rt)
	c, err := join(t, d, "j", lobby.JoinRequest{Code: at.joined.Lobby.Code})
	m.settle(rt, c, err, l.taken() < 4)
}

func (m *model) quick(t *testing.T, rt *rapid.T, d *lobby.Directory) {
	room := len(m.lobbies) < 3
	for _, l := range m.lobbies {
		room = room || l.taken() < 4
	}
	c := newClient(t, "q")
	done, answer := c.done()
	d.Quick(lobby.QuickRequest{Game: "gather", Joiner: c.joiner()}, done)
	m.settle(rt, c, answer(), room)
}

func (m *model) settle(rt *rapid.T, c *client, err error, room bool) {
	if (err == nil) != room {
		rt.Fatalf("room %v, but the answer is %v", room, err)
	}
	if err == nil {
		m.seat(c)
	}
}

func (m *model) leave(rt *rapid.T) {
	_, c := m.pick(rt)
	if rapid.Bool().Draw(rt, "politely") {
		if err := c.leave(); err != nil {
			rt.Fatal(err)
		}
		m.unseat(c)
		return
	}
	c.member.Disconnect()
	c.away = true
	synctest.Wait()
}

// resume brings a player back on another connection, away or not.
func (m *model) resume(rt *rapid.T, d *lobby.Directory) {
	l, c := m.pick(rt)
	back, err := c.resume(d)
	if err != nil {
		rt.Fatal(err)
	}
	if !c.member.Gone() || back.joined.You != c.joined.You {
		rt.Fatalf("%+v came back as %+v", c.joined.You, back.joined.You)
	}
	l.members[slices.Index(l.members, c)] = back
	m.members[slices.Index(m.members, c)] = back
}

func (m *model) kick(rt *rapid.T) {
	l, by := m.pick(rt)
	whom := l.members[rapid.IntRange(0, len(l.members)-1).Draw(rt, "whom")]
	err := by.kick(whom)
	if allowed := by == l.members[0] && by != whom; (err == nil) != allowed {
		rt.Fatalf("allowed %v, but the answer is %v", allowed, err)
	}
	if err == nil {
		m.unseat(whom)
	}
}

// flicker makes somebody ready and unready again: nothing must come of it but
// a match may never start, since not all are ready at once.
func (m *model) flicker(rt *rapid.T) {
	l, c := m.pick(rt)
	if len(l.members) < 2 {
		rt.Skip("a lobby of one would start")
	}
	if c.away {
		rt.Skip("away")
	}
	for _, ready := range []bool{true, false} {
		if err := c.ready(ready); err != nil {
			rt.Fatal(err)
		}
	}
}

func (m *model) check(rt *rapid.T, d *lobby.Directory) {
	if n := d.Lobbies(); n != len(m.lobbies) {
		rt.Fatalf("%d lobbies, want %d", n, len(m.lobbies))
	}
	for _, s := range d.List("") {
		if l := m.lobbies[s.ID]; l == nil || s.Players != len(l.members) || s.Reserved != len(l.tickets) || s.Code != l.code || s.Phase != lobby.Gathering {
			rt.Fatalf("listed: %+v, model %+v", s, l)
		}
	}
	for id, l := range m.lobbies {
		seats := map[int]bool{}
		var ids []string
		for _, c := range l.members {
			seats[c.member.Seat()] = true
			ids = append(ids, c.member.ID())
		}
		if len(seats) != len(l.members) || l.taken() > 4 || len(seats) > 0 && slices.Max(slices.Collect(maps.Keys(seats))) > 3 {
			rt.Fatalf("lobby %s: seats %v for %d players", id, seats, len(l.members))
		}
		for _, c := range l.members {
			v := c.view()
			if c.away {
				continue // knows what it knew
			}
			if v.Leader != ids[0] || len(v.Players) != len(ids) {
				rt.Fatalf("%s sees %s, want players %v", c.member.ID(), fmt.Sprint(v), ids)
			}
		}
	}
}

// TestInspectThatIsGivenUp: the lobby still answers somebody who has gone.
func TestInspectThatIsGivenUp(t *testing.T) {
	d := directory(t, gather)
	first := make(chan lobby.Joined, 1)
	d.Create(lobby.CreateRequest{Game: "gather", Joiner: lobby.Joiner{Conn: mute{}}}, func(j lobby.Joined, _ error) { first <- j })
	id := (<-first).Lobby.ID
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 200 {
		info, err := d.Inspect(over, id) // by chance the answer is there
		if (err == nil) != (info.View.ID == id) || err != nil && !errors.Is(err, context.Canceled) && lobby.AsError(err).Code != lobby.Busy {
			t.Fatalf("%+v, %v", info, err)
		}
	}
}
