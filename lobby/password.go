package lobby

import (
	"crypto/pbkdf2"
	crand "crypto/rand"
	"crypto/sha256"
	"crypto/subtle"

	"golang.org/x/time/rate"
)

// password keeps a lobby's password so that neither a log nor a dump of the
// memory shows it, and bounds how often one can guess.
type password struct {
	salt, hash []byte
	guesses    *rate.Limiter
}

const (
	maxPassword = 64 // characters
	// Few rounds: the hash never leaves the process, and whoever guesses online
	// pays the limiter, not us. 0.2 ms.
	passwordRounds = 1000
)

// newPassword returns nil for the empty password: everybody may in.
func newPassword(text string) *password {
	if text == "" {
		return nil
	}
	p := &password{salt: make([]byte, 16), guesses: rate.NewLimiter(5, 20)}
	_, _ = crand.Read(p.salt) // never fails
	p.hash = p.sum(text)
	return p
}

func (p *password) sum(text string) []byte {
	hash, err := pbkdf2.Key(sha256.New, text, p.salt, passwordRounds, sha256.Size)
	if err != nil {
		panic(err) // only for lengths that FIPS forbids
	}
	return hash
}

// check may be called by any goroutine; it takes a while, so hold no lock.
func (p *password) check(text string) error {
	switch {
	case p == nil:
		return nil
	case text == "":
		return refuse(BadPassword, "the lobby has a password")
	case !p.guesses.Allow():
		return refuse(RateLimited, "too many passwords were tried; wait a moment")
	case subtle.ConstantTimeCompare(p.sum(limit(text, maxPassword)), p.hash) != 1:
		return refuse(BadPassword, "the lobby has another password")
	}
	return nil
}
