package engine

import "net/http"

// Code is an error code of the protocol, sent as {"code":…,"message":…}.
type Code int

// The codes. Source: Engine.IO reference server, "connection_error".
const (
	UnknownTransport    Code = 0
	UnknownSession      Code = 1
	BadHandshakeMethod  Code = 2
	BadRequest          Code = 3
	Forbidden           Code = 4
	UnsupportedProtocol Code = 5
)

var codeMessages = [...]string{
	UnknownTransport:    "Transport unknown",
	UnknownSession:      "Session ID unknown",
	BadHandshakeMethod:  "Bad handshake method",
	BadRequest:          "Bad request",
	Forbidden:           "Forbidden",
	UnsupportedProtocol: "Unsupported protocol version",
}

// String returns the code's message.
func (c Code) String() string {
	if c >= 0 && int(c) < len(codeMessages) {
		return codeMessages[c]
	}
	return "Unknown error"
}

// ConnectionError describes a refused request.
type ConnectionError struct {
	Request *http.Request // not to be kept: it may be large
	Code    Code
	Message string // what the client was told
	Context string // more detail, at most 128 bytes, not told to the client

	status int // of the HTTP answer; 0: by the code
}

// Error returns the message and, where there is one, the context.
func (e ConnectionError) Error() string {
	if e.Context == "" {
		return "engine: " + e.Message
	}
	return "engine: " + e.Message + ": " + e.Context
}
