package party

import "tickwire/lobby"

// The events that are pushed to members, with the type of their only argument.
const (
	EventUpdate = "party:update" // View
	EventFollow = "party:follow" // Follow
	EventClosed = "party:closed" // Closed
)

// View is a party as its members see it. It is a copy and does not change.
type View struct {
	ID      string       `json:"id"`
	Leader  string       `json:"leader"`
	Size    int          `json:"size"` // members that it may have
	Members []MemberView `json:"members"`
	Rev     uint64       `json:"rev"` // counts up with each change
	You     string       `json:"you,omitempty"`
}

// MemberView is a member as the others see it.
type MemberView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Away bool   `json:"away,omitempty"` // the connection broke, the place is held
}

// Invitation is the code by which others join.
type Invitation struct {
	Code      string `json:"code"`
	ExpiresMs int64  `json:"expiresMs"`
}

// Follow tells a member that the leader went into a lobby, where a seat is
// reserved for whoever brings the ticket.
type Follow struct {
	Party     string `json:"party"`
	Game      string `json:"game"`
	Lobby     string `json:"lobby"`
	Code      string `json:"code"`
	Ticket    string `json:"ticket"` // secret
	ExpiresMs int64  `json:"expiresMs"`
}

// Closed tells somebody that the party is over for them.
type Closed struct {
	Party   string     `json:"party"`
	Code    lobby.Code `json:"code"`
	Message string     `json:"message"`
}

func (p *party) viewLocked(to *Member) View {
	v := View{ID: p.id, Leader: p.leader.id, Size: p.book.opt.Size, Rev: p.rev, Members: make([]MemberView, 0, len(p.members))}
	if to != nil {
		v.You = to.id
	}
	for _, m := range p.members {
		v.Members = append(v.Members, MemberView{ID: m.id, Name: m.name, Away: !m.awayUntil.IsZero()})
	}
	return v
}
