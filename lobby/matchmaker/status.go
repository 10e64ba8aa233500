package matchmaker

import "time"

// Status is what a ticket can tell about its wait.
type Status struct {
	Waited time.Duration
	// Window is how far the skills of a match around this ticket may lie apart
	// now, and Latency its limit in milliseconds; +Inf when there is none.
	Window, Latency float64
	// Candidates are the players of other tickets whose skill is no farther
	// away than Window and who share a region with this ticket: the most that
	// one region has, as of the last pass. Needed is how many of them the
	// smallest match that this ticket accepts now would take.
	Candidates, Needed int
	// Reason tells why there was no match in the last pass.
	Reason Reason
	// Estimate is the time that tickets like this one still waited, in the
	// recent past, after a wait this long. Known is false when there were too
	// few of them to tell.
	Estimate time.Duration
	Known    bool
}

// Reason tells why a ticket has no match yet.
type Reason uint8

// The reasons, from the first hurdle to the last.
const (
	Pending    Reason = iota // no pass has looked at the ticket yet
	TooFew                   // the whole queue has too few players for a match
	SkillRange               // enough players, but too few within the skill window
	NoRegion                 // enough of like skill, but not within reach of one region
	PartySize                // enough players, but their parties do not fill the teams
	Predicate                // the rules' Together or Accept turned them down
	Unbalanced               // every split into teams is outside of the balance window
)

// String is the reason's code on the wire: stable, lower case.
func (r Reason) String() string {
	switch r {
	case Pending:
		return "pending"
	case TooFew:
		return "too_few_players"
	case SkillRange:
		return "skill_window"
	case NoRegion:
		return "region"
	case PartySize:
		return "party_size"
	case Predicate:
		return "predicate"
	case Unbalanced:
		return "balance"
	}
	return "unknown"
}

// Reasons lists all of them.
func Reasons() []Reason {
	return []Reason{Pending, TooFew, SkillRange, NoRegion, PartySize, Predicate, Unbalanced}
}

// Status tells how a ticket fares and whether it is in the queue at all.
func (q *Queue) Status(id string, now time.Duration) (Status, bool) {
	q.advance(now)
	slot, ok := q.byID[id]
	if !ok {
		return Status{}, false
	}
	t := &q.tickets[slot]
	shapes := q.allowed(t.Size, q.waited(slot))
	s := Status{
		Waited:  q.waited(slot),
		Window:  q.rules.Skill.At(q.waited(slot)),
		Latency: q.rules.Latency.At(q.waited(slot)),
		Needed:  shapes[len(shapes)-1].players() - t.Size,
	}
	s.Estimate, s.Known = q.history.estimate(
		wait{t.Skill, t.Size, s.Waited, q.now}, q.rules.Skill.At(s.Waited))
	q.explain(slot, &s)
	return s, true
}

// explain counts the candidates and tells why they made no match.
func (q *Queue) explain(slot int32, s *Status) {
	x, t, hurdle := &q.index, &q.tickets[slot], q.entries[slot].hurdle
	first, end := x.span(t.Skill-s.Window, t.Skill+s.Window)
	mask := q.reach(slot)
	for i := range x.lanes {
		if mask&(1<<i) != 0 {
			s.Candidates = max(s.Candidates, x.lanes[i].players.between(first, end))
		}
	}
	own := 0
	if x.knows(slot) {
		own = t.Size
	}
	s.Candidates = max(0, s.Candidates-own)
	near := x.all.between(first, end) - own
	all := x.all.between(0, len(x.slot)) - own
	switch {
	case hurdle != TooFew:
		s.Reason = hurdle
	case all < s.Needed:
		s.Reason = TooFew
	case near < s.Needed:
		s.Reason = SkillRange
	case s.Candidates < s.Needed:
		s.Reason = NoRegion
	default:
		s.Reason = SkillRange // within reach on both sides, but too far from each other
	}
}
