//go:build !race

package engine_test

import (
	"runtime"
	"testing"

	"tickwire/sio/engine"
)

// A stack that a handler made grow does not stay with a connection that says
// no more. (Great ones the collector shrinks, but none to what it was.
// The race detector makes every frame bigger, so that even parking needs more.)
func TestIdleConnectionsKeepNoAllocatedStacks(t *testing.T) {
	const conns, deep = 200, 3 << 10
	handled := make(chan struct{})
	srv := serve(t, engine.Options{}, func(*peer, []byte, bool) {
		useStack(deep)
		handled <- struct{}{}
	})
	var clients []*client
	for range conns {
		c, _ := srv.openWS()
		clients = append(clients, c)
	}
	before := stackMemory()
	for _, c := range clients {
		c.send("4hello")
		wait(t, handled, "a message")
	}
	until(t, "lean stacks", func() bool { return stackMemory() < before+conns*(1<<10) })
}

// useStack needs n bytes of stack.
func useStack(n int) byte {
	var page [1 << 10]byte
	if n > 0 {
		page[n%len(page)] = useStack(n - len(page))
	}
	return page[n/3%len(page)]
}

// stackMemory returns the bytes of all stacks after a collection.
func stackMemory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.StackInuse
}
