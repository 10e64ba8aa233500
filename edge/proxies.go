package edge

import (
	"net"
	"net/http"
	"net/netip"
	"net/textproto"
	"strings"
)

// DefaultHeader is the header that proxies put a peer's address into.
const DefaultHeader = "X-Forwarded-For"

// maxHops bounds the proxies that a request is believed to have come through.
const maxHops = 32

// Proxies know the addresses of peers behind proxies that are trusted to tell
// them. Without a trusted one, a header says nothing: everybody can send it.
type Proxies struct {
	Trusted []netip.Prefix

	// Header that the trusted proxies set, all of them the same. With
	// "Forwarded" it is read as RFC 7239 says, else as a list of addresses.
	// Default X-Forwarded-For. One that they pass on as it came is not to be named.
	Header string
}

// Handler puts the peer's address into the RemoteAddr of requests that come
// through a trusted proxy, with port 0, and gives all of them to next.
func (p Proxies) Handler(next http.Handler) http.Handler {
	if len(p.Trusted) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, ok := p.Peer(r); ok {
			copied := *r // the server may still look at its own
			copied.RemoteAddr = netip.AddrPortFrom(peer, 0).String()
			r = &copied
		}
		next.ServeHTTP(w, r)
	})
}

// Peer walks from the connection's own end backwards through the header for as
// long as the hop before is trusted: the first that is not is the peer. What
// stands further left came from the peer itself. False means that the
// connection is the peer's own.
func (p Proxies) Peer(r *http.Request) (peer netip.Addr, ok bool) {
	remote, isIP := parseHop(r.RemoteAddr)
	if isIP && !p.trusts(remote) {
		return netip.Addr{}, false
	}
	peer, ok = remote, false
	hops := hops{lines: r.Header[p.header()], forwarded: p.header() == "Forwarded"}
	for range maxHops {
		hop, more := hops.last()
		if !more {
			break
		}
		address, readable := parseHop(hop)
		if !readable {
			break // "unknown", or nonsense: the proxy that says so is the last that we know
		}
		if peer, ok = address, true; !p.trusts(address) {
			break
		}
	}
	return peer, ok
}

func (p Proxies) header() string {
	if p.Header == "" {
		return DefaultHeader
	}
	return textproto.CanonicalMIMEHeaderKey(p.Header)
}

func (p Proxies) trusts(ip netip.Addr) bool {
	for _, prefix := range p.Trusted {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// parseHop reads an address with or without port and brackets.
func parseHop(text string) (ip netip.Addr, ok bool) {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	ip, err := netip.ParseAddr(text)
	return ip.Unmap().WithZone(""), err == nil
}

// hops are the addresses in a header, from the last one, which the nearest
// proxy has appended.
type hops struct {
	lines     []string
	rest      string // of the line that is being read
	forwarded bool   // by RFC 7239
}

// last takes the last hop.
func (h *hops) last() (hop string, ok bool) {
	for h.rest == "" {
		if len(h.lines) == 0 {
			return "", false
		}
		h.rest = h.lines[len(h.lines)-1]
		h.lines = h.lines[:len(h.lines)-1]
		if h.rest == "" {
			return "", true // an empty line is a hop that nobody can read
		}
	}
	if comma := strings.LastIndexByte(h.rest, ','); comma >= 0 {
		hop, h.rest = h.rest[comma+1:], h.rest[:comma]
		if h.rest == "" {
			h.rest = " " // what stands before the first comma is a hop, too
		}
	} else {
		hop, h.rest = h.rest, ""
	}
	hop = strings.TrimSpace(hop)
	if h.forwarded {
		hop = forwardedFor(hop)
	}
	return hop, true
}

// forwardedFor finds the address in an element such as
// for="[2001:db8::1]:80";proto=https. Quotes hold neither comma nor semicolon in
// an element with an address; in others, the pieces are no address.
// Source: RFC 7239, 4 and 6.
func forwardedFor(element string) string {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}
