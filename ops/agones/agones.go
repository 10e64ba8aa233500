// Package agones reports a game server to Agones, which runs game servers on
// Kubernetes: over the HTTP interface of the sidecar that Agones puts beside
// every server. No SDK is needed for that.
//
// A [Reporter] says Ready once, Health for as long as the server is healthy,
// Allocate while it has rooms and Ready again when the last one has closed, so
// that a fleet is never scaled down under a match; it keeps the counter "rooms"
// and says Shutdown at the end.
//
// Source: Agones documentation, "REST Game Server Client API".
package agones

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/rs/zerolog"
)

// Reporter reports one server. Its fields are set before Run.
type Reporter struct {
	// URL of the sidecar. Default http://localhost:PORT, with the PORT of the
	// environment's AGONES_SDK_HTTP_PORT or 9358.
	URL string
	// Every is the time between two reports of health. Default 2 s; the fleet's
	// health.periodSeconds must be longer.
	Every time.Duration
	// Healthy tells what is wrong with the server, nil for nothing: no health is
	// reported then, and Agones replaces the server after some periods. It must
	// not block.
	Healthy func() error
	// Rooms returns how many rooms there are and how many there may be.
	Rooms func() (count, limit int)
	// Log hears of a sidecar that does not answer, once until it does again.
	Log zerolog.Logger

	client http.Client

	// What the sidecar knows.
	allocated    bool
	count, limit int
	failing      bool
}

const (
	answerTimeout = 2 * time.Second // of the sidecar, which is on the same machine
	retryEvery    = 500 * time.Millisecond
)

// Enabled tells whether Agones runs this process.
func Enabled() bool { return os.Getenv("AGONES_SDK_HTTP_PORT") != "" }

// Run reports until ctx ends, and then that the server shuts down. A sidecar
// that is not there, or no more, is tried again for as long.
func (r *Reporter) Run(ctx context.Context) {
	r.URL = cmp.Or(r.URL, "http://localhost:"+cmp.Or(os.Getenv("AGONES_SDK_HTTP_PORT"), "9358"))
	r.Every = cmp.Or(r.Every, 2*time.Second)
	defer r.client.CloseIdleConnections()
	if r.ready(ctx) {
		r.beat(ctx)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
	defer cancel()
	r.tell(last, http.MethodPost, "/shutdown", struct{}{})
}

// ready says Ready until it is heard: the sidecar may start after the server.
func (r *Reporter) ready(ctx context.Context) bool {
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	for !r.tell(ctx, http.MethodPost, "/ready", struct{}{}) {
		select {
		case <-retry.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (r *Reporter) beat(ctx context.Context) {
	ticks := time.NewTicker(r.Every)
	defer ticks.Stop()
	for {
		r.report(ctx)
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}

// report tells what is, as far as the sidecar does not know it.
func (r *Reporter) report(ctx context.Context) {
	if err := r.Healthy(); err != nil {
		r.Log.Warn().Err(err).Msg("not healthy: nothing is reported to Agones")
		return
	}
	r.tell(ctx, http.MethodPost, "/health", struct{}{})
	count, limit := r.Rooms()
	if occupied := count > 0; occupied != r.allocated {
		path := "/ready"
		if occupied {
			path = "/allocate"
		}
		if r.tell(ctx, http.MethodPost, path, struct{}{}) {
			r.allocated = occupied
		}
	}
	if count != r.count || limit != r.limit {
		if r.tell(ctx, http.MethodPatch, "/v1beta1/counters/rooms", counter{count, limit}) {
			r.count, r.limit = count, limit
		}
	}
}

type counter struct {
	Count    int `json:"count"`
	Capacity int `json:"capacity"`
}

// tell makes one request and tells whether it was granted.
func (r *Reporter) tell(ctx context.Context, method, path string, body any) bool {
	err := r.request(ctx, method, path, body)
	if failing := err != nil; failing != r.failing && ctx.Err() == nil {
		r.failing = failing
		if failing {
			r.Log.Warn().Err(err).Str("request", method+" "+path).Msg("the Agones sidecar does not answer; trying on")
		} else {
			r.Log.Info().Msg("the Agones sidecar answers")
		}
	}
	return err == nil
}

func (r *Reporter) request(ctx context.Context, method, path string, body any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4096) // so that the connection is used again
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	return nil
}
