package lobby

import (
	"bytes"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// guard marks the time that the lobby's goroutine spends in the studio's code.
// When that takes too long the watchdog takes the lobby over: from then on it
// owns what the goroutine owned, and the goroutine, should it ever come back,
// ends without touching anything.
type guard struct {
	epoch time.Time
	began int64        // of the step, after epoch; the goroutine's
	since atomic.Int64 // began, while in the studio's code; 0 = outside

	suspect int64 // the watchdog's: what ran for too long when it last looked
}

const takenOver = -1 // of guard.since

// begin says since when the calls that follow count as running.
func (g *guard) begin(now time.Time) { g.began = max(int64(now.Sub(g.epoch)), 1) }

// in and out stand around each call. Between calls nothing can be taken over, and
// what our code has written until then is there for the watchdog to read.
func (g *guard) in() { g.since.Store(g.began) }

// out does not return when the watchdog has taken over.
func (g *guard) out() {
	if !g.since.CompareAndSwap(g.began, 0) {
		runtime.Goexit()
	}
}

func (g *guard) enter(now time.Time) {
	g.begin(now)
	g.in()
}

// exit is out for when it is not known whether a call was under way. It does not
// return when the watchdog has taken over.
func (g *guard) exit() {
	if since := g.since.Load(); since == takenOver || !g.since.CompareAndSwap(since, 0) {
		runtime.Goexit()
	}
}

// takeOver succeeds if the code has been running for longer than limit.
// It must have been seen to run that long before: when the whole process stood
// still for a while, the code has not had its time.
func (g *guard) takeOver(now time.Time, limit time.Duration) bool {
	since := g.since.Load()
	if since <= 0 || now.Sub(g.epoch)-time.Duration(since) < limit {
		return false
	}
	if g.suspect != since {
		g.suspect = since
		return false
	}
	return g.since.CompareAndSwap(since, takenOver)
}

// watch looks after a match until it ends, on a timer of its own: nothing is
// set or stopped per tick.
func (l *lobby) watch(r *run) {
	limit := l.dir.opt.StepLimit
	if limit < 0 {
		return
	}
	r.watchdog = time.AfterFunc(time.Hour, func() {
		switch {
		case r.done.Load():
		case r.guard.takeOver(time.Now(), limit):
			l.quarantine(r)
		default:
			r.watchdog.Reset(limit / 2)
		}
	})
	r.watchdog.Reset(limit) // only now, since the function uses r.watchdog
}

// quarantine releases the players of a lobby whose goroutine is stuck in the
// studio's code. The goroutine cannot be ended; it is left alone.
func (l *lobby) quarantine(r *run) {
	r.log.Error().Uint64("seed", r.seed).Bytes("stack", stackOf(l.goroutine)).
		Msg("the rules of a match are stuck; the match is given up")
	l.game.meter.stuck.Add(1)
	l.dir.forget(l)
	l.inbox.close()
	for _, c := range l.undone { // nobody else will answer them
		c.fail(errClosed)
	}
	l.note(LogClosing, nil, byServer, "the rules are stuck")
	l.settleOpenings(time.Now(), true)
	r.rec.end(r.world.Tick(), EndStuck, nil)
	l.note(LogMatchEnded, nil, "", r.id+" "+EndStuck)
	l.report(r, EndStuck)
	l.relay = nil // nobody plays it any more
	l.tell(EventMatchEnd, MatchEnd{Reason: EndStuck})
	l.tell(EventClosed, Closed{Code: Internal, Message: "the match hangs and was given up; join another"})
	for m := range l.everybody() {
		m.out.flush(m.conn)
		m.inputs.close()
		m.gone.Store(true)
		l.dir.unclaim(m)
	}
	l.ended.Do(l.dir.end)
}

// goroutineID returns what a stack dump calls the running goroutine.
func goroutineID() []byte {
	var buf [64]byte
	head, _, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte("["))
	return bytes.Clone(head) // "goroutine 42 "
}

// stackOf returns the stack of a goroutine, to tell a studio where it hangs.
func stackOf(id []byte) []byte {
	buf := make([]byte, 4<<20)
	buf = buf[:runtime.Stack(buf, true)]
	at := bytes.Index(buf, append([]byte("\n\n"), id...))
	if at < 0 {
		return fmt.Appendf(nil, "%snot found in the stack dump", id)
	}
	stack, _, _ := bytes.Cut(buf[at+2:], []byte("\n\n"))
	return stack
}
