package main

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// meter gathers what all clients measure. Its histograms hold microseconds up
// to a minute with three digits.
type meter struct {
	shards [16]shard
}

// shard is written by some of the clients, so that they seldom wait for each
// other.
type shard struct {
	mu      sync.Mutex // guards the following
	frames  *hdrhistogram.Histogram
	inputs  *hdrhistogram.Histogram
	skipped uint64
}

func newMeter() *meter {
	m := &meter{}
	for i := range m.shards {
		m.shards[i].frames, m.shards[i].inputs = newHistogram(), newHistogram()
	}
	return m
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, int64(time.Minute/time.Microsecond), 3)
}

func (m *meter) shard(client int) *shard { return &m.shards[client%len(m.shards)] }

func (s *shard) frame(late time.Duration, skipped uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record(s.frames, late)
	s.skipped += uint64(skipped)
}

func (s *shard) input(trip time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record(s.inputs, trip)
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	us := min(max(int64(d/time.Microsecond), 1), h.HighestTrackableValue())
	h.RecordValue(us) // cannot fail within the bounds
}

// totals is the sum of all shards.
type totals struct {
	frames, inputs *hdrhistogram.Histogram
	skipped        uint64
}

func (m *meter) totals() totals {
	t := totals{frames: newHistogram(), inputs: newHistogram()}
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		t.frames.Merge(s.frames)
		t.inputs.Merge(s.inputs)
		t.skipped += s.skipped
		s.mu.Unlock()
	}
	return t
}

// reset forgets everything: the warm-up is over.
func (m *meter) reset() {
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		s.frames.Reset()
		s.inputs.Reset()
		s.skipped = 0
		s.mu.Unlock()
	}
}
