package engine

import "errors"

// Transport is the name of a transport, as in the transport query parameter.
type Transport string

// The transports.
const (
	Polling   Transport = "polling"
	WebSocket Transport = "websocket"
)

// Handler receives what happens to one session. Its calls never overlap. They
// must not panic: whoever calls foreign code in them has to recover.
type Handler interface {
	// Message is called for each message, in arrival order. data is valid
	// only during the call; text is valid UTF-8.
	Message(data []byte, binary bool)
	// Closed is called exactly once, after the last Message, on a goroutine
	// of the engine's own. err has details and is nil for an orderly end.
	Closed(reason Reason, err error)
}

// Reason says why a session ended, in the protocol's words.
type Reason string

// The reasons.
const (
	TransportClose Reason = "transport close"      // the peer closed or its connection was cut
	TransportError Reason = "transport error"      // a broken poll, too large a message, too slow a client
	PingTimeout    Reason = "ping timeout"         // no pong came in time
	ParseError     Reason = "parse error"          // the peer broke the protocol
	ForcedClose    Reason = "forced close"         // closed by this side
	ServerShutdown Reason = "server shutting down" // Server.Close
)

// Errors of sending, and details of why a session ended.
var (
	ErrClosed      = errors.New("engine: session is closed")
	ErrSlowClient  = errors.New("engine: client does not read: queue limit reached")
	ErrDropped     = errors.New("engine: volatile message dropped: client is not ready")
	ErrTooLarge    = errors.New("engine: message exceeds the payload limit")
	ErrFlooding    = errors.New("engine: client sends more than its rate allows")
	ErrPollOverlap = errors.New("engine: second poll while one is parked")
	ErrPostOverlap = errors.New("engine: second post while one is being read")
	ErrPollAborted = errors.New("engine: poll connection closed by the client")
	ErrPostAborted = errors.New("engine: post connection closed by the client")
)
