package engine

import (
	"crypto/rand"
	"encoding/base64"
)

// newID returns a session id: 120 random bits, safe in URLs, 20 characters as
// those of the reference server.
func newID() string {
	var b [15]byte
	rand.Read(b[:]) // never fails: see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}
