package tickwire

import (
	"errors"
	"fmt"
	"net"
	"time"

	"tickwire/auth"
)

var errRateBelowPayload = errors.New("less than max-payload: a message of that size could never be sent")

// check finds what reading the settings cannot: files that are not what they
// should be, settings that do not go together.
func (s *settings) check() (problems []error) {
	note := func(name string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	o := *s.options
	_, err := net.ResolveTCPAddr("tcp", o.Addr)
	note("addr", err)
	if o.OpsAddr != opsAuto && o.OpsAddr != opsOff {
		_, err := net.ResolveTCPAddr("tcp", o.OpsAddr)
		note("ops-addr", err)
	}
	if o.TLS.RedirectAddr != "" {
		_, err := net.ResolveTCPAddr("tcp", o.TLS.RedirectAddr)
		note("tls-redirect-addr", err)
	}
	if rate := o.Socket.Engine.MaxByteRate; rate > 0 && rate < o.Socket.Engine.MaxPayload {
		note("byte-rate", errRateBelowPayload)
	}
	e, err := newEncryption(&o)
	note("encryption", err)
	if err == nil && e.files != nil && time.Now().After(e.files.Expires()) {
		note("tls-cert-file", fmt.Errorf("%s has expired on %s", o.TLS.CertFile, e.files.Expires().Format(time.DateOnly)))
	}
	if o.Tokens.Enabled() {
		_, err = auth.New(o.Tokens)
		note("players' tokens", err)
		o.Tokens, o.RefuseGuests = auth.Options{}, false // said already
	}
	o.TLS = TLS{}
	_, err = New(o)
	note("options", err)
	return problems
}
