package gateway

import (
	"bytes"
	"encoding/binary"
	"sync"
	"testing"

	"tickwire/lobby"
)

// TestStateFromSeveralGoroutines sends as a big room does: each goroutine has a
// Frame of its own over the same bytes, and members of its own, for which an
// event that all share is held.
func TestStateFromSeveralGoroutines(t *testing.T) {
	const ticks, parts = 20, 4
	w := wire(t, 16, 16)
	payload := bytes.Repeat([]byte{7}, 250)
	var frames [parts]lobby.Frame
	for tick := range uint32(ticks) {
		ev := &lobby.Event{Name: lobby.EventMatch, Args: []any{"hit", 3}}
		for _, p := range w.players {
			if err := p.Event(ev); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for part := range parts {
			wg.Go(func() {
				frames[part].Bytes = payload
				frames[part].Version++
				for i := part; i < len(w.players); i += parts {
					if err := w.players[i].State(&frames[part], tick<<8|uint32(i)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
	for i, peer := range w.peers[:16] { // of MessagePack: the stamp is at the end
		for tick := range uint32(ticks) {
			peer.read() // the event
			packet := peer.read()
			if got := binary.BigEndian.Uint32(packet[len(packet)-4:]); got != tick<<8|uint32(i) {
				t.Fatalf("member %d, tick %d: acknowledgement %x", i, tick, got)
			}
		}
	}
}
