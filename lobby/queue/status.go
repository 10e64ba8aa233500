package queue

import (
	"math"
	"slices"

	"tickwire/lobby"
)

// The events that are pushed to who waits, with the type of their only argument.
const (
	EventStatus  = "queue:status"  // Status
	EventMatched = "queue:matched" // Matched
	EventClosed  = "queue:closed"  // Closed
)

// Status is what a ticket can tell about its wait.
type Status struct {
	Game     string `json:"game"`
	Matched  bool   `json:"matched,omitempty"` // a match is found, and begins when all are in
	Size     int    `json:"size"`              // players of the ticket
	WaitedMs int64  `json:"waitedMs"`
	// Window is how far the skills of a match may lie apart now, Latency the
	// limit in milliseconds; nil: there is none.
	Window  *float64 `json:"window,omitempty"`
	Latency *float64 `json:"latency,omitempty"`
	// Candidates are the other players within these limits, Needed how many of
	// them the smallest match takes.
	Candidates int    `json:"candidates"`
	Needed     int    `json:"needed"`
	Reason     string `json:"reason,omitempty"`     // why there is no match yet, see matchmaker.Reason
	EstimateMs *int64 `json:"estimateMs,omitempty"` // that others like this one still waited; nil: unknown
	Waiting    int    `json:"waiting"`              // players in the queue
}

// Matched tells a player of a match.
type Matched struct {
	Game      string `json:"game"`
	Lobby     string `json:"lobby"`
	Code      string `json:"code"`
	Ticket    string `json:"ticket"` // secret: takes the seat
	Team      int    `json:"team,omitempty"`
	Region    string `json:"region,omitempty"`
	Players   int    `json:"players"` // whom the match was found for
	ExpiresMs int64  `json:"expiresMs"`
}

// Closed tells a player that the search is over.
type Closed struct {
	Game    string     `json:"game"`
	Code    lobby.Code `json:"code"`
	Message string     `json:"message"`
}

func (s *Service) status(t *ticket) Status {
	now := s.now()
	st := Status{
		Game: t.line.info.Name, Size: len(t.players), Matched: t.held != nil,
		WaitedMs: (now - t.since).Milliseconds(), Waiting: t.line.queue.Players(),
	}
	if t.held != nil {
		return st
	}
	q, ok := t.line.queue.Status(t.id, now)
	if !ok {
		return st
	}
	st.Window, st.Latency = finite(q.Window), finite(q.Latency)
	st.Candidates, st.Needed, st.Reason = q.Candidates, q.Needed, q.Reason.String()
	if q.Known {
		ms := q.Estimate.Milliseconds()
		st.EstimateMs = &ms
	}
	return st
}

func finite(v float64) *float64 {
	if math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// maxStatuses bounds what one pass tells unasked. With more tickets than that
// each is told less often.
const maxStatuses = 1000

// tellStatuses tells tickets whose turn it is how they fare.
func (s *Service) tellStatuses() {
	s.order = slices.DeleteFunc(s.order, func(t *ticket) bool { return t.gone })
	now, told := s.now(), 0
	for range len(s.order) {
		if told >= maxStatuses {
			return
		}
		s.next = (s.next + 1) % len(s.order)
		t := s.order[s.next]
		if t.held != nil || now-t.told < s.opt.Status {
			continue
		}
		t.told = now
		told++
		t.tell(EventStatus, s.status(t))
	}
}
