// Package tick says when a step of a simulation is due. It never says what a
// step does.
//
// [Clock] is pure: it is told the time and answers how many steps are due and
// how many were given up. Deadlines lie on an absolute grid, so a late wake-up
// never moves the next one and nothing drifts. [Phase] spreads the grids of
// many clocks, so that a thousand matches do not fire together. [Timer] is the
// channel that a loop selects on beside its inbox.
//
//	clock := tick.Clock{Hz: 60}
//	clock.Start(time.Now().Add(tick.Phase(n, clock.Interval())))
//	timer := tick.NewTimer()
//	defer timer.Stop()
//	for {
//		timer.Reset(clock.Next())
//		select {
//		case <-ctx.Done():
//			return
//		case now := <-timer.C:
//			steps, dropped := clock.Due(now)
//			…
//		}
//	}
//
// A Clock belongs to one goroutine. A Timer belongs to one goroutine too; only
// its channel is written from elsewhere.
package tick
