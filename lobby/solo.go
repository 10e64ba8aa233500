package lobby

import (
	"time"

	"tickwire/codec/state"
)

// Solo is one lobby that runs on its caller's goroutine and in its caller's
// time: for tests, simulations and tools. Package lobbytest builds on it. What
// members ask for is done, and answered, by the next call of Run.
type Solo struct {
	dir *Directory
	l   *lobby
	now time.Time

	entered bool // somebody has been in; before, the lobby waits
}

// NewSolo opens a lobby of the first game of o, which a first Join must enter
// before anything runs. It starts no goroutine; code of the game that does not
// come back is not given up.
func NewSolo(o Options, begin time.Time) (*Solo, error) {
	o.StepLimit, o.Timers = -1, nil
	d, err := New(o)
	if err != nil {
		return nil, err
	}
	d.epoch = begin
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.games.list[0]
	l, err := d.makeLocked(g, &CreateRequest{Visibility: Public, Max: g.MaxPlayers, quick: g.DropIn})
	if err != nil {
		return nil, err
	}
	l.listing.taken = 0 // the seat of who usually opens a lobby
	l.openTimers()
	return &Solo{dir: d, l: l, now: begin}, nil
}

// Join takes a place. ID, Code and Password of the request are not needed.
func (s *Solo) Join(req JoinRequest) (joined Joined, err error) {
	req.ID, req.Code = s.l.id, ""
	s.entered = true
	s.dir.Join(req, func(j Joined, e error) { joined, err = j, e })
	s.turn()
	return joined, err
}

// Now is how far Run has come.
func (s *Solo) Now() time.Time { return s.now }

// Next is when something is due next: a step, the end of a countdown. Zero:
// nothing is.
func (s *Solo) Next() time.Time {
	if s.l.closed {
		return time.Time{}
	}
	next := s.l.due.set
	if r := s.l.run; r != nil && !s.l.paused {
		next = sooner(next, r.clock.Next())
	}
	return next
}

// Run does what is due until a moment, and what was asked for.
func (s *Solo) Run(to time.Time) {
	s.turn()
	for next := s.Next(); !next.IsZero() && !next.After(to); next = s.Next() {
		s.now = next
		s.turn()
	}
	s.now = to
}

func (s *Solo) turn() {
	if s.l.closed || !s.entered {
		return
	}
	s.l.turn(s.now)
	if s.l.closed {
		s.l.inbox.close()
	}
}

// Tick is the last tick that the running match has closed; 0 if none runs.
func (s *Solo) Tick() uint32 {
	if s.l.run == nil {
		return 0
	}
	return s.l.run.world.Tick()
}

// Phase is that of the lobby.
func (s *Solo) Phase() Phase { return s.l.phase }

// Directory tells of stats and replays.
func (s *Solo) Directory() *Directory { return s.dir }

// Snapshot returns all that there is in the running match, whoever sees it; nil
// before its first step, after its end, and in games that are not recorded.
func (s *Solo) Snapshot() *state.Replica {
	r := s.l.run
	if r == nil || r.rec == nil || r.rec.view == nil {
		return nil
	}
	replica, err := state.NewReplica(r.world.Schema().Append(nil))
	if err == nil {
		err = replica.Apply(r.rec.view.AppendKeyframe(nil, state.MForm))
	}
	if err != nil {
		return nil // a schema of ours is never refused
	}
	return replica
}

// Compare returns the differences between what a member may see now and a
// replica, at most limit of them.
func (s *Solo) Compare(m *Member, replica *state.Replica, limit int) []state.Difference {
	if v := m.out.view; v != nil {
		return v.Compare(replica, limit)
	}
	return nil
}

// Fault is what the rules of the last match panicked with, and their stack; nil
// if they did not.
func (s *Solo) Fault() (reason any, stack []byte) { return s.l.fault, s.l.stack }

// Close ends the lobby.
func (s *Solo) Close() {
	if !s.l.closed {
		s.l.close(errDraining)
		s.turn()
	}
	s.dir.archive.wait()
}
