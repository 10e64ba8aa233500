package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// stranger is somebody who means no good, or whose phone is in a tunnel: noise,
// requests that never end, bombs, floods, and players who do not read. One
// goroutine owns it. Whatever it does, nobody else may notice.
type stranger struct {
	addr  string // host:port
	rand  *rand.Rand
	tally *tally
}

func (c *crowd) stranger(i int, seed uint64) *stranger {
	return &stranger{strings.TrimPrefix(c.house.url, "http://"), rand.New(rand.NewPCG(seed, uint64(i)+1<<32)), c.tally}
}

// live bothers the server until ctx ends.
func (s *stranger) live(ctx context.Context) {
	ways := []func(context.Context, net.Conn){s.noise, s.halfRequest, s.bombs, s.flood, s.deaf}
	for ctx.Err() == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.addr)
		if err != nil {
			if ctx.Err() == nil {
				s.tally.wrong("a stranger cannot connect: %v", err)
			}
			return
		}
		closed := context.AfterFunc(ctx, func() { _ = conn.Close() })
		ways[s.rand.IntN(len(ways))](ctx, conn)
		closed()
		_ = conn.Close()
		s.tally.strangers.Add(1)
		s.wait(ctx, 500*time.Millisecond)
	}
}

// wait waits for up to d.
func (s *stranger) wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(time.Duration(s.rand.Int64N(int64(d))))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (s *stranger) noise(_ context.Context, conn net.Conn) {
	junk := make([]byte, 1+s.rand.IntN(4096))
	for i := range junk {
		junk[i] = byte(s.rand.Uint32())
	}
	_, _ = conn.Write(junk)
}

func (s *stranger) halfRequest(ctx context.Context, conn net.Conn) {
	whole := "POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n42[\"a\""
	_, _ = io.WriteString(conn, whole[:s.rand.IntN(len(whole))])
	s.wait(ctx, 3*time.Second)
}

// open makes a websocket with a place on the default namespace.
func (s *stranger) open(conn net.Conn) bool {
	target := &url.URL{Scheme: "ws", Host: s.addr, Path: "/socket.io/", RawQuery: "EIO=4&transport=websocket"}
	_, _, err := ws.Dialer{}.Upgrade(conn, target)
	return err == nil && wsutil.WriteClientText(conn, []byte("40")) == nil
}

// bombs are what kills servers that believe what they read.
func (s *stranger) bombs(ctx context.Context, conn net.Conn) {
	if !s.open(conn) {
		return
	}
	all := [][]byte{
		{0xdd, 0xff, 0xff, 0xff, 0xff},
		{0xc6, 0xff, 0xff, 0xff, 0xff},
		bytes.Repeat([]byte{0x91}, 100_000),
		[]byte("42" + strings.Repeat("[", 50_000)),
		[]byte(`459-["x",{"_placeholder":true,"num":99}]`),
		[]byte(`42["disconnect"]`),
		[]byte("9"),
		{},
	}
	bomb := all[s.rand.IntN(len(all))]
	if s.rand.IntN(2) == 0 {
		_ = wsutil.WriteClientBinary(conn, bomb)
	} else {
		_ = wsutil.WriteClientText(conn, bomb)
	}
	s.wait(ctx, time.Second)
}

// flood asks more than anybody answers.
func (s *stranger) flood(_ context.Context, conn net.Conn) {
	if !s.open(conn) {
		return
	}
	_ = conn.SetWriteDeadline(time.Now().Add(2 * time.Second))
	for n := range 3000 {
		if wsutil.WriteClientText(conn, fmt.Appendf(nil, `42%d["lobby:list",{}]`, n)) != nil {
			return
		}
	}
}

// deaf plays and does not read.
func (s *stranger) deaf(ctx context.Context, conn net.Conn) {
	if s.open(conn) && wsutil.WriteClientText(conn, []byte(`421["lobby:quick",{"game":"drop","player":"deaf"}]`)) == nil {
		s.wait(ctx, 15*time.Second)
	}
}
