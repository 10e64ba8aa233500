// Package auth verifies the tokens that players bring: JSON Web Tokens, signed
// by the studio's account service with HS256 and a shared secret, or with
// EdDSA (Ed25519) or RS256 and a key whose public half lies in a JSON Web Key
// Set.
//
// A [Verifier] may be used by any goroutine; [Verifier.Reload] exchanges the
// keys while others verify. A token costs what its signature costs and is at
// most [MaxToken] bytes long. What a token says about an algorithm only chooses
// among the keys that were made for that algorithm, so a public key is never
// taken for a secret.
//
// Sources: RFC 7519 (JWT), RFC 7517 (JWK), RFC 8037 (Ed25519), RFC 8725 (best
// practices).
package auth
