package lobby

import "testing"

type absent struct{}

func (absent) Event(*Event) error         { return nil }
func (absent) State(*Frame, uint32) error { return nil }
func (absent) Flush() error               { return nil }
func (absent) Backlog() int               { return 0 }

type idle struct{}

func (idle) Join(*Player)         {}
func (idle) Leave(*Player)        {}
func (idle) Input(*Player, Input) {}
func (idle) Step(uint32)          {}

// TestRefusedJoinsLeaveNothing: who finds a lobby too busy gives the seat back,
// and adds nothing to what waits there.
func TestRefusedJoinsLeaveNothing(t *testing.T) {
	d, err := New(Options{Games: []Game{{Name: "idle", MinPlayers: 2, New: func(*Match) Rules { return idle{} }}}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Drain(t.Context())
	joined := make(chan *Member, 1)
	d.Create(CreateRequest{Game: "idle", Joiner: Joiner{Conn: absent{}}}, func(j Joined, _ error) { joined <- j.Member })
	l := (<-joined).lobby
	busy, end := make(chan struct{}), make(chan struct{})
	defer close(end)
	_ = l.inbox.push(command{do: func(*lobby) { close(busy); <-end }, fail: func(error) {}})
	<-busy
	for l.inbox.push(command{do: func(*lobby) {}, fail: func(error) {}}) == nil {
	}
	for range 100 {
		d.Join(JoinRequest{ID: l.id, Joiner: Joiner{Conn: absent{}}}, func(_ Joined, err error) {
			if !AsError(err).is(Busy) {
				t.Errorf("joined: %v", err)
			}
		})
	}
	l.inbox.mu.Lock()
	defer l.inbox.mu.Unlock()
	if n := len(l.inbox.queue); n != l.inbox.limit {
		t.Errorf("%d commands wait, %d may", n, l.inbox.limit)
	}
	if n := d.onTheWay(l); n != 0 {
		t.Errorf("%d seats are kept", n)
	}
}
