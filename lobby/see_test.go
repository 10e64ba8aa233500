package lobby_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// secrets is a game in which each player has a spy, whom only the team may see,
// and a hand of cards, which only its owner may see. The input "defect" shows
// the player what the other team sees.
type secrets struct {
	spies *state.Table[spy]
	hands *state.Private[hand]
	ids   map[*lobby.Player]state.ID
	teams [3]*state.View
	own   bool // everybody has a view of their own, centred on the spy
	views map[*lobby.Player]*state.View
	bound int
}

type spy struct {
	X, Y int16  `sync:"bits=14"`
	Code string `sync:"max=24"`
}

type hand struct {
	Cards []uint8 `sync:"list,bits=6,max=7"`
}

func newSecrets(m *lobby.Match) *secrets {
	state.Register[dot](m.World(), "Dot") // which the clients of these tests expect
	return &secrets{
		spies: state.Register[spy](m.World(), "Spy"), hands: state.RegisterPrivate[hand](m.World(), "Hand"),
		ids: map[*lobby.Player]state.ID{}, views: map[*lobby.Player]*state.View{},
	}
}

func newTeams(m *lobby.Match) lobby.Rules {
	s := newSecrets(m)
	for team := 1; team <= 2; team++ {
		s.teams[team] = m.NewView(state.ViewOptions{Chosen: []state.AnyTable{s.spies}})
	}
	m.SpectatorsSee(s.teams[2])
	return s
}

func newWanderers(m *lobby.Match) lobby.Rules {
	s := newSecrets(m)
	s.own = true
	for i := range 100 {
		s.spies.Spawn(spy{X: int16(40 * i), Code: fmt.Sprint("milestone ", i)})
	}
	return s
}

func (s *secrets) Join(p *lobby.Player) {
	s.ids[p] = s.spies.Spawn(spy{X: int16(100 * p.Seat()), Code: fmt.Sprintf("secret of team %d", p.Team())})
	p.Bound(s.bound, nil)
	switch {
	case p.Team() > 0:
		s.teams[p.Team()].Show(s.spies, s.ids[p])
		p.See(s.teams[p.Team()])
	case s.own:
		s.views[p] = p.NewView(state.ViewOptions{Near: []state.Near{{Table: s.spies, X: "x", Y: "y", Enter: 100, Leave: 120}}})
		s.hands.Spawn(p.Owner(), hand{[]uint8{uint8(p.Seat() + 1), uint8(len(s.ids))}})
	}
}

// Leave leaves the hand on the table: the next in the seat must not see it.
func (s *secrets) Leave(p *lobby.Player) {
	s.spies.Despawn(s.ids[p])
	delete(s.ids, p)
	delete(s.views, p)
}

func (s *secrets) Input(p *lobby.Player, in lobby.Input) { p.See(s.teams[3-p.Team()]) }

func (s *secrets) Step(tick uint32) {
	for _, id := range s.ids {
		s.spies.Edit(id).X += 7
	}
	for p, v := range s.views {
		v.Look(float64(s.spies.Get(s.ids[p]).X), 0)
	}
}

// tap is a client that keeps every byte it was sent.
type tap struct {
	*client
	sent []byte
	most int // bytes of one frame

	checked int // frames with a CRC
}

func (c *tap) State(f *lobby.Frame, ack uint32) error {
	fence.Load()
	c.sent = append(c.sent, f.Bytes...)
	c.most = max(c.most, len(f.Bytes))
	if f.Bytes[0] == 0x95 || f.Bytes[0] < 16 && f.Bytes[0]&8 != 0 {
		c.checked++
	}
	return c.client.State(f, ack)
}

func tapInto(t *testing.T, d *lobby.Directory, game, name, form string) *tap {
	t.Helper()
	c := &tap{client: newClient(t, name)}
	c.form = form
	j := c.joiner()
	j.Conn = c
	done, answer := c.done()
	d.Quick(lobby.QuickRequest{Joiner: j, Game: game}, done)
	if err := answer(); err != nil {
		t.Fatal(err)
	}
	return c
}

// codes lists the spies that a client knows.
func (c *tap) codes() []string {
	codes := map[string]bool{}
	for _, row := range c.replica.Entities("Spy") {
		codes[row.Text(2)] = true
	}
	return slices.Sorted(maps.Keys(codes))
}

// cards lists the hands that a client knows.
func (c *tap) cards() (hands [][]uint32) {
	for _, row := range c.replica.Entities("Hand") {
		hands = append(hands, slices.Collect(row.List(0)))
	}
	return hands
}

func TestTeamsSeeTheirOwnAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, lobby.Game{Name: "teams", MaxPlayers: 8, Teams: 2, DropIn: true, Spectators: true,
			New: newTeams})
		var clients []*tap
		for i := range 8 {
			clients = append(clients, tapInto(t, d, "teams", "", "MMBB"[i%4:i%4+1]))
		}
		watcher := &tap{client: newClient(t, "watcher")}
		j := watcher.joiner()
		j.Conn = watcher
		done, answer := watcher.done()
		d.Join(lobby.JoinRequest{Joiner: j, ID: clients[0].joined.Lobby.ID, Spectate: true}, done)
		if err := answer(); err != nil {
			t.Fatal(err)
		}
		pass(5 * time.Second)
		for i, c := range append(clients, watcher) {
			team := i%2 + 1
			if c == watcher {
				team = 2
			}
			own, other := fmt.Sprintf("secret of team %d", team), fmt.Sprintf("secret of team %d", 3-team)
			if got := c.codes(); !slices.Equal(got, []string{own}) {
				t.Errorf("client %d of team %d sees %q", i, team, got)
			}
			if bytes.Contains(c.sent, []byte(other)) {
				t.Errorf("client %d of team %d was sent the other team's secret", i, team)
			}
			if c.form != "B" && !bytes.Contains(c.sent, []byte(own)) {
				t.Errorf("client %d of team %d: the test would find no secret", i, team)
			}
		}
		turncoat := clients[0]
		before := len(turncoat.kinds)
		turncoat.input(1, "defect")
		pass(5 * step)
		if kinds := turncoat.kinds[before:]; kinds[0] != 1 && kinds[0] != 3 || !slices.Contains(kinds, 3) {
			t.Errorf("frames around a change of view: %v", kinds)
		}
		if got := turncoat.codes(); !slices.Equal(got, []string{"secret of team 2"}) {
			t.Errorf("after the change: sees %q", got)
		}
		if s := d.Stats(); s.Keyframes != 10 {
			t.Errorf("%d keyframes, want one per client and one for the change", s.Keyframes)
		}
	})
}

func TestHandsAndSurroundingsAreOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, lobby.Game{Name: "walk", MaxPlayers: 4, DropIn: true, New: newWanderers})
		ann, bob := tapInto(t, d, "walk", "ann", "M"), tapInto(t, d, "walk", "bob", "B")
		for range 40 {
			pass(3 * step)
			for seat, c := range []*tap{ann, bob} {
				if got := c.cards(); len(got) != 1 || got[0][0] != uint32(seat+1) {
					t.Fatalf("%s holds %v", c.name, got)
				}
				x := 7*int(c.replica.Tick()) + 100*seat
				c.surrounding(t, x)
			}
		}
		if err := ann.leave(); err != nil {
			t.Fatal(err)
		}
		next := tapInto(t, d, "walk", "cid", "M")
		pass(5 * step)
		if next.joined.You.Seat != 0 {
			t.Fatalf("sits at %d", next.joined.You.Seat)
		}
		if got := next.cards(); len(got) != 1 {
			t.Errorf("the next in the seat holds %v", got)
		}
		if s := d.Stats(); s.Keyframes != 3 {
			t.Errorf("%d keyframes for 3 clients", s.Keyframes)
		}
	})
}

// surrounding checks that a client sees the milestones around x: all within the
// inner radius, none beyond the outer one.
func (c *tap) surrounding(t *testing.T, x int) {
	t.Helper()
	seen := map[int]bool{}
	for _, row := range c.replica.Entities("Spy") {
		seen[int(row.Number(0))] = true
		if off := int(row.Number(0)) - x; off < -121 || off > 121 {
			t.Fatalf("%s at %d sees as far as %v", c.name, x, row.Number(0))
		}
	}
	for at := 0; at < 4000; at += 40 {
		if off := at - x; off > -99 && off < 99 && !seen[at] {
			t.Fatalf("%s at %d does not see the milestone at %d", c.name, x, at)
		}
	}
}

// A client with a view of its own that falls behind is brought to the present
// in one frame, like everybody else.
func TestSlowClientsOfOwnViews(t *testing.T) {
	for _, form := range []string{"M", "B"} {
		synctest.Test(t, func(t *testing.T) {
			d := directory(t, lobby.Game{Name: "walk", DropIn: true, New: newWanderers})
			c := tapInto(t, d, "walk", "ann", form)
			for stall, class := range map[time.Duration]byte{2 * time.Second: 2, 10 * time.Second: 3} {
				pass(2 * time.Second)
				c.silent = true
				c.backlog.Store(1)
				pass(stall)
				c.silent = false
				c.backlog.Store(0)
				_ = c.member.Input(0, c.replica.Tick(), nil)
				frames := len(c.kinds)
				pass(5 * step)
				if kinds := c.kinds[frames:]; len(kinds) < 4 || kinds[0] != class || kinds[1] != 1 {
					t.Errorf("%s: frames after a stall of %v are of classes %v", form, stall, kinds)
				}
				c.surrounding(t, 7*int(c.replica.Tick()))
			}
		})
	}
}

func TestBoundedFrames(t *testing.T) {
	for _, form := range []string{"M", "B"} {
		synctest.Test(t, func(t *testing.T) {
			d := directory(t, lobby.Game{Name: "tight", MaxPlayers: 4, DropIn: true, New: func(m *lobby.Match) lobby.Rules {
				s := newWanderers(m).(*secrets)
				s.own, s.bound = false, 100
				return s
			}})
			c, other := tapInto(t, d, "tight", "ann", form), tapInto(t, d, "tight", "bob", form)
			pass(10 * time.Second)
			if c.most > 100 || c.most < 50 {
				t.Errorf("%s: a frame has %d bytes", form, c.most)
			}
			if n := c.replica.Len("Spy"); n != 102 {
				t.Errorf("%s: sees %d spies, want 102", form, n)
			}
			c.silent = true
			pass(2 * time.Second)
			c.silent = false
			_ = c.member.Input(0, c.replica.Tick(), nil)
			if err := other.leave(); err != nil {
				t.Fatal(err)
			}
			if err := ask(c.member.Resync); err != nil {
				t.Fatal(err)
			}
			pass(5 * time.Second)
			if n := c.replica.Len("Spy"); n != 101 || c.most > 100 {
				t.Errorf("%s: sees %d spies, want 101; %d bytes", form, n, c.most)
			}
		})
	}
}
