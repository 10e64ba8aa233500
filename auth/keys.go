package auth

import (
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/golang-jwt/jwt/v5"
)

// key verifies the tokens of one algorithm.
type key struct {
	id    string // "kid"; "" where it has none
	alg   string
	value jwt.VerificationKey
}

type keySet struct{ list []key }

var errNoKey = errors.New("no key for this token")

// find returns the keys that may have signed a token: those of its algorithm,
// and of its key id if it names one. A key without an id may be anybody's.
func (s *keySet) find(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	var found jwt.VerificationKeySet
	for _, k := range s.list {
		if k.alg == token.Method.Alg() && (id == "" || k.id == "" || k.id == id) {
			found.Keys = append(found.Keys, k.value)
		}
	}
	if len(found.Keys) == 0 {
		return nil, errNoKey
	}
	return found, nil
}

// jwk is a member of a JSON Web Key Set. Source: RFC 7517, 4; RFC 7518, 6.3;
// RFC 8037, 2.
type jwk struct {
	Type  string `json:"kty"`
	ID    string `json:"kid"`
	Use   string `json:"use"`
	Alg   string `json:"alg"`
	Curve string `json:"crv"`
	X     string `json:"x"` // Ed25519: the public key
	N     string `json:"n"` // RSA: modulus
	E     string `json:"e"` // RSA: public exponent
	D     string `json:"d"` // the private half, which has no business here
}

// addJWKS adds the keys of a set that sign. Keys of types that we do not know
// are passed over, as RFC 7517, 5 wants; a set without a usable one is an error.
func (s *keySet) addJWKS(text []byte) error {
	var set struct {
		Keys []jwk `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return fmt.Errorf("no JSON Web Key Set: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return fmt.Errorf("%d keys, at most %d", len(set.Keys), maxKeys)
	}
	before := len(s.list)
	for i, j := range set.Keys {
		k, err := j.key()
		if err != nil {
			return fmt.Errorf("key %d (%q): %w", i, j.ID, err)
		}
		if k.value != nil {
			s.list = append(s.list, k)
		}
	}
	if len(s.list) == before {
		return errors.New("no key for EdDSA (Ed25519) or RS256 in it")
	}
	return nil
}

// key reads a public key; its value is nil if it is not for signatures that we take.
func (j *jwk) key() (k key, err error) {
	if j.D != "" {
		return k, errors.New("a private key: only the public half belongs here")
	}
	k.id = j.ID
	switch {
	case j.Use != "" && j.Use != "sig":
	case j.Type == "OKP" && j.Curve == "Ed25519" && (j.Alg == "" || j.Alg == "EdDSA" || j.Alg == "Ed25519"):
		k.alg = "EdDSA"
		k.value, err = j.ed25519()
	case j.Type == "RSA" && (j.Alg == "" || j.Alg == "RS256"):
		k.alg = "RS256"
		k.value, err = j.rsa()
	}
	return k, err
}

func (j *jwk) ed25519() (jwt.VerificationKey, error) {
	x, err := base64.RawURLEncoding.DecodeString(j.X)
	if err != nil || len(x) != ed25519.PublicKeySize {
		return nil, errors.New("x is no Ed25519 key in base64url")
	}
	return ed25519.PublicKey(x), nil
}

func (j *jwk) rsa() (jwt.VerificationKey, error) {
	n, errN := base64.RawURLEncoding.DecodeString(j.N)
	e, errE := base64.RawURLEncoding.DecodeString(j.E)
	if errN != nil || errE != nil || len(e) == 0 || len(e) > 4 {
		return nil, errors.New("n and e are no RSA key in base64url")
	}
	exponent := new(big.Int).SetBytes(e).Int64()
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent)}
	switch bits := public.N.BitLen(); {
	case bits < 2048 || bits > 8192:
		return nil, fmt.Errorf("an RSA key of %d bits, not 2048 to 8192", bits)
	case exponent < 3 || exponent%2 == 0 || exponent > 1<<31-1:
		return nil, fmt.Errorf("an RSA exponent of %d", exponent)
	}
	return public, nil
}
