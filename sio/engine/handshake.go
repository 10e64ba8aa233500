package engine

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"
)

// maxFactBytes bounds the URL and the headers of a handshake, as they are kept
// with the session. It is what the reference's HTTP server allows for a whole request.
const maxFactBytes = 16 << 10

// Handshake holds the facts of a session's first request, compactly: the
// request itself is not kept.
type Handshake struct {
	Time    time.Time // when the session was opened
	Address string    // the peer's address, host:port, as the listener saw it
	URL     string    // request target: path and query
	Secure  bool      // over TLS
	XDomain bool      // sent with an Origin header

	headers string // name NUL value NUL …
}

func newHandshake(r *http.Request) Handshake {
	return Handshake{
		Time:    time.Now(),
		Address: r.RemoteAddr,
		URL:     r.URL.RequestURI(), // a new string: there is a query
		Secure:  r.TLS != nil,
		XDomain: r.Header.Get("Origin") != "",
		headers: packHeaders(r),
	}
}

// packHeaders makes one string of all headers. Values never hold a NUL:
// net/http refuses them.
func packHeaders(r *http.Request) string {
	var b strings.Builder
	b.Grow(headerBytes(r.Header) + len("Host") + len(r.Host) + 2)
	add := func(name, value string) {
		b.WriteString(name)
		b.WriteByte(0)
		b.WriteString(value)
		b.WriteByte(0)
	}
	if r.Host != "" {
		add("Host", r.Host) // net/http keeps it apart
	}
	for name, values := range r.Header {
		for _, v := range values {
			add(name, v)
		}
	}
	return b.String()
}

// factBytes returns the size of what is kept of r.
func factBytes(r *http.Request) int {
	return len(r.RequestURI) + len(r.Host) + headerBytes(r.Header)
}

// headerBytes returns the size of h as packHeaders keeps it.
func headerBytes(h http.Header) (n int) {
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v) + 2
		}
	}
	return n
}

// each walks over the headers.
func (h *Handshake) each(f func(name, value string) bool) {
	for rest := h.headers; rest != ""; {
		name, after, _ := strings.Cut(rest, "\x00")
		value, next, _ := strings.Cut(after, "\x00")
		if !f(name, value) {
			return
		}
		rest = next
	}
}

// Query returns the query of the first request, parsed anew at each call.
func (h *Handshake) Query() url.Values {
	_, query, _ := strings.Cut(h.URL, "?")
	v, _ := url.ParseQuery(query) // as net/http: what can be read counts
	return v
}

// Header returns the first value of a header of the first request, or "".
func (h *Handshake) Header(name string) (found string) {
	name = textproto.CanonicalMIMEHeaderKey(name)
	h.each(func(n, v string) bool {
		if n == name {
			found = v
		}
		return n != name
	})
	return found
}

// Headers returns the headers of the first request, Host included, made anew
// at each call.
func (h *Handshake) Headers() http.Header {
	all := http.Header{}
	h.each(func(n, v string) bool {
		all[n] = append(all[n], v)
		return true
	})
	return all
}
