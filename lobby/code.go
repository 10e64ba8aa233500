package lobby

import (
	crand "crypto/rand"
	"strings"
)

// Codes are read out aloud and typed on phones: no 0 O, 1 I L, U V mix-ups.
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode returns n random letters and digits that people can tell apart, from
// a source that nobody can guess.
func NewCode(n int) string {
	code := make([]byte, 0, n)
	for len(code) < n {
		var b [1]byte
		_, _ = crand.Read(b[:]) // never fails
		if i := int(b[0] & 31); i < len(codeAlphabet) {
			code = append(code, codeAlphabet[i])
		}
	}
	return string(code)
}

// ParseCode returns the code of n characters that a person meant: lower case,
// blanks and hyphens are fine.
func ParseCode(s string, n int) (code string, ok bool) {
	code = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, limit(s, 2*n+6)))
	if len(code) != n {
		return "", false
	}
	for _, c := range []byte(code) {
		if strings.IndexByte(codeAlphabet, c) < 0 {
			return "", false
		}
	}
	return code, true
}
