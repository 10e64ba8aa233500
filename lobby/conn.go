package lobby

// Conn reaches one client. The lobby's goroutine calls it, or in a big room one
// that works for it, one method at a time; none of them may block. Errors are
// not acted upon: whoever owns the connection tells the lobby that it is gone
// (Member.Disconnect).
type Conn interface {
	// Event sends a reliable event. It may be held back until the next State
	// or Flush, so that all that one tick makes for one client is one write.
	Event(ev *Event) error
	// State sends a state frame, and everything held before it. ack is the
	// sequence of the player's last input that the frame contains; 0 = none.
	State(f *Frame, ack uint32) error
	// Flush sends what is held.
	Flush() error
	// Backlog returns how many bytes were accepted and not yet taken by the
	// peer's kernel. While it is above 0, no state is sent.
	Backlog() int
}

// Batcher is a Conn whose states can leave together with those of others.
type Batcher interface {
	// NewBatch returns a batch for Conns of this kind; others among them get
	// their states one by one.
	NewBatch() Batch
}

// Batch brings the states of one send to their Conns with fewer calls of the
// system than one each. One goroutine at a time uses it.
type Batch interface {
	// State is c.State, which may wait for Flush. Bytes is not looked at after.
	State(c Conn, f *Frame, ack uint32) error
	// Flush sends what waits. It comes soon, and whatever happens.
	Flush()
}

// states sends states through the Batch of the first Conn that has one.
type states struct{ batch Batch }

func (s *states) send(c Conn, f *Frame, ack uint32) {
	if s.batch == nil {
		if b, ok := c.(Batcher); ok {
			s.batch = b.NewBatch()
		}
	}
	if s.batch != nil {
		_ = s.batch.State(c, f, ack) // a broken connection is told by its owner
	} else {
		_ = c.State(f, ack)
	}
}

func (s *states) flush() {
	if s.batch != nil {
		s.batch.Flush()
	}
}

// The events that a lobby pushes, with the type of their only argument.
const (
	EventUpdate     = "lobby:update"    // Update
	EventPlace      = "lobby:you"       // Place, to whom it concerns
	EventChat       = "lobby:chat"      // Chat
	EventClosed     = "lobby:closed"    // Closed
	EventMatchStart = "match:start"     // MatchStart
	EventMatch      = "match:event"     // two arguments: the name, the payload that the rules gave
	EventTables     = "match:tables"    // []byte, to those who take the B-form: read frames with these tables from now on
	EventMatchEnd   = "match:end"       // MatchEnd
	EventAnnounce   = "server:announce" // Announcement
	EventDrain      = "server:drain"    // Drain
	EventList       = "lobby:list"      // ListDiff, to those who watch
)

// Event is a reliable named message. All members of a lobby get the same one.
type Event struct {
	Name string
	Args []any

	// Wire belongs to the implementation of Conn: the encoded event, made once
	// for all that share it. Only the lobby's goroutine touches it.
	Wire any
}

// Frame is a state frame, shared by every member that needs these bytes.
type Frame struct {
	// Bytes is one opaque frame of codec/state. It may be overwritten once State
	// has returned: a Conn that keeps it copies it.
	Bytes []byte
	// Version moves whenever Bytes was written anew.
	Version uint64

	// Wire belongs to the implementation of Conn: what it made of Bytes at
	// some Version. Only one goroutine at a time touches it.
	Wire any

	copies []Frame // for the parts of a fan
}
