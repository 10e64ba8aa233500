package lobby

import "time"

// window decides how far a member's acknowledgements may lag behind before
// state frames are held back. It counts in ticks, like the acknowledgements:
// no clock is read, and a replay decides the same.
//
// TCP hides megabytes, so a full socket is far too late a sign of a slow peer;
// the acknowledged tick is the early one.
type window struct {
	every  uint32 // ticks between two frames
	quiet  uint32 // ticks in the longest time that a healthy client is silent
	second uint32 // ticks in a second

	acked   uint32 // newest tick that the client has applied
	ackedAt uint32 // tick when that was learnt
	trip    int32  // smoothed round trip, in 1/8 ticks
	gap     uint32 // ticks between acknowledgements, the recent worst
}

// A client without inputs acknowledges this often.
const ackInterval = 250 * time.Millisecond

const (
	minWindow = 4  // frames
	maxWindow = 20 // frames
)

func newWindow(hz, every int) window {
	quiet := uint32(int64(ackInterval)*int64(hz)/int64(time.Second)) + 1
	return window{every: uint32(every), quiet: quiet, second: uint32(hz), gap: quiet}
}

// restart begins anew with a frame of this tick that finds nothing else on its
// way: the time in which nothing was sent is not the client's lag.
func (w *window) restart(tick uint32) {
	w.acked, w.ackedAt = tick-1, tick
}

// ack learns from an acknowledgement that arrived before the step after now. It
// returns the round trip in ticks, unless there was nothing to learn.
func (w *window) ack(acked, sent, now uint32) (ticks uint32, ok bool) {
	if acked <= w.acked || acked > sent {
		return 0, false // nothing new, or a tick that was never sent
	}
	trip := int32(now-acked) * 8
	if w.trip == 0 {
		w.trip = trip
	} else {
		w.trip += (trip - w.trip) / 8
	}
	w.gap = min(max(now-w.ackedAt, w.gap*7/8), w.quiet)
	w.acked, w.ackedAt = acked, now
	return now - acked, true
}

// size returns the lag up to which frames are sent: twice the smoothed round
// trip between 4 and 20 frames, and the time that the client is silent anyway.
func (w *window) size() uint32 {
	frames := uint32(w.trip)/4/w.every + 2
	return w.every*min(max(frames, minWindow), maxWindow) + w.gap
}

// open tells whether a frame of this tick may follow the one of tick sent.
func (w *window) open(tick, sent uint32) bool {
	return w.acked == sent || tick-w.acked <= w.size()
}

// probe tells whether a frame is due although the window is shut. There are
// clients that acknowledge only when a frame comes, and not each: once all that
// was on its way has come, they would wait for us as we do for them. The first
// probe follows after a second; while none is answered the time doubles, up to
// four: who is really stalled shall not find a pile of old states.
func (w *window) probe(tick, sent uint32) bool {
	return tick-sent >= min(max(sent-w.acked, w.second), 4*w.second)
}
