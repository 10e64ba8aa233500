package main_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tickwire/clients/go"
)

// TestRollingRestart replaces two servers behind a reverse proxy, one after the
// other, while people play. No match fails: whoever loses a match was told
// before, and plays on at another server.
func TestRollingRestart(t *testing.T) {
	const players = 10
	flags := []string{"--bots=0", "--drain-timeout=2s", "--drain-spread=500ms"}
	proxy := newBalancer(t)
	old := [2]*process{start(t, flags...), start(t, flags...)}
	for _, p := range old {
		proxy.add(p)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var crowd sync.WaitGroup
	people := make([]*person, players)
	for i := range people {
		people[i] = &person{t: t, url: proxy.URL, game: []string{"arena", "duel"}[i%2]}
		crowd.Go(func() { people[i].play(ctx) })
	}
	everybodyPlays := func(when string) {
		t.Helper()
		for _, p := range people {
			if p.game == "duel" {
				continue // an odd one has nobody to play with
			}
			seen := p.frames.Load()
			until(t, when, func() bool { return p.frames.Load() >= seen+10 })
		}
	}
	everybodyPlays("everybody's first match in the arena")
	for _, p := range old {
		proxy.add(start(t, flags...))
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		<-p.read
		if err := p.cmd.Wait(); err != nil {
			t.Errorf("exit: %v", err)
		}
		everybodyPlays("everybody's arena after a restart")
	}
	cancel()
	crowd.Wait()
	moves := int64(0)
	for i, p := range people {
		moves += p.moves
		if len(p.failures) > 0 {
			t.Errorf("player %d of %s: %s", i, p.game, strings.Join(p.failures, ", "))
		}
	}
	if moves < players {
		t.Errorf("%d players came to another server; each had to, once or twice", moves)
	}
}

// balancer sends new connections to the servers that are ready, in turn.
type balancer struct {
	*httptest.Server
	turn atomic.Int64

	mu      sync.Mutex // guards the following
	servers []*process
}

func newBalancer(t *testing.T) *balancer {
	b := &balancer{}
	b.Server = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			if to := b.pick(); to != nil {
				r.SetURL(to)
			}
			r.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
	})
	t.Cleanup(b.Close)
	return b
}

func (b *balancer) add(p *process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.servers = append(b.servers, p)
}

// pick asks the operators' listeners, as a load balancer does all the time.
func (b *balancer) pick() *url.URL {
	b.mu.Lock()
	defer b.mu.Unlock()
	turn := int(b.turn.Add(1))
	for i := range b.servers {
		p := b.servers[(turn+i)%len(b.servers)]
		answer, err := http.Get(p.ops + "/readyz")
		if err != nil {
			continue // it is gone
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			to, _ := url.Parse(p.url)
			return to
		}
	}
	return nil
}

// person plays one game again and again, at whichever server there is.
type person struct {
	t         *testing.T
	url, game string

	frames atomic.Int64

	// Owned by play, and by the reader of its connection while it has one.
	failures []string
	moves    int64 // to another server
	drained  bool  // told that this server goes down
	matches  int   // that run: 0 or 1
}

func (p *person) play(ctx context.Context) {
	for ctx.Err() == nil {
		p.drained, p.matches = false, 0
		if err := p.visit(ctx); err != nil && ctx.Err() == nil {
			p.failures = append(p.failures, err.Error())
			return
		}
		p.moves++
	}
	p.moves-- // the last one was the end of the test
}

// visit plays at one server until it closes the connection or ctx ends.
func (p *person) visit(ctx context.Context) error {
	c := client.NewGame(client.New(client.Options{URL: p.url}))
	c.OnFrame = func(*client.Frame) { p.frames.Add(1) }
	c.OnDrain = func(time.Duration) { p.drained = true }
	c.OnStart = func(*client.Start) { p.matches = 1 }
	c.OnEnd = func(reason string, _ client.Raw) {
		p.matches = 0
		if reason != "finished" && !p.drained {
			p.failures = append(p.failures, "the match ended without a warning: "+reason)
		}
	}
	if err := c.Conn().Connect(ctx); err != nil {
		return err
	}
	defer func() { c.Conn().Close(); <-c.Conn().Done() }() // the reader writes to p
	if _, err := c.Quick(ctx, client.Request{Game: p.game}); err != nil {
		return p.unlessDraining(err)
	}
	if p.game == "duel" {
		if err := c.Ready(ctx, true); err != nil {
			return p.unlessDraining(err)
		}
	}
	select {
	case <-c.Conn().Done():
	case <-ctx.Done():
		return nil
	}
	if !p.drained || p.matches > 0 {
		return errors.New("the connection ended without a warning, or in a match")
	}
	return nil
}

// unlessDraining forgives what a server refuses that goes down: the next visit
// is to another.
func (p *person) unlessDraining(err error) error {
	var refused *client.Error
	if errors.As(err, &refused) && (refused.Code == "DRAINING" || refused.Code == "NOT_IN_LOBBY") {
		return nil
	}
	return err
}
