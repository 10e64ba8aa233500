package lobbytest

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"time"

	"tickwire/codec/socketio"
	"tickwire/codec/state"
	"tickwire/lobby"
)

// Player is who joins.
type Player struct {
	Name    string
	Account string
	Link    Link
	Form    string // wire form of the state: "B" (default) or "M"
	Watch   bool   // a spectator

	// Script is called in each tick of the player's own clock while he has a
	// state. It returns an input, or nil.
	Script func(*Client) any
}

// Event is what the rules sent to a client.
type Event struct {
	Tick    uint32 // that the client had then
	Name    string
	Payload any // as the rules gave it
}

// Client is a player with a connection.
type Client struct {
	match  *Match
	name   string
	link   Link
	form   string
	script func(*Client) any
	watch  bool
	token  string
	member *lobby.Member // nil while disconnected
	number int           // of the connection: what comes over an earlier one is dropped

	down, up direction
	acts     time.Time // when the script is called next; zero: not before a match

	replica  *state.Replica
	hz       int
	seq      uint32
	applied  uint32 // sequence of the last input in the state
	spoke    time.Time
	lost     bool // waits for a keyframe
	frames   int
	bytes    int
	first    uint32
	events   []Event
	closed   []lobby.Closed
	ended    *lobby.MatchEnd
	playhead playhead
	past     []snapshot
}

// Join takes a place in the lobby.
func (m *Match) Join(p Player) *Client {
	m.tb.Helper()
	c := &Client{match: m, name: p.Name, link: p.Link, form: cmp.Or(p.Form, "B"), script: p.Script, watch: p.Watch}
	if err := c.enter(lobby.JoinRequest{Joiner: lobby.Joiner{Name: p.Name, Account: p.Account}, Spectate: p.Watch}); err != nil {
		m.tb.Fatalf("lobbytest: %s does not get in: %v", p.Name, err)
	}
	m.clients = append(m.clients, c)
	return c
}

// enter takes or takes back a place.
func (c *Client) enter(req lobby.JoinRequest) error {
	m := c.match
	c.number++
	c.down, c.up = direction{rand: c.luck()}, direction{rand: c.luck()}
	c.replica, c.lost, c.acts, c.past = nil, false, time.Time{}, nil
	req.Form = c.form
	req.Conn = &conn{client: c, number: c.number}
	j, err := m.solo.Join(req)
	if err != nil {
		return err
	}
	c.member, c.token = j.Member, j.Token
	return nil
}

func (c *Client) luck() *rand.Rand { return rand.New(rand.NewPCG(c.match.rand.Uint64(), 1)) }

// Seat is the player's; -1 for a spectator.
func (c *Client) Seat() int { return c.member.Seat() }

// SetLink changes the way to the server from now on.
func (c *Client) SetLink(l Link) { c.link = l }

// SetScript changes what the player does from now on.
func (c *Client) SetScript(script func(*Client) any) { c.script = script }

// Leave gives up the place.
func (c *Client) Leave() {
	c.member.Leave(nil)
	c.match.Run(0)
	c.member = nil
}

// Disconnect breaks the connection; what is on its way is lost.
func (c *Client) Disconnect() {
	c.number++
	c.member.Disconnect()
	c.match.Run(0)
	c.member = nil
}

// Reconnect takes the place again after Disconnect: the lobby must have been
// given a Grace.
func (c *Client) Reconnect() {
	c.match.tb.Helper()
	if err := c.enter(lobby.JoinRequest{Joiner: lobby.Joiner{Name: c.name}, Resume: c.token}); err != nil {
		c.match.tb.Fatalf("lobbytest: %s does not come back: %v", c.name, err)
	}
}

// Send sends an input and returns its sequence number.
func (c *Client) Send(payload any) uint32 {
	raw, err := socketio.AppendValue(nil, payload)
	if err != nil {
		c.match.tb.Fatalf("lobbytest: %s: an input without a wire form: %v", c.name, err)
	}
	c.seq++
	c.say(lobby.Sent{Seq: c.seq, View: c.View()}, raw)
	return c.seq
}

