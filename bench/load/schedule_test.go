package main

import (
	"testing"
	"time"
)

const tick = 50 * time.Millisecond // newSchedule(20)

func TestScheduleCountsFromTheDeadline(t *testing.T) {
	s := newSchedule(20)
	s.trip(2 * time.Millisecond)
	for n, delay := range []time.Duration{0, 3 * time.Millisecond, 0, 40 * time.Millisecond, time.Millisecond} {
		at := 7*time.Second + time.Duration(n)*tick + delay
		if got, want := s.late(uint32(n), at), delay+time.Millisecond; got != want {
			t.Errorf("tick %d: late by %v, want %v", n, got, want)
		}
	}
}

func TestScheduleShowsAServerThatIsAlwaysLate(t *testing.T) {
	s := newSchedule(20)
	s.late(0, 0)
	for n := uint32(1); n < 200; n++ { // 10 s
		if got := s.late(n, time.Duration(n)*tick+30*time.Millisecond); got != 30*time.Millisecond {
			t.Fatalf("tick %d: late by %v, want 30ms", n, got)
		}
	}
	if s.slips() != 0 {
		t.Errorf("%d ticks slipped", s.slips())
	}
}

func TestScheduleFollowsDroppedDeadlines(t *testing.T) {
	s := newSchedule(20)
	for n := range uint32(40) {
		s.late(n, time.Duration(n)*tick)
	}
	// The server stood still for three ticks and dropped them.
	var last time.Duration
	for n := uint32(40); n < 200; n++ {
		last = s.late(n, time.Duration(n+3)*tick)
		if n == 41 && last != 3*tick {
			t.Errorf("at once: late by %v, want %v", last, 3*tick)
		}
	}
	if last != 0 || s.slips() != 3 {
		t.Errorf("in the end: late by %v, %d ticks slipped; want 0, 3", last, s.slips())
	}
}

func TestScheduleOfMatchThatRanBefore(t *testing.T) {
	s := newSchedule(20)
	if got := s.late(100_000, 5*time.Second); got != 0 {
		t.Errorf("first frame: late by %v", got)
	}
	if got := s.late(100_001, 5*time.Second+tick); got != 0 {
		t.Errorf("second frame: late by %v", got)
	}
}
