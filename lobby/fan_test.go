package lobby

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// crowded is a sink that notices when two goroutines call it, or have its frame,
// at once.
type crowded struct {
	sink
	t     *testing.T
	busy  atomic.Int32
	acks  uint32
	wires int
	panic bool
}

func (c *crowded) State(f *Frame, ack uint32) error {
	if c.busy.Add(1) != 1 {
		c.t.Error("two calls at once")
	}
	defer c.busy.Add(-1)
	if c.panic {
		panic("a broken Conn")
	}
	wire, ok := f.Wire.(*uint64)
	if !ok {
		wire = new(uint64)
		f.Wire = wire
		c.wires++
	}
	*wire = f.Version // a data race if two goroutines had the same Frame
	c.acks = ack
	return c.sink.State(f, ack)
}

// crowd is a lobby whose sends are shared out to several goroutines.
func crowd(t *testing.T, rules func(*Match) Rules, form string) (l *lobby, turn func(), members []*crowded) {
	t.Helper()
	procs := runtime.GOMAXPROCS(4)
	t.Cleanup(func() { runtime.GOMAXPROCS(procs) })
	l, sinks, now := playing(t, fanFrom+50, Game{Hz: 20, New: rules}, form)
	for _, s := range sinks {
		c := &crowded{t: t, sink: *s}
		s.member.conn = c
		members = append(members, c)
	}
	seq := uint32(0)
	return l, func() {
		seq++
		for _, c := range members {
			c.input(seq)
		}
		now = now.Add(50 * time.Millisecond)
		l.turn(now)
	}, members
}

func TestBigRooms(t *testing.T) {
	for name, rules := range map[string]func(*Match) Rules{"public": newSwarm, "one view": newAllies, "own views": newScouts} {
		t.Run(name, func(t *testing.T) {
			_, turn, members := crowd(t, rules, "B")
			const ticks = 15
			for range ticks {
				turn()
			}
			for i, c := range members {
				if c.frames != ticks || c.acks != ticks || c.bytes == 0 {
					t.Fatalf("member %d got %d frames of %d bytes, the last for input %d", i, c.frames, c.bytes, c.acks)
				}
			}
		})
	}
}

func TestBigRoomsDoNotAllocate(t *testing.T) {
	_, turn, _ := crowd(t, newAllies, "B")
	for range 300 {
		turn()
	}
	if n := testing.AllocsPerRun(50, turn); n != 0 {
		t.Errorf("%v allocations per tick", n)
	}
}

// TestBigRoomSurvivesItsOwnPanic: what would end the match in its goroutine
// does so in another, and no more.
func TestBigRoomSurvivesItsOwnPanic(t *testing.T) {
	l, turn, members := crowd(t, newSwarm, "M")
	turn()
	for _, c := range members {
		c.panic = true
	}
	turn()
	if l.run != nil || l.dir.Faults() != 1 {
		t.Errorf("the match runs: %v; %d faults", l.run != nil, l.dir.Faults())
	}
}
