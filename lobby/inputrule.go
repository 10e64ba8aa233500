package lobby

import "time"

// InputRule says how the inputs of a player meet the ticks of the match. The
// zero value applies each input once, in their order, as soon as it comes and
// up to Game.InputsPerTick in a tick.
type InputRule struct {
	// Newest applies only the newest of what has come for a tick. The others
	// are acknowledged with it.
	Newest bool
	// Merge is asked with Newest for what two inputs come to, older first: a
	// press of a button must not be lost with the input that carried it. It
	// appends one MessagePack value to dst and returns that; it keeps nothing.
	// Default: the newer one.
	Merge func(dst, older, newer []byte) []byte

	// Hold repeats a player's last input in ticks for which there is none, for
	// at most so long after it came, and not for a player who is away: rules
	// then need not remember what a player wants. Default: not at all.
	Hold time.Duration

	// A client may tell which tick an input is meant for. Ahead bounds how far
	// that may lie ahead of the match; what is meant for later is applied then.
	// Default 250 ms, limit 1 s.
	Ahead time.Duration
	// DropLate drops inputs that come after the tick that they were meant for,
	// instead of applying them at once.
	DropLate bool
}

// Sent is what a client tells with an input.
type Sent struct {
	Seq   uint32 // counts the player's inputs in the match from 1
	Acked uint32 // newest tick that the client has applied; 0 = none

	// View is the tick that the client showed when the player acted, with a
	// fraction between two ticks; 0 = Acked. See Match.Rewind.
	View float64
	// For is the tick that the input is meant for; 0 = as soon as possible. See
	// InputRule.
	For uint32
}

// viewUnits is a view as it travels in logs, in 1/256 ticks.
func viewUnits(view float64) uint64 {
	if !(view > 0) { // NaN, too
		return 0
	}
	return uint64(min(view, 1<<32-1) * 256)
}

func viewTicks(units uint64) float64 { return float64(units) / 256 }

// applyInputs hands the rules what a player sent for the next tick, and what
// that is counted as.
func (r *run) applyInputs(m *Member) {
	q := &m.inputs
	q.fresh = false
	if r.game.Inputs.Newest {
		r.applyNewest(m)
	} else {
		for range min(q.todo.n, r.game.InputsPerTick) {
			s := q.todo.oldest()
			if r.early(s) {
				break
			}
			if r.timely(m, s) {
				r.apply(m, s.seq, r.viewOf(m, s.view), s.data)
			}
			q.todo.drop()
		}
	}
	if !q.fresh && r.hold > 0 {
		r.repeat(m)
	}
}

// early tells whether an input has to wait for its tick.
func (r *run) early(s *inputSlot) bool { return s.due > r.world.Tick()+1 }

// timely counts inputs that are late, and drops them if that is the rule.
func (r *run) timely(m *Member, s *inputSlot) bool {
	if s.due == 0 || s.due > r.world.Tick() {
		return true
	}
	r.turn.LateInputs++
	if r.game.Inputs.DropLate {
		m.out.applied = s.seq // the client need not wait for it
		return false
	}
	return true
}

// applyNewest makes one input of all that are due.
func (r *run) applyNewest(m *Member) {
	q := &m.inputs
	var seq uint32
	var view uint64
	for q.todo.n > 0 && !r.early(q.todo.oldest()) {
		s := q.todo.oldest()
		switch {
		case !r.timely(m, s):
		case seq == 0:
			q.merged = append(q.merged[:0], s.data...)
			seq, view = s.seq, s.view
		default:
			r.turn.MergedInputs++
			q.merge(r.game.Inputs.Merge, s.data)
			seq, view = s.seq, s.view
		}
		q.todo.drop()
	}
	if seq != 0 {
		r.apply(m, seq, r.viewOf(m, view), q.merged)
	}
}

// apply hands an input to the rules.
func (r *run) apply(m *Member, seq uint32, view float64, payload []byte) {
	q := &m.inputs
	in := Input{Seq: seq, View: view, Raw: payload}
	if r.hold > 0 {
		q.last, q.lastAt = append(q.last[:0], payload...), r.world.Tick()
	}
	q.fresh = true
	m.out.applied = seq
	r.rec.input(m.player, &in)
	r.guard.in()
	r.rules.Input(m.player, in)
	r.guard.out()
}

// repeat holds the last input, as long as that is the rule.
func (r *run) repeat(m *Member) {
	q := &m.inputs
	if len(q.last) == 0 || m.player.away || r.world.Tick()-q.lastAt > r.hold {
		return
	}
	r.turn.RepeatedInputs++
	in := Input{Seq: m.out.applied, View: r.viewOf(m, m.out.viewed+256), Raw: q.last, Repeated: true}
	r.rec.input(m.player, &in)
	r.guard.in()
	r.rules.Input(m.player, in)
	r.guard.out()
}

// viewOf bounds what a client claims to have seen, so that a liar gains no more
// than a slow connection would: nothing that was not sent to it, nothing from
// before what it saw with an earlier input, and nothing older than Game.Rewind.
func (r *run) viewOf(m *Member, claimed uint64) float64 {
	oldest := uint64(r.world.Tick()-min(r.rewind, r.world.Tick())) << 8
	view := max(min(claimed, uint64(m.out.sent)<<8), oldest, m.out.viewed)
	m.out.viewed = view
	return viewTicks(view)
}

// floodTime is the time over which a player's surplus inputs are added up.
const floodTime = 10 * time.Second

// flood notes a player who sends so much more than the rules take that it is no
// accident; the lobby removes him after the step.
func (r *run) flood(m *Member, surplus uint64) {
	if surplus == 0 || r.maxSurplus < 0 {
		return
	}
	q, now := &m.inputs, r.world.Tick()
	if span := uint32(floodTime/time.Second) * uint32(r.game.Hz); now-q.floodSince >= span {
		q.floodSince, q.flood = now, 0
	}
	if q.flood += surplus; q.flood > uint64(r.maxSurplus) && r.flooder == nil {
		r.flooder = m
	}
}
