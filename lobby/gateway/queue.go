package gateway

import (
	"cmp"
	"slices"
	"time"

	"tickwire/lobby"
	"tickwire/lobby/party"
	"tickwire/lobby/queue"
)

var (
	errNoQueues = &lobby.Error{Code: lobby.NoQueue, Message: "this server has no queues: join or create a lobby"}
	errNewParty = &lobby.Error{Code: lobby.PartyChanged, Message: "your party has other members now: its leader may look for a match again"}
	errPartied  = &lobby.Error{Code: lobby.PartyChanged, Message: "you are in a party now, whose leader looks for matches"}
)

func (g *Gateway) queueJoin(c *call) {
	req := queue.Request{Game: c.arg.required("game"), Latency: c.latency()}
	if !c.mayGroup() {
		return
	}
	if g.queue == nil {
		c.refuse(errNoQueues)
		return
	}
	p, m := c.player, c.player.inParty()
	req.Owner = p.socket.ID()
	if m == nil {
		req.ID = p.soloID()
		req.Players = []queue.Player{{Push: p.push, Account: p.identity.Account, Rated: p.rated()}}
		g.queue.Join(req, c.queued)
		return
	}
	all, err := m.Everybody()
	if err != nil {
		c.refuse(lobby.AsError(err))
		return
	}
	g.queueParty(&req, m, all)
	g.queue.Join(req, c.queued)
	if now, err := m.Everybody(); err != nil || !slices.Equal(now, all) {
		g.queue.Cancel(req.ID, errNewParty) // what was cancelled when they changed was not there yet
	}
}

// queueParty has all of a party wait.
func (g *Gateway) queueParty(req *queue.Request, m *party.Member, all []party.Companion) {
	req.ID = m.PartyID()
	for _, one := range all {
		req.Players = append(req.Players, queue.Player{
			Account: one.Account, Rated: cmp.Or(one.Account, one.Rated),
			Push: func(ev *lobby.Event) {
				until := time.Time{}
				if found, ok := ev.Args[0].(queue.Matched); ok {
					until = time.Now().Add(time.Duration(found.ExpiresMs) * time.Millisecond)
				}
				g.parties.Tell(req.ID, one.ID, ev, until)
			},
		})
	}
}

func (g *Gateway) queueStatus(c *call) {
	switch {
	case !c.mayGroup():
	case g.queue == nil:
		c.refuse(errNoQueues)
	default:
		g.queue.Status(c.player.queueID(), c.queued)
	}
}

func (g *Gateway) queueLeave(c *call) {
	switch {
	case !c.mayGroup():
	case g.queue == nil:
		c.refuse(errNoQueues)
	default:
		g.queue.Leave(c.player.queueID(), c.player.socket.ID(), c.done)
	}
}

// queued answers with the status of a ticket, on the queue's goroutine.
func (c *call) queued(s queue.Status, err error) {
	if err != nil {
		c.refuse(lobby.AsError(err))
		return
	}
	c.event.Ack(struct {
		OK bool `json:"ok"`
		queue.Status
	}{true, s})
}

// queueID is the ticket of this player, or of the party that it is in.
func (p *player) queueID() string {
	if m := p.inParty(); m != nil {
		return m.PartyID()
	}
	return p.soloID()
}

func (p *player) soloID() string { return "s" + p.socket.ID() }

// rated names the player in the ratings: a guest is another on each connection.
func (p *player) rated() string {
	return cmp.Or(p.identity.Account, "guest "+p.socket.ID())
}

// maxLatencies bounds the regions in one request.
const maxLatencies = 64

// latency reads the round trips to regions.
func (c *call) latency() map[string]float64 {
	raw := c.arg.object("latency")
	if raw == nil {
		return nil
	}
	if len(raw) > maxLatencies {
		c.arg.fail("latency has %d regions, %d are allowed", len(raw), maxLatencies)
		return nil
	}
	ms := make(map[string]float64, len(raw))
	for region, v := range raw {
		n, ok := milliseconds(v)
		if !ok {
			c.arg.fail("the latency to %q must be a number from 0 to 60000", region)
			return nil
		}
		ms[region] = n
	}
	return ms
}

func milliseconds(v any) (ms float64, ok bool) {
	switch v := v.(type) {
	case float64:
		ms = v
	case int64:
		ms = float64(v)
	case uint64:
		ms = float64(v)
	case int:
		ms = float64(v)
	default:
		return 0, false
	}
	return ms, ms >= 0 && ms <= 60_000 // false for NaN
}
