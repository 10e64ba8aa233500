package lobby

import (
	"testing"
	"time"
)

// posted is a sink whose states leave in batches.
type posted struct {
	sink
	batches *[]*post
	waits   bool // in a batch
	breaks  bool
}

func (p *posted) NewBatch() Batch {
	b := new(post)
	*p.batches = append(*p.batches, b)
	return b
}

type post struct{ waiting []*posted }

func (b *post) State(c Conn, f *Frame, ack uint32) error {
	p, ok := c.(*posted)
	if !ok {
		return c.State(f, ack)
	}
	if p.breaks {
		panic("a broken Conn")
	}
	p.waits = true
	b.waiting = append(b.waiting, p)
	return p.sink.State(f, ack)
}

func (b *post) Flush() {
	for _, p := range b.waiting {
		p.waits = false
	}
	b.waiting = b.waiting[:0]
}

// TestStatesLeaveInBatches: one batch is used again and again, none waits when a
// turn is over, and who is of another kind gets its states, too.
func TestStatesLeaveInBatches(t *testing.T) {
	l, sinks, now := playing(t, 10, Game{Hz: 20}, "B")
	var batches []*post
	var members []*posted
	for _, s := range sinks[:8] {
		p := &posted{sink: *s, batches: &batches}
		s.member.conn = p
		members = append(members, p)
	}
	const ticks = 5
	turn := func() {
		now = now.Add(50 * time.Millisecond)
		l.turn(now)
		for i, p := range members {
			if p.waits {
				t.Errorf("member %d waits", i)
			}
		}
	}
	for range ticks {
		turn()
	}
	for i, p := range members {
		if p.frames != ticks {
			t.Errorf("member %d got %d frames", i, p.frames)
		}
	}
	if sinks[9].frames < ticks || len(batches) != 1 {
		t.Errorf("the last got %d frames; %d batches", sinks[9].frames, len(batches))
	}
	members[4].breaks = true
	turn()
	if l.run != nil {
		t.Error("the match runs on")
	}
}
