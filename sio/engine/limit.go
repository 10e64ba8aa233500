package engine

import "time"

// limiter is two token buckets: what a client may send, in packets and bytes.
// A bucket holds what comes in within a second, and starts full.
type limiter struct {
	at      time.Duration // of the last spending, on the heartbeat's clock
	packets float64       // tokens that were spent and have not come back
	bytes   float64
}

// spend takes n bytes in one packet out of the buckets; false means that they
// have less. A rate of zero is no limit.
func (l *limiter) spend(now time.Duration, n, packetRate, byteRate int) bool {
	since := (now - l.at).Seconds()
	l.at = now
	l.packets = max(l.packets-since*float64(packetRate), 0) + 1
	l.bytes = max(l.bytes-since*float64(byteRate), 0) + float64(n)
	return (packetRate == 0 || l.packets <= float64(packetRate)) &&
		(byteRate == 0 || l.bytes <= float64(byteRate))
}

// allowedLocked notes that a packet of n bytes came in; false means that it was
// too much.
func (s *Session) allowedLocked(n int) bool {
	s.traffic.receive(n)
	o := &s.srv.opts
	if o.MaxPacketRate == 0 && o.MaxByteRate == 0 {
		return true
	}
	if s.limit.spend(s.srv.beat.now(), n, o.MaxPacketRate, o.MaxByteRate) {
		return true
	}
	s.srv.stats.flooded.Add(1)
	return false
}
