package ops

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Key lets its bearer use the operator's side.
type Key struct {
	Name   string // who bears it, for the audit log; 1 to 32 of a-z 0-9 _ -
	Secret string // at least 16 characters
}

const (
	minSecret = 16
	maxSecret = 256
	maxKeys   = 100
)

// ParseKeys reads keys, "name:secret" each, from lines or between commas.
// Empty lines and lines that begin with # are left out. Errors name the line
// and show no secret.
func ParseKeys(r io.Reader) ([]Key, error) {
	var keys []Key
	lines := bufio.NewScanner(io.LimitReader(r, 64<<10))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "#") {
			continue
		}
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			name, secret, _ := strings.Cut(part, ":")
			k := Key{Name: strings.TrimSpace(name), Secret: strings.TrimSpace(secret)}
			if err := k.check(); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			keys = append(keys, k)
		}
	}
	if len(keys) > maxKeys {
		return nil, fmt.Errorf("%d keys: at most %d are allowed", len(keys), maxKeys)
	}
	return keys, lines.Err()
}

func (k Key) check() error {
	switch {
	case !validName(k.Name):
		return errors.New(`a key is "name:secret", its name 1 to 32 of a-z 0-9 _ -`)
	case len(k.Secret) < minSecret || len(k.Secret) > maxSecret:
		return fmt.Errorf("the secret of key %q must have %d to %d characters", k.Name, minSecret, maxSecret)
	}
	return nil
}

func validName(s string) bool {
	if len(s) == 0 || len(s) > 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// keyring finds the bearer of a key. It holds hashes alone.
type keyring struct {
	names  []string
	hashes [][sha256.Size]byte
}

func newKeyring(keys []Key) (*keyring, error) {
	ring := new(keyring)
	for _, k := range keys {
		if err := k.check(); err != nil {
			return nil, err
		}
		ring.names = append(ring.names, k.Name)
		ring.hashes = append(ring.hashes, sha256.Sum256([]byte(k.Secret)))
	}
	return ring, nil
}

func (k *keyring) empty() bool { return len(k.names) == 0 }

// bearer returns the name of a key. It takes the same time for each key and for
// none.
func (k *keyring) bearer(secret string) (name string, ok bool) {
	hash, found := sha256.Sum256([]byte(secret)), -1
	for i := range k.hashes {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash[:], k.hashes[i][:]), i, found)
	}
	if found < 0 {
		return "", false
	}
	return k.names[found], true
}
