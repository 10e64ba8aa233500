package tickwire

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthTimeout is what a server that is well may need on a busy machine.
const healthTimeout = 5 * time.Second

// healthcheckCommand is what a container runtime asks, which has no curl. Well
// is a server whose matches wake up in time, if its operator's listener can be
// asked, and that answers players, be it while draining.
func healthcheckCommand(in invocation) int {
	set, code := in.settings()
	if set == nil {
		return code
	}
	game, operator, err := healthURLs(in.options)
	if err != nil {
		return in.wrong(err)
	}
	name := "" // that an ACME certificate is for
	if hosts := in.options.TLS.ACME.Hosts; len(hosts) > 0 {
		name = hosts[0]
	}
	if operator != "" {
		if status, err := askHealth(operator, name); err != nil || status != http.StatusOK {
			return in.failed(cmp.Or(err, fmt.Errorf("%s: %s", operator, http.StatusText(status))))
		}
	}
	status, err := askHealth(game, name)
	if err == nil && status != http.StatusOK && (operator == "" || status != http.StatusServiceUnavailable) {
		err = fmt.Errorf("%s: %s", game, http.StatusText(status))
	}
	if err != nil {
		return in.failed(err)
	}
	return exitDone
}

// healthURLs are where the server of these options tells how it is; operator is
// "" if it has no such listener.
func healthURLs(o Options) (game, operator string, err error) {
	scheme := "http"
	if o.TLS.Enabled() {
		scheme = "https"
	}
	tcp, err := net.ResolveTCPAddr("tcp", o.Addr)
	if err != nil {
		return "", "", fmt.Errorf("addr: %w", err)
	}
	if tcp.Port == 0 {
		return "", "", errors.New("addr: a free port is not known to anybody else")
	}
	addr, err := opsAddr(o.OpsAddr, o.Addr, tcp)
	if err == nil && addr != "" {
		operator, err = healthURL("http", addr, "/livez")
	}
	if err != nil {
		return "", "", fmt.Errorf("ops-addr: %w", err)
	}
	game, err = healthURL(scheme, o.Addr, "/healthz")
	return game, operator, err
}

func healthURL(scheme, addr, path string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + path, err
}

func askHealth(url, name string) (status int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	// It is this machine's own server, whose certificate is for another name.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: name}}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}
