package auth

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// DefaultLeeway is what clocks may differ by unless Options say something else.
const DefaultLeeway = 30 * time.Second

// Bounds of what tokens and files may hold.
const (
	MaxToken = 8 << 10 // bytes of a token

	minSecret = 32      // bytes; RFC 7518, 3.2: as long as the hash
	maxFile   = 1 << 20 // bytes of a file with keys
	maxKeys   = 64
)

// Options say which tokens are good. At least one of Secret, SecretFile and
// KeysFile is needed.
type Options struct {
	Secret     []byte // for HS256, at least 32 bytes
	SecretFile string // holds it instead; white space around it does not count
	KeysFile   string // JSON Web Key Set with public keys for EdDSA and RS256

	Audience string        // that a token must be for; "": any, for services that share nothing
	Issuer   string        // that a token must be from; "": any
	Leeway   time.Duration // by which clocks may differ. Default 30 s; negative: none
}

// Enabled reports whether there is anything to verify tokens with.
func (o Options) Enabled() bool {
	return len(o.Secret) > 0 || o.SecretFile != "" || o.KeysFile != ""
}

// Verifier verifies tokens.
type Verifier struct {
	// Set by New, read-only after.
	opt    Options
	parser *jwt.Parser

	keys atomic.Pointer[keySet] // exchanged by Reload
}

// New reads the keys. An error names the file that is wrong.
func New(o Options) (*Verifier, error) {
	if !o.Enabled() {
		return nil, errors.New("no secret and no file of keys")
	}
	if len(o.Secret) > 0 && o.SecretFile != "" {
		return nil, errors.New("a secret and a file with one: which?")
	}
	parse := []jwt.ParserOption{
		jwt.WithValidMethods([]string{"HS256", "EdDSA", "RS256"}),
		jwt.WithLeeway(max(cmp.Or(o.Leeway, DefaultLeeway), 0)),
		jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(),
	}
	if o.Audience != "" {
		parse = append(parse, jwt.WithAudience(o.Audience))
	}
	if o.Issuer != "" {
		parse = append(parse, jwt.WithIssuer(o.Issuer))
	}
	v := &Verifier{opt: o, parser: jwt.NewParser(parse...)}
	return v, v.Reload()
}

// Reload reads the files anew. After an error the keys that were there go on
// to be used.
func (v *Verifier) Reload() error {
	keys := new(keySet)
	secret := v.opt.Secret
	if v.opt.SecretFile != "" {
		text, err := readFile(v.opt.SecretFile)
		if err != nil {
			return err
		}
		if secret = bytes.TrimSpace(text); len(secret) == 0 {
			return fmt.Errorf("%s: empty", v.opt.SecretFile)
		}
	}
	if len(secret) > 0 {
		if len(secret) < minSecret {
			return fmt.Errorf("the secret for HS256 has %d bytes, it needs %d", len(secret), minSecret)
		}
		keys.list = append(keys.list, key{alg: "HS256", value: secret})
	}
	if v.opt.KeysFile != "" {
		text, err := readFile(v.opt.KeysFile)
		if err != nil {
			return err
		}
		if err := keys.addJWKS(text); err != nil {
			return fmt.Errorf("%s: %w", v.opt.KeysFile, err)
		}
	}
	v.keys.Store(keys)
	return nil
}

// Verify returns what a good token says about the player.
func (v *Verifier) Verify(token []byte) (Player, *Error) {
	switch {
	case len(token) == 0:
		return Player{}, refuse(Missing, "a token is needed: put it into the auth object of the connection, as \"token\"")
	case len(token) > MaxToken:
		return Player{}, refuse(Malformed, "the token is longer than %d bytes", MaxToken)
	}
	var c claims
	if _, err := v.parser.ParseWithClaims(string(token), &c, v.keys.Load().find); err != nil {
		return Player{}, explain(err)
	}
	return c.player()
}

// explain puts the library's error into our words. The library reports all that
// is wrong with the claims; the client hears the first of them.
func explain(err error) *Error {
	var e *Error
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		e = refuse(Malformed, "the token is no JSON Web Token of the form that we take")
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenUnverifiable):
		e = refuse(Signature, "no key of this server has signed the token")
	case errors.Is(err, jwt.ErrTokenExpired):
		e = refuse(Expired, "the token has expired: get a new one")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		e = refuse(Early, "the token is not valid yet: check the clocks")
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		e = refuse(Audience, "the token is meant for another service")
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		e = refuse(Issuer, "the token comes from another issuer")
	default:
		e = refuse(Claims, "the token lacks a claim, or one cannot be used")
	}
	e.cause = err
	return e
}

// readFile reads a file of keys, which is small.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: more than %d bytes", path, maxFile)
	}
	return text, err
}
