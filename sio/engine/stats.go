package engine

import "sync/atomic"

// counters are the engine's own; Server.Stats copies them.
type counters struct {
	opened   atomic.Int64
	upgraded atomic.Int64
	blocked  atomic.Int64
	slow     atomic.Int64
	flooded  atomic.Int64
	full     atomic.Int64
	crowded  atomic.Int64
	foreign  atomic.Int64
	dropped  atomic.Int64
	ended    [len(reasons)]atomic.Int64
	refused  [UnsupportedProtocol + 1]atomic.Int64
}

// reasons are all there are.
var reasons = [...]Reason{TransportClose, TransportError, PingTimeout, ParseError, ForcedClose, ServerShutdown}

func (c *counters) end(reason Reason) {
	for i := range reasons {
		if reasons[i] == reason {
			c.ended[i].Add(1)
		}
	}
}

// Stats are counts since the server was made.
type Stats struct {
	Opened   int64                          // sessions ever opened
	Upgraded int64                          // upgrades from polling to websocket
	Blocked  int64                          // flushers started: writes that the kernel did not take at once, and all over TLS
	Slow     int64                          // sessions ended at the queue limit
	Flooded  int64                          // sessions ended at a rate limit
	Full     int64                          // handshakes refused for MaxSessions, or a server that closes
	Crowded  int64                          // handshakes refused for MaxSessionsPerAddress
	Foreign  int64                          // handshakes refused for their origin
	Dropped  int64                          // volatile messages dropped
	Ended    map[Reason]int64               // sessions that have ended, by reason
	Refused  [UnsupportedProtocol + 1]int64 // refused requests by code
}

// Stats returns the counters.
func (srv *Server) Stats() Stats {
	c := &srv.stats
	st := Stats{
		Opened:   c.opened.Load(),
		Upgraded: c.upgraded.Load(),
		Blocked:  c.blocked.Load(),
		Slow:     c.slow.Load(),
		Flooded:  c.flooded.Load(),
		Full:     c.full.Load(),
		Crowded:  c.crowded.Load(),
		Foreign:  c.foreign.Load(),
		Dropped:  c.dropped.Load(),
		Ended:    make(map[Reason]int64, len(reasons)),
	}
	for i, reason := range reasons {
		st.Ended[reason] = c.ended[i].Load()
	}
	for i := range c.refused {
		st.Refused[i] = c.refused[i].Load()
	}
	return st
}
