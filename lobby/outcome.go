package lobby

import (
	"slices"
	"time"
)

// Outcome is what became of seats that were reserved.
type Outcome struct {
	Lobby string
	Began bool // a match runs, or has run
	Seats []SeatState
}

// SeatState is what became of a reserved seat.
type SeatState uint8

// The states of a seat whose ticket was given out.
const (
	NotTaken SeatState = iota // nobody came
	Left                      // somebody came, and left
	Taken                     // somebody came and stayed
	Reserved                  // the lobby closed while the ticket was still good
)

// seatSet is who came for the seats of one reservation. The lobby's goroutine
// owns it.
type seatSet struct{ members []*Member }

// opening is what the lobby owes to who reserved seats and wants to know what
// became of them. The lobby's goroutine owns it.
type opening struct {
	settled func(Outcome)
	seats   *seatSet
	until   time.Time // nobody can come after that
	match   bool      // wait for the first match, too
}

// unanswered is for a lobby that is gone before it has heard of the seats.
func (o *opening) unanswered(lobby string) {
	o.settled(Outcome{Lobby: lobby, Seats: make([]SeatState, len(o.seats.members))})
}

// inform has the lobby tell an outcome some time.
func (l *lobby) inform(o *opening) {
	if o.settled != nil {
		l.openings = append(l.openings, o)
	}
}

// settleOpenings tells the outcomes that are known; all of them if the lobby
// closes.
func (l *lobby) settleOpenings(now time.Time, closing bool) {
	if len(l.openings) == 0 {
		return
	}
	l.openings = slices.DeleteFunc(l.openings, func(o *opening) bool {
		due := closing || l.isSettled(o, now)
		if due {
			o.settled(l.outcome(o))
		}
		return due
	})
}

func (l *lobby) isSettled(o *opening, now time.Time) bool {
	switch {
	case o.match:
		return l.began && l.dir.onTheWay(l) == 0
	case !slices.Contains(o.seats.members, nil):
		return true
	}
	return !now.Before(o.until) && l.dir.underWay(l) == 0
}

func (l *lobby) outcome(o *opening) Outcome {
	out := Outcome{Lobby: l.id, Began: l.began, Seats: make([]SeatState, len(o.seats.members))}
	for i, m := range o.seats.members {
		switch {
		case m == nil && l.dir.isHeld(l, o.seats, i):
			out.Seats[i] = Reserved
		case m == nil:
		case m.gone.Load() || m.watches():
			out.Seats[i] = Left
		default:
			out.Seats[i] = Taken
		}
	}
	return out
}

// replaceSeated notes that a player came back on another connection.
func (l *lobby) replaceSeated(old, m *Member) {
	for _, o := range l.openings {
		if at := slices.Index(o.seats.members, old); at >= 0 {
			o.seats.members[at] = m
		}
	}
}
