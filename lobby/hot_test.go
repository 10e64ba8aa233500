package lobby

import (
	"fmt"
	"testing"
	"time"

	"tickwire/codec/state"
)

// swarm is a match whose every entity moves in every step.
type swarm struct {
	ships *state.Table[ship]
	ids   map[*Player]state.ID
}

type ship struct {
	X, Y float32 `sync:"min=0,max=4096,step=0.125,pred"`
	HP   uint8   `sync:"bits=7"`
}

func newSwarm(m *Match) Rules {
	return &swarm{ships: state.Register[ship](m.World(), "Ship"), ids: map[*Player]state.ID{}}
}

func (s *swarm) Join(p *Player) {
	s.ids[p] = s.ships.Spawn(ship{X: float32(p.Seat() * 10), Y: 2000, HP: 100})
}
func (s *swarm) Leave(p *Player) { s.ships.Despawn(s.ids[p]) }

func (s *swarm) Input(p *Player, in Input) {
	s.ships.Edit(s.ids[p]).HP = in.Raw[0]
}

func (s *swarm) Step(tick uint32) {
	for id := range s.ships.All() {
		e := s.ships.Edit(id)
		e.X += 0.5
		if e.X > 4000 {
			e.X = 0
		}
		e.Y += float32(int(tick%3) - 1)
	}
}

// scouts is a swarm of which each player sees what is near.
type scouts struct {
	*swarm
	views map[*Player]*state.View
}

func newScouts(m *Match) Rules {
	return &scouts{newSwarm(m).(*swarm), map[*Player]*state.View{}}
}

func (s *scouts) Join(p *Player) {
	s.swarm.Join(p)
	s.views[p] = p.NewView(state.ViewOptions{Near: []state.Near{{Table: s.ships, X: "x", Y: "y", Enter: 300}}})
}

func (s *scouts) Step(tick uint32) {
	s.swarm.Step(tick)
	for p, v := range s.views {
		ship := s.ships.Get(s.ids[p])
		v.Look(float64(ship.X), float64(ship.Y))
	}
}

// allies is a swarm whose players all see through one view of their own.
type allies struct {
	*swarm
	view *state.View
}

func newAllies(m *Match) Rules {
	s := newSwarm(m).(*swarm)
	return &allies{s, m.NewView(state.ViewOptions{Chosen: []state.AnyTable{s.ships}})}
}

func (a *allies) Join(p *Player) {
	a.swarm.Join(p)
	a.view.Show(a.ships, a.ids[p])
	p.See(a.view)
}

// newTight is a swarm whose players get frames of 100 bytes.
func newTight(m *Match) Rules { return &tight{newSwarm(m).(*swarm)} }

type tight struct{ *swarm }

func (t *tight) Join(p *Player) {
	t.swarm.Join(p)
	p.Bound(100, nil)
}

// sink is a client that takes everything and acknowledges with its next input,
// unless it lags.
type sink struct {
	member *Member
	lobby  *lobby
	lag    uint32 // acknowledges only every so many ticks

	applied uint32
	frames  int
	bytes   int
}

func (s *sink) Event(*Event) error { return nil }
func (s *sink) State(f *Frame, _ uint32) error {
	s.frames++
	s.bytes += len(f.Bytes)
	s.applied = s.lobby.run.world.Tick()
	return nil
}
func (s *sink) Flush() error { return nil }
func (s *sink) Backlog() int { return 0 }

func (s *sink) input(seq uint32) {
	acked := s.applied
	if s.lag != 0 && seq%s.lag != 0 {
		acked = 0
	}
	_ = s.member.Input(seq, acked, []byte{byte(seq & 127)})
}

// playing returns a lobby with a running match that nobody but the caller
// drives.
func playing(tb testing.TB, players int, game Game, form string) (*lobby, []*sink, time.Time) {
	tb.Helper()
	game.Name, game.DropIn, game.MaxPlayers = "swarm", true, players
	if game.New == nil {
		game.New = newSwarm
	}
	d, err := New(Options{Games: []Game{game}})
	if err != nil {
		tb.Fatal(err)
	}
	d.mu.Lock()
	l, err := d.makeLocked(d.games.list[0], &CreateRequest{Visibility: Public, Max: players})
	d.mu.Unlock()
	if err != nil {
		tb.Fatal(err)
	}
	l.openTimers()
	sinks := make([]*sink, players)
	for i := range sinks {
		s := &sink{lobby: l}
		sinks[i] = s
		l.admit(&Joiner{Conn: s, Form: form}, func(j Joined, err error) {
			if err != nil {
				tb.Fatal(err)
			}
			s.member = j.Member
		})
	}
	now := time.Now()
	l.turn(now)
	if l.run == nil {
		tb.Fatal("no match runs")
	}
	return l, sinks, now
}

