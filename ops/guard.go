package ops

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// guard lets in who may use what it stands before, and says who it is.
type guard struct {
	keys  atomic.Pointer[keyring]
	wrong *rate.Limiter // of wrong keys: guessing is slow for all together
}

func newGuard() *guard {
	return &guard{wrong: rate.NewLimiter(rate.Every(100*time.Millisecond), 50)}
}

type whoKey struct{}

// bearerOf returns who asked: the name of the key, or "local" without keys.
func bearerOf(ctx context.Context) string {
	who, _ := ctx.Value(whoKey{}).(string)
	return who
}

// before stands before h.
func (g *guard) before(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, refusal := g.admit(r)
		if refusal != nil {
			refusal.write(w)
			return
		}
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), whoKey{}, who)))
	})
}

func (g *guard) admit(r *http.Request) (who string, refusal *problem) {
	keys := g.keys.Load()
	if keys.empty() {
		return g.admitLocal(r)
	}
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", unauthorized("an API key is needed: Authorization: Bearer <key>")
	}
	if who, ok = keys.bearer(secret); ok {
		return who, nil
	}
	if !g.wrong.Allow() {
		return "", &problem{status: http.StatusTooManyRequests, Code: codeRateLimited, Message: "too many wrong keys; wait a second"}
	}
	return "", unauthorized("no such API key")
}

// admitLocal looks at both ends: a page of the web can have its name resolve to
// 127.0.0.1, but the Host header still is that name. A form of such a page
// cannot send the header that changing things takes. It can ask for what it
// cannot read, a profile for one, but browsers say that it is another site that
// asks. A proxy on this machine speaks for others.
func (g *guard) admitLocal(r *http.Request) (who string, refusal *problem) {
	switch {
	case !loopbackPeer(r.RemoteAddr) || !loopbackHost(r.Host):
		return "", &problem{status: http.StatusForbidden, Code: codeForbidden,
			Message: "without API keys this is open to the machine itself alone, as 127.0.0.1 or localhost: set keys"}
	case passedOn(r.Header):
		return "", &problem{status: http.StatusForbidden, Code: codeForbidden,
			Message: "without API keys this is not open to what a proxy passes on: set keys"}
	case !ownSite(r.Header.Get("Sec-Fetch-Site")):
		return "", &problem{status: http.StatusForbidden, Code: codeForbidden, Message: "without API keys this is not open to pages of other sites"}
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Header.Get(csrfHeader) == "":
		return "", &problem{status: http.StatusForbidden, Code: codeForbidden,
			Message: "without API keys, requests that change something need the header " + csrfHeader + " with any value"}
	}
	return "local", nil
}

const csrfHeader = "X-Requested-By"

// ownSite tells whether our own page asks, the person at the browser, or a program
// that is none. Source: Fetch Metadata Request Headers, 2.3.
func ownSite(site string) bool { return site == "" || site == "same-origin" || site == "none" }

func passedOn(h http.Header) bool {
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "Via"} {
		if h.Get(name) != "" {
			return true
		}
	}
	return false
}

func loopbackPeer(addr string) bool {
	at, err := netip.ParseAddrPort(addr)
	return err == nil && at.Addr().Unmap().IsLoopback()
}

func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}
