//go:build linux

package main

import (
	"runtime"
	"sync"
	"sync/atomic"

	"tickwire/sio"
)

// fan brings a frame to a wide room as matches do, by the scheme of package
// lobby: goroutines that live for one send take sixteen members at a time, each
// with a Stamped and a Batch of its own.
type fan struct {
	sockets []*sio.Socket
	frame   []byte
	next    atomic.Int64 // the first member that nobody has taken
	parts   []*fanPart
	wg      sync.WaitGroup
}

type fanPart struct {
	fan     *fan
	stamped sio.Stamped
	batch   sio.Batch
	run     func() // goroutine; a go statement with it allocates nothing
}

// These are those of package lobby.
const (
	fanFrom  = 256
	fanParts = 8
	fanChunk = 16
)

// wide tells whether a match would send to so many members on several
// processors.
func wide(members int) bool { return members >= fanFrom && runtime.GOMAXPROCS(0) > 1 }

func newFan(sockets []*sio.Socket) *fan {
	f := &fan{sockets: sockets}
	for range min(runtime.GOMAXPROCS(0), fanParts) {
		p := &fanPart{fan: f}
		p.run = p.goroutine
		f.parts = append(f.parts, p)
	}
	return f
}

func (f *fan) send(frame []byte) {
	f.frame = frame
	f.next.Store(0)
	for _, p := range f.parts[1:] {
		f.wg.Add(1)
		go p.run() // ends with this send
	}
	f.parts[0].work()
	f.wg.Wait()
}

func (p *fanPart) goroutine() {
	defer p.fan.wg.Done()
	p.work()
}

func (p *fanPart) work() {
	p.stamped.Reset("s", p.fan.frame)
	defer p.batch.Flush()
	all := p.fan.sockets
	for {
		end := int(p.fan.next.Add(fanChunk))
		if end-fanChunk >= len(all) {
			return
		}
		for i := end - fanChunk; i < min(end, len(all)); i++ {
			if all[i].Backlog() == 0 {
				_ = p.batch.SendStamped(all[i], &p.stamped, uint32(i)) // who is gone is missing in what is delivered
			}
		}
	}
}
