package engine

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/rs/zerolog"
)

// Options configure a Server. Only Accept is required.
type Options struct {
	// Accept is called once for each new session, before anything is read
	// from it, and returns the handler of its messages, never nil. It may
	// send. It runs on the goroutine of the request and must not panic.
	Accept func(*Session) Handler

	// Path is the path of the endpoint. Default "/engine.io/". With a
	// trailing slash requests must have exactly this path; without one they
	// may have it with or without the slash. Other paths answer 404.
	Path string

	PingInterval   time.Duration // from a pong to the next ping. Default 25 s
	PingTimeout    time.Duration // how long a pong may take. Default 20 s
	UpgradeTimeout time.Duration // how long an upgrade may take. Default 10 s

	// MaxPayload bounds one incoming message or POST body, in bytes.
	// Default 1,000,000.
	MaxPayload int

	// MaxQueueBytes bounds what waits for one client that does not read; a
	// reliable message beyond it ends the session. Each message counts 64
	// bytes more than it has. Default 1 MiB.
	MaxQueueBytes int

	// MaxSessions bounds the open sessions; further handshakes are answered
	// 503. Default 0: no bound.
	MaxSessions int

	// MaxSessionsPerAddress bounds the open sessions of one peer, an IPv4
	// address or an IPv6 /64; further handshakes are answered 429. Addresses of
	// this machine are not counted, see Block. The address is the request's
	// RemoteAddr: behind a proxy, put the peer's there. Default 0: no bound.
	MaxSessionsPerAddress int

	// Transports that clients may use. Default Polling and WebSocket.
	Transports []Transport

	// DisableUpgrades keeps sessions on the transport they were born on.
	DisableUpgrades bool

	// AllowRequest decides about each handshake; an error refuses it with
	// code 4, status 403, or that of a [Refusal], and the error's text. It may
	// block.
	AllowRequest func(*http.Request) error

	// CORS is nil by default: no CORS header is ever sent.
	CORS *CORS

	// DisableHTTPCompression turns off gzip for answers to polls.
	DisableHTTPCompression bool

	// PerMessageDeflate offers compression on websocket, without context
	// takeover. It costs CPU for each message, both ways: off by default.
	PerMessageDeflate bool

	// CompressionThreshold is the size in bytes from which an answer or a
	// message is compressed. Default 1024.
	CompressionThreshold int

	// DisableIOUring has every message sent by a system call of its own, also
	// where a [Batch] could bring several to the kernel with one.
	DisableIOUring bool

	// MaxPacketRate and MaxByteRate bound what one client may send per
	// second, in packets and in bytes of their data; what a second allows may
	// come at once. A client that sends more loses its session (ErrFlooding).
	// MaxByteRate should be well above MaxPayload. Default 0: no bound.
	MaxPacketRate int
	MaxByteRate   int

	// Cookie, if set, is sent with the session id as its value in the answer
	// to a handshake (for sticky load balancers). An empty Name means "io",
	// an empty Path "/", a zero SameSite Lax; HttpOnly is up to the caller.
	Cookie *http.Cookie

	// InitialHeaders may add headers to the answer of a handshake, Headers to
	// every answer of a session (on websocket: to the 101 response).
	InitialHeaders func(http.Header, *http.Request)
	Headers        func(http.Header, *http.Request)

	// OnConnectionError is told of every refused request.
	OnConnectionError func(ConnectionError)

	// Log receives rare life-cycle events and, at debug level, refusals.
	Log zerolog.Logger
}

// withDefaults returns o with every zero field filled in.
func (o Options) withDefaults() Options {
	if o.Accept == nil {
		panic("engine: Options.Accept is required")
	}
	o.Path = cmp.Or(o.Path, "/engine.io/")
	o.PingInterval = cmp.Or(o.PingInterval, 25*time.Second)
	o.PingTimeout = cmp.Or(o.PingTimeout, 20*time.Second)
	o.UpgradeTimeout = cmp.Or(o.UpgradeTimeout, 10*time.Second)
	o.MaxPayload = cmp.Or(o.MaxPayload, 1_000_000)
	o.MaxQueueBytes = cmp.Or(o.MaxQueueBytes, 1<<20)
	o.CompressionThreshold = cmp.Or(o.CompressionThreshold, 1024)
	if len(o.Transports) == 0 {
		o.Transports = []Transport{Polling, WebSocket}
	}
	o.Transports = slices.Clone(o.Transports)
	if o.Cookie != nil {
		c := *o.Cookie
		c.Name, c.Path = cmp.Or(c.Name, "io"), cmp.Or(c.Path, "/")
		if c.SameSite == 0 {
			c.SameSite = http.SameSiteLaxMode
		}
		o.Cookie = &c
	}
	return o
}

// CORS says which web pages of other origins may use the server.
type CORS struct {
	// Origins are the allowed values of the Origin header, or "*" alone for
	// all. AllowOrigin, if set, decides instead.
	Origins     []string
	AllowOrigin func(origin string) bool

	// RefuseOthers refuses handshakes that come from pages of other origins,
	// with code 4, on both transports. Browsers enforce CORS on polling but
	// not on websocket. Requests without Origin header, and those of pages
	// from the server's own host, pass.
	RefuseOthers bool

	// Refused, if set, is told of each handshake that RefuseOthers refuses, and
	// returns what its client is told. Default "origin not allowed".
	Refused func(*http.Request) (message string)

	Credentials    bool          // send Access-Control-Allow-Credentials
	Methods        []string      // default GET, HEAD, PUT, PATCH, POST, DELETE
	AllowedHeaders []string      // default: those that the preflight asks for
	ExposedHeaders []string      // default none
	MaxAge         time.Duration // how long a preflight may be cached; default: not said
}
