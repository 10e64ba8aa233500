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
func playing(tb testing.TB, players int, game Game) (*lobby, []*sink, time.Time) {
	tb.Helper()
	game.Name, game.DropIn, game.New, game.MaxPlayers = "swarm", true, newSwarm, players
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
		l.admit(&Joiner{Conn: s}, func(j Joined, err error) {
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
		lag  uint32 // of half of the clients
	}{
		"everybody up to date": {Game{Hz: 20}, 0},
		"half send rate":       {Game{Hz: 20, SendHz: 10}, 0},
		"half of them lag":     {Game{Hz: 20}, 25},
	} {
		t.Run(name, func(t *testing.T) {
			l, sinks, now := playing(t, 100, tc.game)
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
			if after.Ticks-before.Ticks != 201 || after.Dropped != before.Dropped || after.Inputs-before.Inputs != 201*100 {
				t.Errorf("not steady: %+v", after)
			}
			if lagging := after.Skipped > before.Skipped && after.Coalesced > before.Coalesced; lagging != (tc.lag > 0) {
				t.Errorf("skipped %d, coalesced %d", after.Skipped-before.Skipped, after.Coalesced-before.Coalesced)
			}
		})
	}
}

func TestInputsDoNotAllocate(t *testing.T) {
	_, sinks, _ := playing(t, 1, Game{})
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
	in := Input{Raw: []byte{0x94, 0x7f, 0xd0, 0x81, 0xcd, 3, 0xff, 1}, decoder: newDecoder()}
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
		b.Run(fmt.Sprintf("players=%d", players), func(b *testing.B) {
			b.ReportAllocs()
			l, sinks, now := playing(b, players, Game{Hz: 30})
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
		})
	}
}

func BenchmarkInput(b *testing.B) {
	b.ReportAllocs()
	_, sinks, _ := playing(b, 1, Game{})
	payload := []byte{0x94, 1, 2, 3, 4}
	seq := uint32(0)
	for b.Loop() {
		seq++
		_ = sinks[0].member.Input(seq, seq, payload)
	}
}
