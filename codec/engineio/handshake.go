package engineio

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Handshake is the content of the open packet, the first packet of a session.
type Handshake struct {
	SID          string        // session id: letters, digits, - and _
	Upgrades     []string      // transports that the client may move to
	PingInterval time.Duration // from pong to the next ping; whole milliseconds
	PingTimeout  time.Duration // how long the server waits for a pong
	MaxPayload   int           // bytes of one message or one POST body
}

// AppendOpen appends h as an open packet: exactly the five documented keys.
func AppendOpen(dst []byte, h Handshake) []byte {
	dst = append(dst, Open.Digit())
	dst = appendString(append(dst, `{"sid":`...), h.SID)
	dst = append(dst, `,"upgrades":[`...)
	for i, u := range h.Upgrades {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, u)
	}
	dst = strconv.AppendInt(append(dst, `],"pingInterval":`...), h.PingInterval.Milliseconds(), 10)
	dst = strconv.AppendInt(append(dst, `,"pingTimeout":`...), h.PingTimeout.Milliseconds(), 10)
	dst = strconv.AppendInt(append(dst, `,"maxPayload":`...), int64(h.MaxPayload), 10)
	return append(dst, '}')
}

// appendString appends s quoted. Session ids and transport names are made of
// letters, digits, - and _, which strconv quotes as JSON does.
func appendString(dst []byte, s string) []byte { return strconv.AppendQuote(dst, s) }

// ParseOpen reads the data of an open packet (without its type digit). It is
// what clients need; unknown keys are ignored.
func ParseOpen(data []byte) (Handshake, error) {
	var v struct {
		SID          string   `json:"sid"`
		Upgrades     []string `json:"upgrades"`
		PingInterval int64    `json:"pingInterval"`
		PingTimeout  int64    `json:"pingTimeout"`
		MaxPayload   int      `json:"maxPayload"`
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return Handshake{}, fmt.Errorf("engineio: open packet: %w", err)
	}
	return Handshake{
		SID:          v.SID,
		Upgrades:     v.Upgrades,
		PingInterval: time.Duration(v.PingInterval) * time.Millisecond,
		PingTimeout:  time.Duration(v.PingTimeout) * time.Millisecond,
		MaxPayload:   v.MaxPayload,
	}, nil
}
