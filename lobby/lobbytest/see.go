package lobbytest

import (
	"math"
	"slices"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// Tick is the newest tick that the client has; 0 before the first frame.
func (c *Client) Tick() uint32 {
	if c.replica == nil {
		return 0
	}
	return c.replica.Tick()
}

// Replica is the newest state that the client has; nil before a match.
func (c *Client) Replica() *state.Replica { return c.replica }

// Number is a field in that state, by type, slot and name.
func (c *Client) Number(typeName string, slot int, field string) float64 {
	c.match.tb.Helper()
	return number(c.match.tb, c.replica, typeName, slot, field)
}

// Applied is the sequence of the last input that this state contains.
func (c *Client) Applied() uint32 { return c.applied }

// Events are what the rules sent to the client so far.
func (c *Client) Events() []Event { return c.events }

// Gone tells why the client is in the lobby no more; "" if it is.
func (c *Client) Gone() string {
	if len(c.closed) == 0 {
		return ""
	}
	return string(c.closed[len(c.closed)-1].Code)
}

// Ended tells how the client heard that the match ended; nil before that.
func (c *Client) Ended() *lobby.MatchEnd { return c.ended }

// Frames is the number of state frames that came, and Bytes their bytes.
func (c *Client) Frames() int { return c.frames }

// Bytes is what all state frames have together.
func (c *Client) Bytes() int { return c.bytes }

// BytesPerTick is the mean, keyframes included.
func (c *Client) BytesPerTick() float64 {
	return float64(c.bytes) / float64(max(1, c.Tick()-c.first))
}

// Wrong compares what the client has ("there") with what it may see on the
// server at this moment ("here"), and returns what differs. Over a Link with a
// latency that is also what is still on its way: compare over Perfect, or when
// nothing has moved for a while.
func (c *Client) Wrong() []state.Difference {
	return c.match.solo.Compare(c.member, c.replica, 8)
}

// View is the tick, with a fraction, that the client draws: behind its newest by
// a buffer that hides how unevenly frames come.
func (c *Client) View() float64 { return c.playhead.at(c.match.solo.Now()) }

// Shown is a field of an entity as the client draws it at View, on its way
// between two ticks. false: it draws no such entity.
func (c *Client) Shown(typeName string, slot int, field string) (value float64, ok bool) {
	view := c.View()
	at := slices.IndexFunc(c.past, func(s snapshot) bool { return float64(s.tick) > view })
	switch at {
	case 0:
		return 0, false
	case -1:
		at = len(c.past)
	}
	if at == 0 {
		return 0, false
	}
	from := c.past[at-1]
	value, ok = from.values[key{typeName, slot, field}]
	if at == len(c.past) || !ok {
		return value, ok
	}
	to, there := c.past[at].values[key{typeName, slot, field}]
	if !there {
		return value, true
	}
	part := (view - float64(from.tick)) / float64(c.past[at].tick-from.tick)
	return value + (to-value)*part, true
}

// snapshot is the numbers of one tick.
type snapshot struct {
	tick   uint32
	values map[key]float64
}

type key struct {
	typeName string
	slot     int
	field    string
}

const maxPast = 64

// remember keeps what Shown needs.
func (c *Client) remember() {
	s := snapshot{c.replica.Tick(), map[key]float64{}}
	for _, t := range c.replica.Schema().Types {
		for id, row := range c.replica.Entities(t.Name) {
			for i, f := range t.Fields {
				if f.Kind == state.Quantised || f.Kind == state.Float {
					s.values[key{t.Name, id.Slot(), f.Name}] = row.Number(i)
				}
			}
		}
	}
	if len(c.past) == maxPast {
		c.past = slices.Delete(c.past, 0, 1)
	}
	c.past = append(c.past, s)
}

// playhead says what a client draws: the time of the fastest frames, less a
// buffer of one frame, what frames are late (all but one in a hundred), and 10
// ms; 350 ms at most.
type playhead struct {
	interval time.Duration
	every    int // ticks between two frames

	began  time.Time
	newest uint32
	first  uint32
	ways   []time.Duration // of the last frames: arrival less tick × interval
	view   float64

	// What the ways come to; sorting them for each input is what tests would
	// spend their time on.
	fastest, late time.Duration
	fresh         int // frames since then
}

// freshest is how many frames may pass until their ways count.
const freshest = 16

const waysKept = 600

func (p *playhead) frame(tick uint32, now time.Time) {
	if p.began.IsZero() {
		p.began, p.first = now, tick
	}
	p.newest = tick
	if len(p.ways) == waysKept {
		p.ways = slices.Delete(p.ways, 0, 1)
	}
	p.ways = append(p.ways, now.Sub(p.began)-time.Duration(tick-p.first)*p.interval)
	if p.fresh++; p.fresh >= freshest || len(p.ways) <= freshest {
		sorted := slices.Sorted(slices.Values(p.ways))
		p.fastest, p.late = sorted[0], sorted[len(sorted)*99/100]-sorted[0]
		p.fresh = 0
	}
}

func (p *playhead) at(now time.Time) float64 {
	if len(p.ways) == 0 {
		return 0
	}
	frame := p.interval * time.Duration(p.every)
	buffer := min(max(frame+p.late+10*time.Millisecond, frame*3/2), 350*time.Millisecond)
	played := now.Sub(p.began) - p.fastest - buffer
	view := float64(p.first) + float64(played)/float64(p.interval)
	p.view = max(p.view, min(math.Max(view, float64(p.first)), float64(p.newest))) // never back
	return p.view
}