// say sends `i`.
func (c *Client) say(in lobby.Sent, payload []byte) {
	in.Acked = c.Tick()
	m, member := c.match, c.member
	c.spoke = m.solo.Now()
	m.post(c.up.send(&c.link, c.spoke, len(payload)+20, 0), func() {
		if err := member.Send(in, payload); err != nil {
			m.tb.Errorf("lobbytest: %s: %v", c.name, err)
		}
	})
}

// ackEvery is how long a client is silent at most.
const ackEvery = 200 * time.Millisecond

// act is one tick of the client's own clock.
func (c *Client) act(now time.Time) {
	c.acts = now.Add(time.Second / time.Duration(c.hz))
	if c.replica == nil || !c.replica.Synced() {
		return
	}
	if c.script != nil && !c.member.Watches() {
		if payload := c.script(c); payload != nil {
			c.Send(payload)
		}
	}
	if c.member != nil && now.Sub(c.spoke) >= ackEvery {
		c.say(lobby.Sent{}, nil)
	}
}

// conn is one connection of a client: lobby.Conn.
type conn struct {
	client *Client
	number int
}

// Event is sent at once: what is held until the next frame arrives with it.
func (k *conn) Event(ev *lobby.Event) error {
	size, err := socketio.AppendArray(nil, ev.Args...)
	if err != nil { // a server drops it, and logs that
		k.client.match.tb.Errorf("lobbytest: %s never comes, what it carries has no wire form: %v", ev.Name, err)
		return nil
	}
	k.post(len(size), func(c *Client) { c.event(ev) })
	return nil
}

func (k *conn) State(f *lobby.Frame, ack uint32) error {
	frame := bytes.Clone(f.Bytes)
	k.post(len(frame), func(c *Client) { c.state(frame, ack) })
	return nil
}

func (k *conn) Flush() error { return nil }

func (k *conn) Backlog() int {
	return k.client.down.backlog(&k.client.link, k.client.match.solo.Now())
}

func (k *conn) post(size int, read func(*Client)) {
	c := k.client
	at := c.down.send(&c.link, c.match.solo.Now(), size, c.link.Bandwidth)
	c.match.post(at, func() {
		if k.number == c.number {
			read(c)
		}
	})
}

// event reads what the lobby and the rules say.
func (c *Client) event(ev *lobby.Event) {
	var err error
	switch ev.Name {
	case lobby.EventMatchStart:
		start := ev.Args[0].(lobby.MatchStart)
		c.replica, err = state.NewReplica(start.Schema)
		c.ended = nil
		c.hz, c.first, c.seq, c.applied, c.past = start.Hz, start.Tick, 0, 0, nil
		c.playhead = playhead{interval: time.Second / time.Duration(start.Hz), every: start.Hz / start.SendHz}
		c.acts = c.match.solo.Now().Add(time.Duration(c.up.rand.Int64N(int64(c.playhead.interval)))) // clocks are not in step
	case lobby.EventTables:
		err = c.replica.Learn(ev.Args[0].([]byte))
	case lobby.EventMatch:
		c.events = append(c.events, Event{c.Tick(), ev.Args[0].(string), ev.Args[1]})
	case lobby.EventMatchEnd:
		end := ev.Args[0].(lobby.MatchEnd)
		c.ended, c.acts = &end, time.Time{}
		if !c.watch {
			c.match.end = &end
		}
	case lobby.EventClosed:
		c.closed = append(c.closed, ev.Args[0].(lobby.Closed))
		c.member, c.acts = nil, time.Time{}
	}
	if err != nil {
		c.match.tb.Errorf("lobbytest: %s: %s: %v", c.name, ev.Name, err)
	}
}

func (c *Client) state(frame []byte, ack uint32) {
	c.frames++
	c.bytes += len(frame)
	if err := c.replica.Apply(frame); err != nil {
		if !c.lost && c.member != nil {
			c.lost = true
			c.member.Resync(nil)
		}
		return
	}
	c.lost, c.applied = false, ack
	c.playhead.frame(c.replica.Tick(), c.match.solo.Now())
	c.remember()
	if c.spoke.IsZero() {
		c.say(lobby.Sent{}, nil)
	}
}
