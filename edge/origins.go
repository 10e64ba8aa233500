package edge

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"tickwire/sio/engine"
)

var errOrigin = errors.New(`an origin is a scheme and a host, such as "https://game.example"`)

// CORS lets pages of these origins connect, and those of the server's own
// host, which is what engine.CORS adds.
func CORS(origins []string) (*engine.CORS, error) {
	cors := &engine.CORS{Origins: origins, RefuseOthers: true}
	if slices.Equal(origins, []string{"*"}) {
		return cors, nil
	}
	wild := false
	for _, origin := range origins {
		if err := checkOrigin(origin); err != nil {
			return nil, fmt.Errorf("origin %q: %w", origin, err)
		}
		wild = wild || strings.Contains(origin, "*")
	}
	if wild {
		cors.AllowOrigin = func(origin string) bool {
			return slices.ContainsFunc(origins, func(pattern string) bool { return matchOrigin(pattern, origin) })
		}
	}
	return cors, nil
}

func checkOrigin(origin string) error {
	if origin == "*" {
		return errors.New("must stand alone")
	}
	if origin == "null" {
		return errors.New("is what sandboxed pages and files of all people send: it says nothing")
	}
	u, err := url.Parse(strings.Replace(origin, "://*.", "://x.", 1))
	if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != strings.Replace(origin, "://*.", "://x.", 1) || strings.Contains(u.Host, "*") {
		return errOrigin
	}
	if origin != strings.ToLower(origin) {
		return errors.New("browsers send origins in small letters")
	}
	return nil
}

// matchOrigin compares an origin with one of the list, in which "://*." stands
// for any host below.
func matchOrigin(pattern, origin string) bool {
	scheme, host, wild := strings.Cut(pattern, "://*.")
	if !wild {
		return pattern == origin
	}
	below, ok := strings.CutPrefix(origin, scheme+"://")
	return ok && strings.HasSuffix(below, "."+host) && len(below) > len(host)+1
}
