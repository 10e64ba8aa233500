package main

import (
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
	"time"

	"tickwire/sio"

	"golang.org/x/sys/unix"
)

const (
	maxBurst = 1_000_000
	maxBlob  = 64 << 20
)

func (c *client) load() {
	c.On("burst", func(e *sio.Event) {
		var n, size int
		e.Decode(&n, &size)
		text := strings.Repeat("x", clamp(size, maxBlob))
		for i := range clamp(n, maxBurst) {
			if c.Emit("burst-item", i, text) != nil {
				return
			}
		}
		e.Ack("done")
	})
	c.On("volatile-burst", func(e *sio.Event) {
		var n int
		e.Decode(&n)
		for i := range clamp(n, maxBurst) {
			c.Volatile().Emit("v", i)
		}
		c.Emit("v-end", n)
		e.Ack("done")
	})
	c.On("blob", func(e *sio.Event) {
		var size int
		var kind string
		e.Decode(&size, &kind)
		e.Ack(blob(clamp(size, maxBlob), kind))
	})
	c.On("say", func(e *sio.Event) {
		if c.room != "" {
			c.Namespace().To(c.room).Emit("say", e.Args().Spread()...)
		}
	})
	c.On("start-tick", func(e *sio.Event) {
		var o tickOptions
		if err := e.Decode(&o); err == nil {
			c.app.ticker.start(c.Namespace(), o)
		}
		e.Ack()
	})
	c.On("stop-tick", func(e *sio.Event) {
		c.app.ticker.stop()
		e.Ack()
	})
}

func clamp(n, limit int) int { return min(max(n, 0), limit) }

func blob(size int, kind string) any {
	if kind == "binary" {
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(i % 251)
		}
		return b
	}
	const letters = "abcdefghijklmnopqrstuvwxyz"
	return strings.Repeat(letters, size/len(letters)+1)[:size]
}

type tickOptions struct {
	Prefix string  `json:"prefix"`
	Rooms  int     `json:"rooms"`
	Hz     float64 `json:"hz"`
	Bytes  int     `json:"bytes"`
	Kind   string  `json:"kind"`
}

// ticker broadcasts at fixed times, like a game would.
type ticker struct {
	mu   sync.Mutex // guards the following
	done chan struct{}
}

func (t *ticker) start(ns *sio.Namespace, o tickOptions) {
	t.stop()
	if o.Hz <= 0 || o.Hz > 1000 {
		return
	}
	o.Rooms, o.Bytes = clamp(o.Rooms, 1<<20), clamp(o.Bytes, maxBlob)
	done := make(chan struct{})
	t.mu.Lock()
	t.done = done
	t.mu.Unlock()
	go tick(ns, o, done) // ends with stop
}

func (t *ticker) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done != nil {
		close(t.done)
		t.done = nil
	}
}

// tick emits on absolute deadlines: being late once does not shift the rest.
func tick(ns *sio.Namespace, o tickOptions, done <-chan struct{}) {
	rooms := make([]sio.Broadcast, o.Rooms)
	for i := range rooms {
		rooms[i] = ns.To(o.Prefix + strconv.Itoa(i))
	}
	step := int64(float64(time.Second) / o.Hz)
	deadline := monotonic() + step
	timer := time.NewTimer(time.Duration(step))
	defer timer.Stop()
	for seq := uint32(0); ; seq++ {
		select {
		case <-done:
			return
		case <-timer.C:
		}
		for i, b := range rooms {
			b.Emit("state", state(o, deadline, seq, uint32(i))...)
		}
		deadline += step
		timer.Reset(time.Duration(deadline - monotonic()))
	}
}

func state(o tickOptions, deadline int64, seq, room uint32) []any {
	if o.Kind == "text" {
		const rest = 60 // bytes of the other values, about
		return []any{monotonic(), deadline, seq, strings.Repeat("x", max(0, o.Bytes-rest))}
	}
	b := make([]byte, max(o.Bytes, 24))
	binary.LittleEndian.PutUint64(b, uint64(monotonic()))
	binary.LittleEndian.PutUint64(b[8:], uint64(deadline))
	binary.LittleEndian.PutUint32(b[16:], seq)
	binary.LittleEndian.PutUint32(b[20:], room)
	return []any{b}
}

// monotonic reads the clock that load generators on this machine compare with.
func monotonic() int64 {
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return ts.Nano()
}
