package edge

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// ACME gets certificates by itself, from Let's Encrypt or another authority that
// speaks ACME (RFC 8555): when the first player asks for a host, and again
// before they expire. The authority must reach this server at port 443 of the
// host, or at port 80, where a [Redirect] answers.
type ACME struct {
	Hosts     []string // that certificates are got for; no others
	Cache     string   // folder that keeps keys and certificates over restarts
	Email     string   // that the authority may write to; may be empty
	Directory string   // of the authority. Default: Let's Encrypt
}

// Manager makes what gets the certificates. Using it means to accept the
// authority's terms.
func (a ACME) Manager() (*autocert.Manager, error) {
	if a.Cache == "" {
		return nil, errors.New("ACME needs a folder that keeps certificates: authorities give only a few a week")
	}
	for _, host := range a.Hosts {
		if !strings.Contains(host, ".") || strings.ContainsAny(host, "/:*@ ") {
			return nil, fmt.Errorf("%q is no host such as game.example", host)
		}
	}
	if u, err := url.Parse(a.Directory); a.Directory != "" && (err != nil || u.Host == "") {
		return nil, fmt.Errorf("%q is no URL of an ACME directory", a.Directory)
	}
	if err := os.MkdirAll(a.Cache, 0o700); err != nil {
		return nil, err
	}
	m := &autocert.Manager{
		Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(a.Hosts...),
		Cache: autocert.DirCache(a.Cache), Email: a.Email,
	}
	if a.Directory != "" {
		m.Client = &acme.Client{DirectoryURL: a.Directory}
	}
	return m, nil
}
