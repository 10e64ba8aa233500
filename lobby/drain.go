package lobby

import (
	"context"
	"time"
)

// Drain takes no new lobbies and players, tells everybody, closes the lobbies
// without a match at once and the others when their match ends, and returns
// when all are closed. Matches that run when ctx ends, and those of DropIn
// games, which have no end of their own, are ended with a last state.
func (d *Directory) Drain(ctx context.Context) error {
	notice := d.DrainNotice(ctx)
	d.mu.Lock()
	d.draining = true
	d.settleDrainLocked()
	d.mu.Unlock()
	d.all(func(l *lobby) { l.drain(notice) })
	select {
	case <-d.idle:
		d.archive.wait()
		d.results.wait(ctx)
		return nil
	case <-ctx.Done():
	}
	d.all((*lobby).cut)
	<-d.idle
	d.archive.wait()
	d.results.wait(ctx)
	return nil
}

// DrainNotice is what Drain tells everybody in a lobby; for those who are in
// none.
func (d *Directory) DrainNotice(ctx context.Context) Drain {
	notice := Drain{ReconnectMs: d.opt.Reconnect.Milliseconds()}
	if at, ok := ctx.Deadline(); ok {
		notice.DeadlineMs = max(0, time.Until(at).Milliseconds())
	}
	return notice
}

func (d *Directory) settleDrainLocked() {
	if d.draining && d.running == 0 {
		select {
		case <-d.idle: // a second Drain
		default:
			close(d.idle)
		}
	}
}

// all has the goroutine of every lobby do something.
func (d *Directory) all(do func(*lobby)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.lobbies {
		_ = l.inbox.force(command{do: do, fail: func(error) {}}) // a closed lobby needs no drain
	}
}

func (l *lobby) drain(notice Drain) {
	l.draining = true
	l.tell(EventDrain, notice)
	switch {
	case l.run == nil:
		l.close(errDraining)
	case l.game.DropIn:
		l.run.stop(EndDrain)
	}
	l.dir.publish(l)
}

// cut ends what drain let run.
func (l *lobby) cut() {
	if l.run != nil {
		l.run.stop(EndDrain)
		return
	}
	l.close(errDraining)
}
