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
