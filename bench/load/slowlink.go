package main

import (
	"context"
	"math/rand/v2"
	"net"
	"time"
)

// slowLink is a connection that brings 32 kbit/s and stalls now and then, as a
// phone at the edge of its cell does. Its receive buffer is small, so that the
// sender's kernel soon has to keep what does not get through.
type slowLink struct {
	net.Conn
	free  time.Time // when the link has carried what was read
	stall time.Time // begin of the next stall
}

const (
	slowRate   = 32_000 / 8 // bytes per second
	slowBuffer = 4 << 10
	slowChunk  = 256
)

func dialSlow(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c.(*net.TCPConn).SetReadBuffer(slowBuffer)
	return &slowLink{Conn: c, stall: time.Now().Add(nextStall())}, nil
}

func nextStall() time.Duration { return time.Duration(2+rand.IntN(6)) * time.Second }

// Read waits until the link has carried what it gives.
func (l *slowLink) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b[:min(len(b), slowChunk)])
	now := time.Now()
	if l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(n) * time.Second / slowRate)
	if now.After(l.stall) {
		l.free = l.free.Add(time.Duration(500+rand.IntN(2500)) * time.Millisecond)
		l.stall = now.Add(nextStall())
	}
	time.Sleep(time.Until(l.free))
	return n, err
}
