package engine

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// defaultMethods are those that a preflight allows if CORS.Methods is empty.
const defaultMethods = "GET,HEAD,PUT,PATCH,POST,DELETE"

// apply adds the CORS headers for r. It reports whether r was a preflight,
// which it has answered then. Source: Fetch standard, "CORS protocol".
func (c *CORS) apply(w http.ResponseWriter, r *http.Request) (answered bool) {
	h := w.Header()
	c.allowOrigin(h, r.Header.Get("Origin"))
	if c.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if r.Method != http.MethodOptions {
		if len(c.ExposedHeaders) > 0 {
			h.Set("Access-Control-Expose-Headers", strings.Join(c.ExposedHeaders, ","))
		}
		return false
	}
	methods := defaultMethods
	if len(c.Methods) > 0 {
		methods = strings.Join(c.Methods, ",")
	}
	h.Set("Access-Control-Allow-Methods", methods)
	if len(c.AllowedHeaders) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(c.AllowedHeaders, ","))
	} else {
		h.Add("Vary", "Access-Control-Request-Headers")
		if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
			h.Set("Access-Control-Allow-Headers", asked)
		}
	}
	if c.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(c.MaxAge.Seconds())))
	}
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// allowOrigin answers for the origin of a request.
func (c *CORS) allowOrigin(h http.Header, origin string) {
	if c.AllowOrigin == nil && slices.Equal(c.Origins, []string{"*"}) {
		h.Set("Access-Control-Allow-Origin", "*")
		return
	}
	h.Add("Vary", "Origin") // caches must not mix the answers
	if origin != "" && c.allows(origin) {
		h.Set("Access-Control-Allow-Origin", origin)
	}
}

// allows reports whether pages of origin may use the server.
func (c *CORS) allows(origin string) bool {
	if c.AllowOrigin != nil {
		return c.AllowOrigin(origin)
	}
	return slices.Contains(c.Origins, origin) || slices.Equal(c.Origins, []string{"*"})
}

// refuses reports whether a handshake is refused for its origin.
func (c *CORS) refuses(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if !c.RefuseOthers || origin == "" {
		return false
	}
	if u, err := url.Parse(origin); err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host) {
		return false
	}
	return !c.allows(origin)
}

// refusal is what the client of a refused handshake is told.
func (c *CORS) refusal(r *http.Request) string {
	if c.Refused != nil {
		return c.Refused(r)
	}
	return "origin not allowed"
}
