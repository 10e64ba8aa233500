package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"tickwire/clients/go"
)

// player is somebody who comes to the server again and again. One goroutine
// owns it; pushes come on the reader of the connection, by channels.
type player struct {
	*crowd
	name    string
	account string
	rand    *rand.Rand

	// Of the present connection.
	game   *client.Game
	link   *link
	online bool // Connect succeeded

	// Pushes that matter; the newest that fit are kept.
	closed, over chan string
	ended        chan struct{}
	matched      chan client.Matched
	follow       chan client.Follow
}

// crowd is what players share.
type crowd struct {
	house *house
	tally *tally
	calm  int // inputs for each panic

	codes   chan string // of lobbies that others may join
	invites chan string // of parties
}

// link is the network connection below, to be cut.
type link struct {
	mu   sync.Mutex // guards the following
	conn net.Conn
}

func (l *link) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = c
	return c, err
}

// cut breaks the connection without a word.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

func (c *crowd) player(i int, seed uint64) *player {
	p := &player{crowd: c, name: fmt.Sprint("p", i), rand: rand.New(rand.NewPCG(seed, uint64(i)))}
	if i%3 == 0 {
		p.account = p.name
	}
	return p
}

// live comes to the server until ctx ends.
func (p *player) live(ctx context.Context) {
	p.pause(ctx, 3*time.Second) // not all at once
	for ctx.Err() == nil {
		if !p.connect(ctx) {
			continue
		}
		for range 1 + p.rand.IntN(3) {
			if ctx.Err() != nil || p.broken() {
				break
			}
			p.something(ctx)
		}
		p.disconnect()
		p.pause(ctx, 2*time.Second)
	}
}

func (p *player) connect(ctx context.Context) bool {
	p.link = &link{}
	auth := map[string]any{"address": p.name}
	if p.account != "" {
		auth["account"] = p.account
	}
	o := client.Options{URL: p.house.url, Dial: p.link.dial, Auth: auth}
	if p.rand.IntN(2) == 0 {
		o.Parser = client.JSON
	}
	g := client.NewGame(client.New(o))
	g.Headless = true
	p.game = g
	p.closed, p.over, p.ended = make(chan string, 8), make(chan string, 8), make(chan struct{}, 8)
	p.matched, p.follow = make(chan client.Matched, 8), make(chan client.Follow, 8)
	closed, over, ended, matched, follow := p.closed, p.over, p.ended, p.matched, p.follow
	g.OnClosed = func(c client.Closed) { p.tally.pushed("lobby:closed " + c.Code); put(closed, c.Code) }
	g.OnEnd = func(string, client.Raw) { put(ended, struct{}{}) }
	g.OnMatched = func(m client.Matched) { put(matched, m) }
	g.OnQueueClosed = func(c client.QueueClosed) { p.tally.pushed("queue:closed " + c.Code); put(over, c.Code) }
	g.OnFollow = func(f client.Follow) { put(follow, f) }
	err := g.Conn().Connect(ctx)
	p.online = err == nil
	if err != nil && ctx.Err() == nil {
		p.tally.wrong("connect: %v", err)
	}
	return err == nil
}

// put keeps a push if there is room.
func put[T any](ch chan T, v T) {
	select {
	case ch <- v:
	default:
	}
}

// disconnect ends the connection, politely or not.
func (p *player) disconnect() {
	if !p.online {
		return
	}
	if p.rand.IntN(3) == 0 {
		p.link.cut()
	} else {
		_ = p.game.Conn().Close()
	}
	<-p.game.Conn().Done()
}

func (p *player) broken() bool {
	if !p.online {
		return true
	}
	select {
	case <-p.game.Conn().Done():
		return true
	default:
		return false
	}
}

// ask makes a request and counts its outcome; it tells whether it was granted.
func (p *player) ask(event string, do func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := do(ctx)
	refusal, refused := errors.AsType[*client.Error](err)
	switch {
	case err == nil:
		p.tally.answered(event, "ok")
	case refused:
		p.tally.answered(event, refusal.Code)
	case ctx.Err() != nil:
		p.tally.wrong("%s is not answered within %v", event, patience)
	default:
		p.tally.answered(event, "connection lost")
	}
	return err == nil
}

// patience is what an answer may take: a hanging match is given up long before.
const patience = time.Minute

// pause waits for up to d.
func (p *player) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(time.Duration(p.rand.Int64N(int64(d))))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// receive waits for a push for up to d.
func receive[T any](ctx context.Context, ch chan T, d time.Duration) (v T, ok bool) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case v = <-ch:
		return v, true
	case <-t.C:
	case <-ctx.Done():
	}
	return v, false
}
