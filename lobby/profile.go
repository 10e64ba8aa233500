package lobby

import "tickwire/codec/state"

// Profile is what the state frames of a match were made of. A frame counts
// once, however many clients got it.
type Profile struct {
	Frames int
	Bytes  int
	Costs  []state.Cost // by type and field, the dearest first
}

// Profile switches the byte profiler of the match that runs in a lobby on or
// off, and tells what it has counted until now: nothing if it was off. While it
// is on the match encodes about everything twice. done is called as by Create.
func (d *Directory) Profile(id string, on bool, done func(Profile, error)) {
	d.mu.Lock()
	l := d.lobbies[id]
	d.mu.Unlock()
	if l == nil {
		done(Profile{}, refuse(NotFound, "no lobby %q", limit(id, 32)))
		return
	}
	err := l.inbox.push(command{
		do:   func(l *lobby) { done(l.profile(on)) },
		fail: func(err error) { done(Profile{}, err) },
	})
	if err != nil {
		done(Profile{}, err)
	}
}

func (l *lobby) profile(on bool) (p Profile, err error) {
	if l.run == nil {
		return p, refuse(WrongPhase, "no match is running")
	}
	w, out := l.run.world, &l.run.out
	if out.profile != nil {
		p.Frames, p.Bytes = out.profile.Frames()
		p.Costs = out.profile.Costs(w.Schema())
	}
	switch {
	case !on:
		w.StopProfile()
		out.profile = nil
	case out.profile == nil:
		out.profile = w.StartProfile()
	}
	return p, nil
}
