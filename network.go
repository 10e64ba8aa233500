package tickwire

import (
	"cmp"
	"net/http"
	"net/netip"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"tickwire/edge"
	"tickwire/sio/engine"
)

// Network says from where players may come, how many and how fast. For numbers
// and times zero is the default and less than zero no bound. An address stands
// for an IPv4 address or an IPv6 /64; those of this machine have no bounds of
// their own.
type Network struct {
	// TrustedProxies tell in ProxyHeader whom they speak for; see edge.Proxies.
	// Behind others, all players have the proxy's address.
	TrustedProxies []netip.Prefix
	ProxyHeader    string // default X-Forwarded-For

	// Origins of pages that may connect besides those of the server itself, as
	// in "https://game.example"; "https://*.game.example" stands for every host
	// below, "*" for all. Programs that are no browsers send no origin and may
	// connect. Not used if Options.Socket has a CORS of its own.
	Origins []string

	MaxSessions           int // open at a time; default 20,000. Beyond: 503
	MaxSessionsPerAddress int // default 256. Beyond: 429
	MaxConnsPerAddress    int // HTTP connections, websockets not counted, nor trusted proxies; default 512. Beyond: closed at once

	// New sessions per second; what five seconds allow may come at once.
	ConnectRate           int // by all together, default 1,000. Beyond: 503
	ConnectRatePerAddress int // default 20. Beyond: 429

	// RequestRatePerAddress bounds what is not Socket.IO, the page's files for one:
	// requests per second, five times as many at once. Default 500. Beyond: 429.
	RequestRatePerAddress int

	// HandshakeTimeout is what the head of a request may take to come, and the TLS
	// handshake before it. Default 10 s.
	HandshakeTimeout time.Duration

	// RequestTimeout is what the body of a request may take to come and its
	// answer to leave, for all but Socket.IO, which has its own. Default 1 min.
	RequestTimeout time.Duration
}

const burst = 5 // seconds

func (n Network) withDefaults() Network {
	n.MaxSessions = orBound(n.MaxSessions, 20_000)
	n.MaxSessionsPerAddress = orBound(n.MaxSessionsPerAddress, 256)
	n.MaxConnsPerAddress = orBound(n.MaxConnsPerAddress, 512)
	n.ConnectRate = orBound(n.ConnectRate, 1_000)
	n.ConnectRatePerAddress = orBound(n.ConnectRatePerAddress, 20)
	n.RequestRatePerAddress = orBound(n.RequestRatePerAddress, 500)
	n.HandshakeTimeout = cmp.Or(n.HandshakeTimeout, 10*time.Second)
	n.RequestTimeout = orBound(n.RequestTimeout, time.Minute)
	n.ProxyHeader = cmp.Or(n.ProxyHeader, edge.DefaultHeader)
	return n
}

// orBound is n, its default for zero, and zero, which is no bound, for less.
func orBound[T int | time.Duration](n, otherwise T) T { return max(cmp.Or(n, otherwise), 0) }

var (
	errTooOften = &engine.Refusal{Status: http.StatusTooManyRequests, Message: "too many new connections from your address: wait a little"}
	errTooMany  = &engine.Refusal{Status: http.StatusServiceUnavailable, Message: "too many new connections: wait a little"}
)

// applyTo sets the transports' options that n has words for, where they have
// none of their own.
func (n Network) applyTo(o *engine.Options, rates *edge.Rates, log zerolog.Logger) error {
	o.MaxSessions = cmp.Or(o.MaxSessions, n.MaxSessions)
	o.MaxSessionsPerAddress = cmp.Or(o.MaxSessionsPerAddress, n.MaxSessionsPerAddress)
	if o.CORS == nil {
		cors, err := edge.CORS(n.Origins)
		if err != nil {
			return err
		}
		cors.Refused = foreign(log)
		o.CORS = cors
	}
	next := o.AllowRequest
	o.AllowRequest = func(r *http.Request) error {
		switch rates.Allow(r.RemoteAddr, time.Now()) {
		case edge.AddressBusy:
			return errTooOften
		case edge.Busy:
			return errTooMany
		}
		if next != nil {
			return next(r)
		}
		return nil
	}
	return nil
}

// foreign tells a page of another origin, and now and then the log, what would
// let it in: it may be our own page behind a proxy that changes Host.
func foreign(log zerolog.Logger) func(*http.Request) string {
	told := rate.NewLimiter(rate.Every(time.Minute), 1)
	return func(r *http.Request) string {
		if told.Allow() {
			const most = 256 // bytes of a peer's words
			origin := r.Header.Get("Origin")
			log.Warn().Str("origin", origin[:min(len(origin), most)]).Str("host", r.Host[:min(len(r.Host), most)]).
				Msg("a page of another origin was refused; if it is yours, name it in --origins, or have the proxy pass on the Host header")
		}
		return "origin not allowed: the page is not of this host as the server knows it, nor in its --origins"
	}
}

// deadlines gives the requests of a handler their time.
func (n Network) deadlines(h http.Handler) http.Handler {
	if n.RequestTimeout == 0 {
		return h
	}
	return edge.Deadlines(h, n.RequestTimeout)
}

// door is what counts who comes, and turns away who comes too often.
type door struct {
	rates    *edge.Rates // of new sessions
	requests *edge.Rates // of what is not Socket.IO
	conns    *edge.Conns
}

func (n Network) door() door {
	return door{
		rates:    edge.NewRates(n.ConnectRate, n.ConnectRatePerAddress, burst),
		requests: edge.NewRates(0, n.RequestRatePerAddress, burst),
		conns:    edge.NewConns(n.MaxConnsPerAddress, edge.Proxies{Trusted: n.TrustedProxies}),
	}
}

// refused counts whom the bounds have turned away, by the settings' names.
func (s *Server) refused() map[string]uint64 {
	st := s.io.Engine().Stats()
	all := map[string]uint64{
		"max-sessions":               uint64(st.Full),
		"max-sessions-per-address":   uint64(st.Crowded),
		"origins":                    uint64(st.Foreign),
		"connect-rate":               s.door.rates.Count(edge.Busy),
		"connect-rate-per-address":   s.door.rates.Count(edge.AddressBusy),
		"request-rate-per-address":   s.door.requests.Count(edge.AddressBusy),
		"max-http-conns-per-address": s.door.conns.Refused(),
	}
	all["jwt rate"] = s.identities.tries.Count(edge.AddressBusy)
	for reason, n := range s.identities.refused {
		all["jwt "+string(reason)] = n.Load()
	}
	return all
}
