package edge

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"

	"tickwire/sio/engine"
)

// Conns bound the HTTP connections of one address. What becomes a websocket
// does not count any more: it is a session then, with bounds of its own.
type Conns struct {
	limit   int
	proxies Proxies
	refused atomic.Uint64

	mu   sync.Mutex // guards the following
	open map[netip.Prefix]int
}

// NewConns bounds the connections of an address; nil, which is no bound, for a
// limit of zero or less. Trusted proxies speak for many and are not counted: what
// one address opens through them is theirs to bound. Give it to http.Server as
// ConnState: [Conns.State].
func NewConns(limit int, proxies Proxies) *Conns {
	if limit <= 0 {
		return nil
	}
	return &Conns{limit: limit, proxies: proxies, open: map[netip.Prefix]int{}}
}

// State is an http.Server's ConnState. A connection beyond the bound is closed
// before anything is read from it, or a TLS handshake made.
func (c *Conns) State(conn net.Conn, state http.ConnState) {
	if c == nil {
		return
	}
	remote := conn.RemoteAddr().String()
	block, ok := engine.Block(remote)
	if peer, isIP := parseHop(remote); !ok || isIP && c.proxies.trusts(peer) {
		return
	}
	switch state {
	case http.StateNew:
		if !c.add(block) {
			c.refused.Add(1)
			_ = conn.Close() // StateClosed follows
		}
	case http.StateHijacked, http.StateClosed:
		c.remove(block)
	}
}

func (c *Conns) add(block netip.Prefix) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[block]++
	return c.open[block] <= c.limit
}

func (c *Conns) remove(block netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[block]--; c.open[block] <= 0 {
		delete(c.open, block)
	}
}

// Refused is how many connections were closed for the bound.
func (c *Conns) Refused() uint64 {
	if c == nil {
		return 0
	}
	return c.refused.Load()
}
