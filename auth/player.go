package auth

import (
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

// Bounds of claims.
const (
	maxSubject = 128 // bytes
	maxName    = 64  // bytes; what is longer is cut
	maxRoles   = 16
	maxRole    = 64 // bytes
)

// Player is what a token says about its bearer.
type Player struct {
	Account string    // claim "sub", 1 to 128 bytes of visible text
	Name    string    // claim "name", at most 64 bytes; may be ""
	Roles   []string  // claim "roles", at most 16 of at most 64 bytes
	Expires time.Time // claim "exp"
}

// claims are what is read of a token.
type claims struct {
	jwt.RegisteredClaims
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

func (c *claims) player() (Player, *Error) {
	if !visible(c.Subject, maxSubject) {
		return Player{}, refuse(Claims, "the token's subject must have 1 to %d visible characters", maxSubject)
	}
	if len(c.Roles) > maxRoles {
		return Player{}, refuse(Claims, "the token has more than %d roles", maxRoles)
	}
	for _, role := range c.Roles {
		if !visible(role, maxRole) {
			return Player{}, refuse(Claims, "a role in the token is empty, too long or unreadable")
		}
	}
	return Player{Account: c.Subject, Name: cut(c.Name, maxName), Roles: c.Roles, Expires: c.ExpiresAt.Time}, nil
}

// visible reports whether s is a name that logs and people can show.
func visible(s string, limit int) bool {
	if s == "" || len(s) > limit || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsGraphic(r) {
			return false
		}
	}
	return true
}

// cut shortens s to at most limit bytes, between two characters.
func cut(s string, limit int) string {
	for len(s) > limit {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
