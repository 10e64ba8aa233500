package main

import (
	"testing"
	"time"

	"tickwire/codec/socketio"
)

// stateMessage is what the server sends: a websocket frame with a state frame of
// the M-form.
func stateMessage(t *testing.T, tick, base, ack byte) []byte {
	t.Helper()
	data, err := socketio.AppendEvent(nil, "s", []byte{0x94, 1, tick, base, 0x90})
	if err != nil {
		t.Fatal(err)
	}
	data[0]++ // the acknowledgement is one argument more
	data = append(data, 0xce, 0, 0, 0, ack)
	packet := socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Event, Namespace: "/", Data: data})
	return append([]byte{0x82, byte(len(packet))}, packet...)
}

func newLeanClient() *leanClient {
	r := &run{healthy: newMeter(), slow: newMeter(), began: time.Now()}
	p := newPlayer(r, 0, false)
	p.schedule, p.form, p.every, p.fresh = newSchedule(20), "M", 1, true
	return &leanClient{p: p, fd: -1, tick: 6}
}

func TestLeanFindsFramesHoweverTheyAreCut(t *testing.T) {
	stream := append(stateMessage(t, 7, 6, 1), 0x81, 1, '2', 0x81, 3, '4', '2', '[')
	stream = append(stream, stateMessage(t, 9, 7, 2)...)
	for cut := 1; cut <= len(stream); cut++ {
		c, pings := newLeanClient(), 0
		for rest := stream; len(rest) > 0; {
			n := min(cut, len(rest))
			got, err := c.feed(rest[:n], time.Now())
			if err != nil {
				t.Fatal(err)
			}
			pings, rest = pings+got, rest[n:]
		}
		if c.tick != 9 || c.p.last != 9 || c.p.acked != 2 || pings != 1 || len(c.kept) != 0 {
			t.Fatalf("cut at %d: tick %d, input %d, %d pings, %d bytes kept", cut, c.tick, c.p.acked, pings, len(c.kept))
		}
		if total := c.p.run.healthy.totals(); total.skipped != 1 {
			t.Fatalf("%d frames skipped, want 1", total.skipped)
		}
	}
}

func TestLeanRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for name, b := range map[string][]byte{
		"close":      {0x88, 0},
		"fragmented": {0x02, 0},
		"compressed": {0xc2, 0},
		"base":       stateMessage(t, 9, 5, 0),
	} {
		if _, err := newLeanClient().feed(b, time.Now()); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestLeanDoesNotAllocate(t *testing.T) {
	c, message := newLeanClient(), stateMessage(t, 6, 6, 1)
	var packet, out []byte
	if n := testing.AllocsPerRun(100, func() {
		c.feed(message[:5], c.p.run.began)
		c.feed(message[5:], c.p.run.began)
		packet = appendInput(packet[:0], 1, c.tick, nil)
		out = appendMessage(out[:0], 2, packet)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
