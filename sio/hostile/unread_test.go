package hostile_test

import (
	"strings"
	"testing"

	"tickwire/sio"
)

// What waits for a client that does not take it is bounded by what it costs,
// not by its bytes on the wire: small messages weigh less than they cost.
func TestTinyMessagesThatNobodyReads(t *testing.T) {
	const clients = 2
	tg := start(t, sio.Options{})
	body := strings.Repeat("420[\"echo\"]\x1e", 65_000)
	body = body[:len(body)-1]
	tg.attack(4*clients, func() {
		for range clients {
			q := tg.joinPolling()
			tg.request("POST", q, body)
			tg.request("POST", q, body)
		}
	})
}
