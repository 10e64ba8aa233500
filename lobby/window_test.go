package lobby

import (
	"testing"

	"pgregory.net/rapid"
)

// link plays a client behind a link with a fixed round trip, in ticks, that
// acknowledges every so many ticks what it has applied. It returns how many of
// the later frames were held back.
func link(hz, every int, trip, ackEvery uint32) (skipped int, w window) {
	const ticks = 2000
	w = newWindow(hz, every)
	var sent uint32
	var newest [ticks]uint32 // at each tick: the last frame that was sent
	for now := uint32(1); now < ticks; now++ {
		// What arrives now left the client half a trip ago, and the server a whole one.
		if left := now - trip/2; trip < now && left%ackEvery == 0 {
			w.ack(newest[now-trip], sent, now-1)
		}
		if now%uint32(every) == 0 {
			switch {
			case sent == 0 || w.open(now, sent):
				if w.acked == sent {
					w.restart(now)
				}
				sent = now
			case now > ticks/2:
				skipped++
			}
		}
		newest[now] = sent
	}
	return skipped, w
}

func TestWindowLetsHealthyLinksFlow(t *testing.T) {
	for _, tc := range []struct {
		hz, every      int
		trip, ackEvery uint32
	}{
		{30, 1, 1, 1},
		{30, 1, 3, 1},
		{30, 1, 10, 7},
		{60, 1, 15, 1},
		{60, 1, 12, 15},
		{60, 3, 12, 15},
		{128, 1, 18, 32},
		{128, 8, 40, 32},
	} {
		if skipped, w := link(tc.hz, tc.every, tc.trip, tc.ackEvery); skipped != 0 {
			t.Errorf("%+v: %d frames held back, window %d", tc, skipped, w.size())
		}
	}
}

func TestWindowStaysWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hz := rapid.IntRange(1, 128).Draw(t, "hz")
		every := rapid.IntRange(1, min(hz, 8)).Draw(t, "every")
		w := newWindow(hz, every)
		sent, now := uint32(0), uint32(0)
		for range 200 {
			now += rapid.Uint32Range(1, 50).Draw(t, "pass")
			if w.open(now, sent) {
				sent = now
			}
			w.ack(rapid.Uint32().Draw(t, "acked"), sent, now)
			least, most := uint32(minWindow*every), uint32(maxWindow*every)+w.quiet
			if size := w.size(); size < least || size > most {
				t.Fatalf("window %d outside %d..%d", size, least, most)
			}
		}
	})
}

// What was skipped while nothing was on its way is not the client's lag.
func TestWindowOpensWhenNothingIsOnItsWay(t *testing.T) {
	w := newWindow(20, 1)
	w.restart(1)
	w.ack(1, 1, 2)
	if !w.open(1000, 1) {
		t.Fatal("closed although all that was sent is acknowledged")
	}
	w.restart(1000)
	if !w.open(1001, 1000) {
		t.Error("closed right after")
	}
	if w.open(1040, 1001) {
		t.Error("open without an acknowledgement of the frames since")
	}
}
