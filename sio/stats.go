package sio

import (
	"sync/atomic"

	"tickwire/sio/engine"
)

// counters are the server's own; Server.Stats copies them.
type counters struct {
	panics    atomic.Uint64
	recovered atomic.Uint64
	refused   atomic.Uint64
	ended     [len(reasons)]atomic.Uint64
}

// reasons are all there are.
var reasons = [...]Reason{
	ClientNamespaceDisconnect, ServerNamespaceDisconnect, ServerShuttingDown, ForcedServerClose, ForcedClose,
	TransportClose, TransportError, PingTimeout, ParseError,
}

func (c *counters) end(reason Reason) {
	for i := range reasons {
		if reasons[i] == reason {
			c.ended[i].Add(1)
		}
	}
}

// ServerStats are counts since the server was made.
type ServerStats struct {
	Panics       uint64            // of handlers and middleware, contained
	Recovered    uint64            // sockets that came back to their state
	Refused      uint64            // attempts to join a namespace, by middleware or for want of one
	Disconnected map[Reason]uint64 // sockets, by reason
}

// Stats returns the counters.
func (srv *Server) Stats() ServerStats {
	c := &srv.stats
	st := ServerStats{
		Panics: c.panics.Load(), Recovered: c.recovered.Load(), Refused: c.refused.Load(),
		Disconnected: make(map[Reason]uint64, len(reasons)),
	}
	for i, reason := range reasons {
		st.Disconnected[reason] = c.ended[i].Load()
	}
	return st
}

// Wire is how a client talks.
type Wire struct {
	Transport engine.Transport
	Parser    Parser // JSON or MsgPack
}

// Connections counts the clients that have joined a namespace, by how they talk.
// It looks at all of them: for each scrape of the metrics, not for each tick.
func (srv *Server) Connections() map[Wire]int {
	seen := map[*conn]bool{}
	for ns := range srv.Namespaces() {
		for s := range ns.Sockets() {
			seen[s.conn] = true
		}
	}
	counts := map[Wire]int{}
	for c := range seen {
		counts[Wire{c.ses.Transport(), c.parser}]++
	}
	return counts
}
