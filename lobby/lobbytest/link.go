package lobbytest

import (
	"math"
	"math/rand/v2"
	"time"
)

// Link is the way between a player and the server. The zero value is perfect.
type Link struct {
	Latency time.Duration // each way
	Jitter  time.Duration // standard deviation, each way; what is late makes the next wait
	// Loss is the share of messages whose packet is lost: it, and all that
	// follows, waits for Stall.
	Loss  float64
	Stall time.Duration // default: a round trip and 50 ms, as when the packets that follow tell of the loss
	// Bandwidth towards the player in bytes per second; 0: any. What does not
	// fit waits at the server, which sees the backlog.
	Bandwidth int
}

// Links as players have them.
var (
	Perfect = Link{}
	LAN     = Link{Latency: time.Millisecond, Jitter: 200 * time.Microsecond}
	Cable   = Link{Latency: 15 * time.Millisecond, Jitter: 4 * time.Millisecond, Loss: 0.001}
	Mobile  = Link{Latency: 40 * time.Millisecond, Jitter: 20 * time.Millisecond, Loss: 0.01, Bandwidth: 500_000}
	Awful   = Link{Latency: 120 * time.Millisecond, Jitter: 35 * time.Millisecond, Loss: 0.03, Bandwidth: 60_000}
)

// overhead is what a message costs beyond its payload: TCP, IP, WebSocket and
// packet heads.
const overhead = 60

// direction is one way of a link.
type direction struct {
	rand *rand.Rand
	free time.Time // when the narrow part has taken all that was sent
	last time.Time // when what was sent last arrives
}

// send returns when a message of so many bytes arrives that is sent now.
func (d *direction) send(l *Link, now time.Time, bytes, bandwidth int) time.Time {
	at := now
	if bandwidth > 0 {
		if d.free.After(at) {
			at = d.free
		}
		at = at.Add(time.Duration(bytes+overhead) * time.Second / time.Duration(bandwidth))
		d.free = at
	}
	at = at.Add(l.Latency + time.Duration(math.Abs(d.rand.NormFloat64())*float64(l.Jitter)))
	if l.Loss > 0 && d.rand.Float64() < l.Loss {
		at = at.Add(l.stall())
	}
	if at.Before(d.last) {
		at = d.last
	}
	d.last = at
	return at
}

func (l *Link) stall() time.Duration {
	if l.Stall > 0 {
		return l.Stall
	}
	return 2*l.Latency + 50*time.Millisecond
}

// backlog is what waits for the narrow part.
func (d *direction) backlog(l *Link, now time.Time) int {
	if l.Bandwidth <= 0 || !d.free.After(now) {
		return 0
	}
	waiting := int(d.free.Sub(now).Seconds() * float64(l.Bandwidth))
	return max(0, waiting-kernelBuffer)
}

// kernelBuffer is what a socket takes at once, however narrow the link: that
// is why acknowledgements, and not the backlog, tell of a slow player.
const kernelBuffer = 16 << 10
