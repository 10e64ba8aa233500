package lobbytest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// TB is the part of testing.TB that is needed.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Options of a Match. All but Game may be left empty.
type Options struct {
	Game lobby.Game
	Seed uint64 // of the rules' and the links' luck; default 1

	// Lobby are further options. Games, Seed and Timers are overwritten.
	Lobby lobby.Options

	// Faults says that the rules may panic, for tests of that: Match.End then
	// has the reason lobby.EndFault. Otherwise a panic fails the test.
	Faults bool
}

// Match is a lobby of a game with its players, and what they play.
type Match struct {
	tb      TB
	solo    *lobby.Solo
	game    lobby.Game
	rand    *rand.Rand
	begin   time.Time
	clients []*Client
	mail    []letter // in the order of arrival
	sent    uint64
	end     *lobby.MatchEnd
	faults  bool // are no failure, or one has been told
}

// letter is a message on its way.
type letter struct {
	at     time.Time
	number uint64
	read   func()
}

// New opens a lobby. tb may be nil.
func New(tb TB, o Options) *Match {
	if tb == nil {
		tb = panicking{}
	}
	tb.Helper()
	seed := cmp.Or(o.Seed, 1)
	o.Lobby.Games, o.Lobby.Seed = []lobby.Game{o.Game}, func() uint64 { return seed }
	m := &Match{tb: tb, game: o.Game, rand: rand.New(rand.NewPCG(seed, 7)), begin: time.Unix(1_000_000_000, 0).UTC(), faults: o.Faults}
	var err error
	if m.solo, err = lobby.NewSolo(o.Lobby, m.begin); err != nil {
		tb.Fatalf("lobbytest: %v", err)
	}
	return m
}

type panicking struct{}

func (panicking) Helper()                           {}
func (panicking) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (panicking) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// Now is the virtual time since New.
func (m *Match) Now() time.Duration { return m.solo.Now().Sub(m.begin) }

// Tick is the last tick that the server has closed; 0 when no match runs.
func (m *Match) Tick() uint32 { return m.solo.Tick() }

// Phase is that of the lobby.
func (m *Match) Phase() lobby.Phase { return m.solo.Phase() }

// Stats counts what happened.
func (m *Match) Stats() lobby.Stats { return m.solo.Directory().Stats() }

// End tells how the last match ended; nil if none has.
func (m *Match) End() *lobby.MatchEnd { return m.end }

// Run lets time pass.
func (m *Match) Run(d time.Duration) {
	m.tb.Helper()
	m.runUntil(m.solo.Now().Add(d))
	if reason, stack := m.solo.Fault(); reason != nil && !m.faults {
		m.faults = true
		m.tb.Errorf("lobbytest: the rules panicked: %v\n%s", reason, stack)
	}
}

// RunTo lets time pass until the server has closed a tick, at most for a minute.
func (m *Match) RunTo(tick uint32) {
	m.tb.Helper()
	for limit := m.solo.Now().Add(time.Minute); m.Tick() < tick; {
		if m.solo.Now().After(limit) {
			m.tb.Fatalf("lobbytest: tick %d is not reached: the match is at %d, %s", tick, m.Tick(), m.Phase())
			return
		}
		m.Run(time.Millisecond)
	}
}

// Ready has every player say that he is ready, and lets the answers come.
func (m *Match) Ready() {
	m.tb.Helper()
	for _, c := range m.clients {
		if c.member != nil && !c.member.Watches() {
			c.member.Ready(true, func(err error) {
				if err != nil {
					m.tb.Errorf("lobbytest: %s is not ready: %v", c.name, err)
				}
			})
		}
	}
	m.Run(0)
}

// runUntil does everything in the order in which it is due: at each moment first
// what the server does, then what arrives, then what clients do.
func (m *Match) runUntil(to time.Time) {
	m.solo.Run(m.solo.Now())
	for {
		at := m.nextEvent()
		if next := m.solo.Next(); at.IsZero() || !next.IsZero() && next.Before(at) {
			at = next
		}
		if at.IsZero() || at.After(to) {
			m.solo.Run(to)
			return
		}
		m.solo.Run(at)
		m.deliver(at)
		m.think(at)
		m.solo.Run(at)
	}
}

