package tickwire

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/crypto/acme"

	"tickwire/edge"
)

// TLS says how players' connections are encrypted: by a certificate in files, or
// by one that is got by ACME. The zero value is without encryption, for servers
// behind a proxy that does it.
type TLS struct {
	// CertFile and KeyFile are in PEM, the certificate with its chain. When they
	// change they are read anew, within ten seconds or by Server.Reload.
	CertFile, KeyFile string

	// ACME gets the certificates of its Hosts.
	ACME edge.ACME

	// RedirectAddr is a host:port, such as ":80", that sends browsers to https
	// and proves hosts to the ACME authority. Default: none.
	RedirectAddr string

	// HSTS is how long browsers shall not try without encryption once they were
	// here. Default: they are not told.
	HSTS time.Duration
}

// Enabled reports whether connections are encrypted.
func (t TLS) Enabled() bool { return t.CertFile != "" || t.KeyFile != "" || len(t.ACME.Hosts) > 0 }

var (
	errTwoCertificates = errors.New("certificate files and ACME (--tls-cert-file, --acme-hosts): which?")
	errHalfCertificate = errors.New("a certificate needs a file and a file with its key (--tls-cert-file, --tls-key-file)")
	errNothingToTell   = errors.New("a redirect to https needs a certificate, by files or ACME")
)

// encryption is TLS at work. Its zero value is none.
type encryption struct {
	config   *tls.Config                              // nil: none
	files    *edge.Files                              // nil: not by files
	redirect func(fallback http.Handler) http.Handler // what answers at RedirectAddr
	name     string                                   // that the certificate is for; "" if not known
}

func newEncryption(o *Options) (e encryption, err error) {
	t := o.TLS
	switch {
	case !t.Enabled() && t.RedirectAddr != "":
		return e, errNothingToTell
	case !t.Enabled():
		return e, nil
	case t.CertFile+t.KeyFile != "" && len(t.ACME.Hosts) > 0:
		return e, errTwoCertificates
	case len(t.ACME.Hosts) > 0:
		err = e.byACME(t.ACME)
	case t.CertFile == "" || t.KeyFile == "":
		return e, errHalfCertificate
	default:
		err = e.byFiles(t, o)
	}
	return e, err
}

func (e *encryption) byFiles(t TLS, o *Options) (err error) {
	if e.files, err = edge.LoadFiles(t.CertFile, t.KeyFile, o.Log); err != nil {
		return err
	}
	e.files.WarnIfExpired()
	if names := e.files.Names(); len(names) > 0 {
		e.name = names[0]
	}
	// HTTP/1.1 alone: a websocket needs a connection of its own there, and
	// HTTP/2 would add its streams to all that can be flooded.
	e.config = &tls.Config{GetCertificate: e.files.Certificate, NextProtos: []string{"http/1.1"}}
	e.redirect = func(h http.Handler) http.Handler { return h }
	return nil
}

func (e *encryption) byACME(a edge.ACME) error {
	manager, err := a.Manager()
	if err != nil {
		return fmt.Errorf("ACME: %w", err)
	}
	e.name = a.Hosts[0]
	e.config = &tls.Config{GetCertificate: manager.GetCertificate, NextProtos: []string{"http/1.1", acme.ALPNProto}}
	e.redirect = manager.HTTPHandler
	return nil
}

// around encrypts what a listener accepts.
func (e encryption) around(l net.Listener) net.Listener {
	if e.config == nil {
		return l
	}
	return tls.NewListener(l, e.config)
}

// strict tells browsers to stay with https.
func (t TLS) strict(next http.Handler) http.Handler {
	if !t.Enabled() || t.HSTS <= 0 {
		return next
	}
	value := "max-age=" + strconv.Itoa(int(t.HSTS.Seconds()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", value)
		next.ServeHTTP(w, r)
	})
}

// own is how a client in this process connects to its own server: the
// certificate is for another name than this machine's.
func (e encryption) own() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, ServerName: e.name, NextProtos: []string{"http/1.1"}}
}

// scheme of the server's address.
func (e encryption) scheme() string {
	if e.config == nil {
		return "http"
	}
	return "https"
}
