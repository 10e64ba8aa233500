package ops

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"tickwire/tick"
)

const (
	pulseEvery = time.Second     // between two beats
	pulseLimit = 5 * time.Second // that a beat may be late
)

// pulse is the watchdog of the process. In every second it waits for the alarm
// that wakes up the matches and asks the directory something; a beat that does
// not come tells which of them hangs. One goroutine does the waiting, however
// often it is asked.
type pulse struct {
	// Read-only after newPulse.
	alarm *tick.Driver // nil: the runtime's timers
	ask   func()       // comes back when the directory answers
	start time.Time

	beat  atomic.Int64 // when the stage began, after start; 0 = not running
	stage atomic.Int32
}

// The stages of a beat.
const (
	waitsForAlarm int32 = iota
	asksDirectory
)

var errNotWatched = errors.New("the watchdog does not run")

func newPulse(alarm *tick.Driver, ask func()) *pulse {
	return &pulse{alarm: alarm, ask: ask, start: time.Now()}
}

// run beats until ctx ends.
func (p *pulse) run(ctx context.Context) {
	defer p.beat.Store(0)
	for p.ring(ctx) {
		p.enter(asksDirectory)
		p.ask()
	}
}

// ring waits for the alarm as a match does. It fails when ctx ends.
func (p *pulse) ring(ctx context.Context) bool {
	timer := p.newTimer()
	defer timer.Stop()
	p.enter(waitsForAlarm)
	timer.Reset(time.Now().Add(pulseEvery))
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (p *pulse) newTimer() *tick.Timer {
	if p.alarm != nil && p.alarm.Running() {
		return p.alarm.NewTimer()
	}
	return tick.NewTimer()
}

func (p *pulse) enter(stage int32) {
	p.stage.Store(stage)
	p.beat.Store(max(int64(time.Since(p.start)), 1))
}

// err tells what hangs, nil if nothing does.
func (p *pulse) err() error {
	beat := p.beat.Load()
	if beat == 0 {
		return errNotWatched
	}
	since := time.Since(p.start) - time.Duration(beat)
	switch p.stage.Load() {
	case waitsForAlarm:
		if since > pulseEvery+pulseLimit {
			return fmt.Errorf("the alarm that wakes up the matches is silent for %v", since.Round(time.Second))
		}
	case asksDirectory:
		if since > pulseLimit {
			return fmt.Errorf("the directory of lobbies does not answer for %v", since.Round(time.Second))
		}
	}
	return nil
}
