package lobby_test

import (
	"context"
	"fmt"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// Counter is the whole state of a small game: everybody counts up together.
type Counter struct {
	N uint16 `sync:"bits=16"`
}

type counting struct {
	match    *lobby.Match
	counters *state.Table[Counter]
	id       state.ID
}

func newCounting(m *lobby.Match) lobby.Rules {
	c := &counting{match: m, counters: state.Register[Counter](m.World(), "Counter")}
	c.id = c.counters.Spawn(Counter{})
	return c
}

func (c *counting) Join(*lobby.Player)               {}
func (c *counting) Leave(*lobby.Player)              {}
func (c *counting) Input(*lobby.Player, lobby.Input) {}
func (c *counting) Step(tick uint32) {
	if c.counters.Edit(c.id).N++; tick == 3 {
		c.match.End("counted to three")
	}
}

// screen is a connection that prints what it is sent.
type screen struct {
	replica *state.Replica
	seen    string
	over    chan struct{}
}

func (s *screen) Event(ev *lobby.Event) error {
	switch v := ev.Args[0].(type) {
	case lobby.MatchStart:
		s.replica, _ = state.NewReplica(v.Schema)
		fmt.Println("match starts at", v.Hz, "Hz")
	case lobby.MatchEnd:
		fmt.Println(s.seen)
		fmt.Println("match ends:", v.Reason, v.Result)
		close(s.over)
	}
	return nil
}

func (s *screen) State(f *lobby.Frame, ack uint32) error {
	if err := s.replica.Apply(f.Bytes); err != nil {
		return err
	}
	counters, err := state.Bind[Counter](s.replica, "Counter")
	if err != nil {
		return err
	}
	for _, c := range counters.All() {
		s.seen = fmt.Sprintf("tick %d: counter %d", s.replica.Tick(), c.N)
	}
	return nil
}

func (s *screen) Flush() error { return nil }
func (s *screen) Backlog() int { return 0 }

func Example() {
	directory, err := lobby.New(lobby.Options{Games: []lobby.Game{{
		Name: "counting", Hz: 100, DropIn: true, New: newCounting,
	}}})
	if err != nil {
		panic(err)
	}
	s := &screen{over: make(chan struct{})}
	directory.Quick(lobby.QuickRequest{Game: "counting", Joiner: lobby.Joiner{Conn: s, Name: "ann"}},
		func(j lobby.Joined, err error) {
			fmt.Println("joined:", j.Member.Name(), err)
		})
	<-s.over
	_ = directory.Drain(context.Background())
	// Output:
	// joined: ann <nil>
	// match starts at 100 Hz
	// tick 3: counter 3
	// match ends: finished counted to three
}
