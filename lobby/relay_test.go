package lobby

import (
	"testing"
	"time"
)

// TestRelayDoesNotAllocate: what spectators see later waits in buffers that are
// used again, also when one of them is slow.
func TestRelayDoesNotAllocate(t *testing.T) {
	l, sinks, now := playing(t, 20, Game{Hz: 20, Spectators: true, SpectatorDelay: 2 * time.Second}, "B")
	for _, form := range []string{"B", "M", "B"} {
		s := &sink{lobby: l}
		l.dir.mu.Lock()
		l.listing.watching++
		l.dir.mu.Unlock()
		l.admitWatcher(&Joiner{Conn: s, Form: form}, func(j Joined, err error) {
			if err != nil {
				t.Fatal(err)
			}
			s.member = j.Member
		})
		sinks = append(sinks, s)
	}
	seq := uint32(0)
	turn := func() {
		seq++
		for i, s := range sinks {
			if i != len(sinks)-1 || seq%30 == 0 { // one of those who watch is slow
				if i >= 20 {
					s.applied = s.member.out.sent
				}
				s.input(seq)
			}
		}
		now = now.Add(50 * time.Millisecond)
		l.turn(now)
	}
	for range 600 {
		turn()
	}
	before := sinks[20].frames
	if n := testing.AllocsPerRun(200, turn); n != 0 {
		t.Errorf("%v allocations per tick", n)
	}
	if got := sinks[20].frames - before; got != 201 {
		t.Errorf("%d frames in 201 ticks", got)
	}
	if got := sinks[22].frames; got < 50 || got > 700 {
		t.Errorf("%d frames to one that is slow", got)
	}
	if waits := l.relay.bytes; waits <= 0 || waits > 200_000 {
		t.Errorf("%d bytes wait", waits)
	}
}

// TestFullRelay: when so much waits that frames, chat and events of the game are
// left out, those who watch still hear of the tables and of the end.
func TestFullRelay(t *testing.T) {
	now := time.Now()
	y := newRelay(time.Minute)
	y.begin(now, &MatchStart{Match: "m1"})
	y.bytes += maxRelay
	for _, name := range []string{EventMatch, EventTables, EventChat} {
		y.event(now, &Event{Name: name})
	}
	if !y.play(now.Add(time.Minute), nil) || y.start == nil || y.tables == nil {
		t.Errorf("match %v, tables %v", y.start, y.tables)
	}
	y.event(now, &Event{Name: EventMatchEnd})
	if !y.play(now.Add(time.Minute), nil) || y.start != nil {
		t.Error("the match does not end for those who watch")
	}
	if y.bytes != maxRelay {
		t.Errorf("%d bytes wait beside what was there", y.bytes-maxRelay)
	}
}
