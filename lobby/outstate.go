package lobby

import "tickwire/codec/state"

// outState is what the lobby's goroutine knows about the way to one client.
type outState struct {
	playing bool // has been told of the running match
	synced  bool // has a state that deltas can build on
	sent    uint32
	applied uint32 // sequence of the last input applied
	viewed  uint64 // what the client saw with it, in 1/256 ticks
	window  window

	view     *state.View // what the client sees; nil before its first frame
	turned   bool        // has no state of this view yet
	audience *audience   // who see the same; nil if nobody else does
	bound    *bound      // of the client's frames; nil: none
	feed     *state.Feed // makes them if there is a bound

	held    bool // events wait for the next write
	blocked bool // when the first of them was held, the peer was behind
}

// open starts the flow of a match at a client that has nothing of it yet.
func (o *outState) open(hz, every int) {
	o.playing, o.synced = true, false
	o.sent, o.applied, o.viewed = 0, 0, 0
	o.window = newWindow(hz, every)
	o.view, o.turned, o.audience, o.bound, o.feed = nil, false, nil, nil, nil
}

// ready tells whether a state frame of this tick may be sent.
func (o *outState) ready(c Conn, tick uint32) bool {
	if o.synced && !o.window.open(tick, o.sent) && !o.window.probe(tick, o.sent) {
		return false
	}
	if o.held {
		return !o.blocked // Backlog would count what we hold ourselves
	}
	return c.Backlog() == 0
}

// event sends or holds a reliable event.
func (o *outState) event(c Conn, ev *Event) {
	if c == nil {
		return
	}
	if !o.held {
		o.held, o.blocked = true, c.Backlog() > 0
	}
	_ = c.Event(ev) // a broken connection is told by its owner
}

func (o *outState) flush(c Conn) {
	if c != nil && o.held {
		o.held = false
		_ = c.Flush()
	}
}