// nextEvent is when something arrives or a client acts.
func (m *Match) nextEvent() (at time.Time) {
	if len(m.mail) > 0 {
		at = m.mail[0].at
	}
	for _, c := range m.clients {
		if c.member != nil && (at.IsZero() || c.acts.Before(at)) && !c.acts.IsZero() {
			at = c.acts
		}
	}
	return at
}

func (m *Match) deliver(now time.Time) {
	for len(m.mail) > 0 && !m.mail[0].at.After(now) {
		read := m.mail[0].read
		m.mail = slices.Delete(m.mail, 0, 1)
		read()
	}
}

func (m *Match) think(now time.Time) {
	for _, c := range m.clients {
		if c.member != nil && !c.acts.IsZero() && !c.acts.After(now) {
			c.act(now)
		}
	}
}

// post has read called at a moment, after what was posted for it before.
func (m *Match) post(at time.Time, read func()) {
	m.sent++
	l := letter{at, m.sent, read}
	i, _ := slices.BinarySearchFunc(m.mail, l, func(a, b letter) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.number, b.number))
	})
	m.mail = slices.Insert(m.mail, i, l)
}

// Snapshot is the state on the server, all of it; nil when no match runs.
func (m *Match) Snapshot() *state.Replica { return m.solo.Snapshot() }

// Number is a field of an entity on the server, by type, slot and name.
func (m *Match) Number(typeName string, slot int, field string) float64 {
	m.tb.Helper()
	return number(m.tb, m.Snapshot(), typeName, slot, field)
}

// Replay runs the match, or the last one, again from its log and fails unless
// every tick comes out the same: rules that read a clock, walk over a map or
// draw luck of their own do not.
func (m *Match) Replay() lobby.RerunReport {
	m.tb.Helper()
	log := m.Log()
	report, err := lobby.Rerun(context.Background(), m.game, bytes.NewReader(log), nil)
	switch {
	case err != nil:
		m.tb.Fatalf("lobbytest: the match cannot be run again: %v", err)
	case report.Divergence != nil:
		m.tb.Errorf("lobbytest: run again, the match went another way at %v", report.Divergence)
	}
	return report
}

// Log is the log of the match, or of the last one, as codec/replay reads it. It
// ends the lobby.
func (m *Match) Log() []byte {
	m.tb.Helper()
	m.solo.Close()
	infos := m.solo.Directory().Replays()
	if len(infos) == 0 {
		m.tb.Fatalf("lobbytest: nothing was recorded")
		return nil
	}
	f, err := m.solo.Directory().OpenReplay(infos[len(infos)-1].ID)
	if err != nil {
		m.tb.Fatalf("lobbytest: %v", err)
		return nil
	}
	defer f.Close()
	log, err := io.ReadAll(f)
	if err != nil {
		m.tb.Fatalf("lobbytest: %v", err)
	}
	return log
}

// number finds a field in a replica.
func number(tb TB, r *state.Replica, typeName string, slot int, field string) float64 {
	tb.Helper()
	if r == nil {
		tb.Fatalf("lobbytest: no match runs")
		return 0
	}
	types := r.Schema().Types
	t := slices.IndexFunc(types, func(t state.Type) bool { return t.Name == typeName })
	if t < 0 {
		tb.Fatalf("lobbytest: no type %q: there is%s", typeName, names(types, func(t state.Type) string { return t.Name }))
		return 0
	}
	fields := types[t].Fields
	i := slices.IndexFunc(fields, func(f state.Field) bool { return f.Name == field })
	if i < 0 {
		tb.Fatalf("lobbytest: %s has no field %q: it has%s", typeName, field, names(fields, func(f state.Field) string { return f.Name }))
		return 0
	}
	for id, row := range r.Entities(typeName) {
		if id.Slot() == slot {
			return row.Number(i)
		}
	}
	tb.Fatalf("lobbytest: there is no %s in slot %d", typeName, slot)
	return 0
}

// names lists what could have been meant.
func names[T any](of []T, name func(T) string) (list string) {
	for _, x := range of {
		list += fmt.Sprintf(" %q", name(x))
	}
	return list
}
