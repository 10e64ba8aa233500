package auth

import "fmt"

// Reason says why a token was refused. It is a word for programs: the client
// gets it and decides whether to log in anew.
type Reason string

// The reasons.
const (
	Missing   Reason = "missing"   // no token, and guests are not allowed
	Malformed Reason = "malformed" // no JWT, too long, or claims of the wrong type
	Signature Reason = "signature" // no key of ours has signed it, or not with an algorithm that we take
	Expired   Reason = "expired"   // the player's program should get a new one
	Early     Reason = "early"     // not valid yet: one of the clocks is wrong
	Audience  Reason = "audience"  // meant for another service
	Issuer    Reason = "issuer"    // from somebody else
	Claims    Reason = "claims"    // lacks a subject or an expiry, or they cannot be used
)

// Reasons are all there are.
func Reasons() []Reason {
	return []Reason{Missing, Malformed, Signature, Expired, Early, Audience, Issuer, Claims}
}

// Error is the refusal of a token. It never holds any of it.
type Error struct {
	Reason Reason

	message string
	cause   error
}

// Error returns a sentence for the developer of the client.
func (e *Error) Error() string { return e.message }

// Unwrap returns what the JWT library said, if it did.
func (e *Error) Unwrap() error { return e.cause }

func refuse(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, message: fmt.Sprintf(format, args...)}
}