func TestSteadyTickDoesNotAllocate(t *testing.T) {
	for name, tc := range map[string]struct {
		game Game
		form string
		lag  uint32 // of half of the clients
		few  bool
	}{
		"everybody up to date":    {Game{Hz: 20}, "M", 0, false},
		"half send rate":          {Game{Hz: 20, SendHz: 10}, "M", 0, false},
		"half of them lag":        {Game{Hz: 20}, "M", 25, false},
		"bits":                    {Game{Hz: 20}, "B", 0, false},
		"bits, half of them lag":  {Game{Hz: 20}, "B", 25, false},
		"one view":                {Game{Hz: 20, New: newAllies}, "B", 25, false},
		"own views":               {Game{Hz: 20, New: newScouts}, "M", 0, false},
		"own views, bits":         {Game{Hz: 20, New: newScouts}, "B", 25, false},
		"own views, half rate":    {Game{Hz: 20, SendHz: 10, New: newScouts}, "B", 0, false},
		"bounded frames":          {Game{Hz: 20, New: newTight}, "B", 0, true},
		"bounded frames, M, lags": {Game{Hz: 20, New: newTight}, "M", 25, true},
	} {
		t.Run(name, func(t *testing.T) {
			players := 100
			if tc.few {
				players = 20 // each has its own frames made
			}
			l, sinks, now := playing(t, players, tc.game, tc.form)
			for i, s := range sinks {
				if i%2 == 0 {
					s.lag = tc.lag
				}
			}
			seq := uint32(0)
			turn := func() {
				seq++
				for _, s := range sinks {
					s.input(seq)
				}
				now = now.Add(50 * time.Millisecond)
				l.turn(now)
			}
			for range 300 { // buffers find their sizes
				turn()
			}
			before := l.run.total.read()
			if n := testing.AllocsPerRun(200, turn); n != 0 {
				t.Errorf("%v allocations per tick", n)
			}
			after := l.run.total.read()
			if after.Ticks-before.Ticks != 201 || after.Dropped != before.Dropped || after.Inputs-before.Inputs != uint64(201*players) {
				t.Errorf("not steady: %+v", after)
			}
			if lagging := after.Skipped > before.Skipped && after.Coalesced > before.Coalesced; lagging != (tc.lag > 0) {
				t.Errorf("skipped %d, coalesced %d", after.Skipped-before.Skipped, after.Coalesced-before.Coalesced)
			}
		})
	}
}

// TestPersonalViewsAreClosed when the last who sees through them turns away.
func TestPersonalViewsAreClosed(t *testing.T) {
	l, sinks, _ := playing(t, 3, Game{New: newScouts}, "M")
	r := l.run
	p, q := sinks[0].member.player, sinks[1].member.player
	if len(r.personal) != 3 {
		t.Fatalf("%d personal views of 3 players", len(r.personal))
	}
	q.See(p.view)
	if len(r.personal) != 2 {
		t.Errorf("%d personal views after one turned away from its own", len(r.personal))
	}
	l.remove(sinks[0].member, nil)
	if len(r.personal) != 2 {
		t.Errorf("%d personal views after one left that another sees through", len(r.personal))
	}
	q.See(nil)
	if len(r.personal) != 1 {
		t.Errorf("%d personal views after the other turned away, too", len(r.personal))
	}
	r.SpectatorsSee(sinks[2].member.player.view)
	l.remove(sinks[2].member, nil)
	if len(r.personal) != 1 {
		t.Errorf("%d personal views while spectators see through one", len(r.personal))
	}
	r.SpectatorsSee(nil)
	if len(r.personal) != 0 {
		t.Errorf("%d personal views that nobody sees through", len(r.personal))
	}
}

// TestUnusedFramesAreForgotten: a match that makes views again and again does
// not keep the frames of all.
func TestUnusedFramesAreForgotten(t *testing.T) {
	l, sinks, now := playing(t, 1, Game{Hz: 20}, "B")
	p := sinks[0].member.player
	for i := range 2 * unusedTicks {
		if i%10 == 0 {
			p.See(l.run.NewView(state.ViewOptions{}))
		}
		sinks[0].input(uint32(i + 1))
		now = now.Add(50 * time.Millisecond)
		l.turn(now)
	}
	if n := len(l.run.out.audiences); n > 2*unusedTicks/10-10 {
		t.Errorf("%d audiences", n)
	}
}

func TestInputsDoNotAllocate(t *testing.T) {
	_, sinks, _ := playing(t, 1, Game{}, "M")
	m, seq := sinks[0].member, uint32(0)
	payload := []byte{0x94, 1, 2, 3, 4}
	put := func() {
		seq++
		_ = m.Input(seq, seq, payload)
	}
	for range 100 {
		put()
	}
	if n := testing.AllocsPerRun(100, put); n != 0 {
		t.Errorf("%v allocations per input", n)
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	in := Input{Raw: []byte{0x94, 0x7f, 0xd0, 0x81, 0xcd, 3, 0xff, 1}}
	var v [4]int16
	decode := func() {
		if err := in.Decode(&v); err != nil {
			t.Fatal(err)
		}
	}
	decode()
	if v != [4]int16{127, -127, 1023, 1} {
		t.Errorf("decoded %v", v)
	}
	if n := testing.AllocsPerRun(100, decode); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTick(b *testing.B) {
	for _, players := range []int{2, 100} {
		for name, rules := range map[string]func(*Match) Rules{"public": newSwarm, "one": newAllies, "own": newScouts, "bounded": newTight} {
			b.Run(fmt.Sprintf("players=%d/views=%s", players, name), func(b *testing.B) { benchmarkTick(b, players, rules) })
		}
	}
}

func benchmarkTick(b *testing.B, players int, rules func(*Match) Rules) {
	b.ReportAllocs()
	l, sinks, now := playing(b, players, Game{Hz: 30, New: rules}, "B")
	seq := uint32(0)
	for b.Loop() {
		seq++
		for _, s := range sinks {
			s.input(seq)
		}
		now = now.Add(time.Second / 30)
		l.turn(now)
	}
	s := l.run.total.read()
	b.ReportMetric(float64(s.Bytes)/float64(s.Frames), "B/frame")
}

func BenchmarkInput(b *testing.B) {
	b.ReportAllocs()
	_, sinks, _ := playing(b, 1, Game{}, "M")
	payload := []byte{0x94, 1, 2, 3, 4}
	seq := uint32(0)
	for b.Loop() {
		seq++
		_ = sinks[0].member.Input(seq, seq, payload)
	}
}
