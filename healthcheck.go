package tickwire

import (
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

// healthcheckCommand is what a container runtime asks, which has no curl.
func healthcheckCommand(in invocation) int {
	set, code := in.settings()
	if set == nil {
		return code
	}
	url, err := healthURL(in.options)
	if err != nil {
		return in.wrong(err)
	}
	if err := askHealth(url); err != nil {
		return in.failed(err)
	}
	return exitDone
}

// healthURL is where the server of these options tells how it is.
func healthURL(o Options) (string, error) {
	host, port, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return "", fmt.Errorf("addr: %w", err)
	}
	if port == "0" {
		return "", errors.New("addr: a free port is not known to anybody else")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/healthz", nil
}

func askHealth(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	// It is this machine's own server, whose certificate is for another name.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return nil
}
