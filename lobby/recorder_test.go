package lobby

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkRecorded tells what recording costs a tick of 100 players who all
// move and send inputs: compare with record=off of the same run.
func BenchmarkRecorded(b *testing.B) {
	for _, form := range []string{"M", "B"} {
		for _, off := range []bool{true, false} {
			b.Run(fmt.Sprintf("form=%s/off=%v", form, off), func(b *testing.B) {
				b.ReportAllocs()
				l, sinks, now := playing(b, 100, Game{Hz: 30, NoReplay: off}, form)
				l.dir.archive.opt.MaxBytes, l.dir.archive.opt.TotalBytes = 1<<40, 1<<40
				l.dir.archive.store = &lostStore{}
				seq := uint32(0)
				turn := func() {
					seq++
					for _, s := range sinks {
						s.input(seq)
					}
					now = now.Add(time.Second / 30)
					l.turn(now)
				}
				for range 400 {
					turn()
				}
				for b.Loop() {
					turn()
				}
				l.dir.archive.wait()
				if !off {
					b.ReportMetric(float64(l.dir.Replays()[0].Bytes)/float64(l.run.world.Tick()), "B/tick")
				}
			})
		}
	}
}

// lostStore keeps nothing.
type lostStore struct{ memoryStore }

func (*lostStore) append(string, []byte) error { return nil }

// TestStuckArchiveCostsTheLogAlone: nobody takes the batches, and the match
// neither waits nor keeps them for ever.
func TestStuckArchiveCostsTheLogAlone(t *testing.T) {
	l, sinks, now := playing(t, 100, Game{Hz: 20}, "B")
	a := &l.dir.archive
	release := make(chan struct{})
	a.store = &stuckStore{release: release}
	payload := make([]byte, 1000)
	payload[0], payload[1], payload[2] = 0xc5, 997>>8, 997&255 // binary
	most := 0
	for seq := range uint32(400) {
		for _, s := range sinks {
			_ = s.member.Input(seq+1, s.applied, payload)
		}
		now = now.Add(50 * time.Millisecond)
		l.turn(now)
		most = max(most, len(l.run.rec.buf))
	}
	if l.run.rec.buf != nil || l.dir.LostReplays() != 1 || most > batchLimit+1<<20 {
		t.Errorf("%d bytes waited, %d logs lost", most, l.dir.LostReplays())
	}
	if l.run.world.Tick() != 400 {
		t.Errorf("%d ticks", l.run.world.Tick())
	}
	close(release)
	a.wait()
}

// stuckStore does not come back from its disk.
type stuckStore struct {
	memoryStore
	release chan struct{}
}

func (s *stuckStore) append(string, []byte) error { <-s.release; return nil }
