package lobby

import (
	"sync/atomic"
	"time"
)

// Overrun is a step that took longer than its budget.
type Overrun struct {
	Game, Lobby, Match string
	Seed               uint64
	Tick               uint32
	Took, Budget       time.Duration
	Unreported         uint64 // other steps of any match since the last report
}

// overruns keeps reports rare, over all matches.
type overruns struct {
	last       atomic.Int64 // when one was made, ns after the directory's epoch; 0: never
	unreported atomic.Uint64
}

const overrunEvery = 10 * time.Second

// slow is the slowest step of a turn that went over its budget.
type slow struct {
	tick uint32
	took time.Duration
}

// measure counts a step that took too long.
func (r *run) measure(took time.Duration) {
	r.meter.took.add(took)
	r.took.add(took)
	if took <= r.budget {
		return
	}
	r.turn.Overruns++
	if took > r.slow.took {
		r.slow = slow{r.world.Tick(), took}
	}
}

// reportSlow tells, outside of the step and now and then, of what was too slow.
func (l *lobby) reportSlow(r *run) {
	if r.slow.took == 0 {
		return
	}
	s, o := r.slow, &l.dir.overruns
	r.slow = slow{}
	now, last := int64(l.turnBegan.Sub(l.dir.epoch))+1, o.last.Load()
	if last != 0 && now-last < int64(overrunEvery) || !o.last.CompareAndSwap(last, now) {
		o.unreported.Add(1)
		return
	}
	report := Overrun{
		Game: l.game.Name, Lobby: l.id, Match: r.id, Seed: r.seed,
		Tick: s.tick, Took: s.took, Budget: r.budget, Unreported: o.unreported.Swap(0),
	}
	r.log.Warn().Uint32("tick", s.tick).Dur("took", s.took).Dur("budget", r.budget).Uint64("seed", r.seed).
		Uint64("unreported", report.Unreported).Msg("a step went over its budget")
	if l.dir.opt.Overran != nil {
		l.dir.opt.Overran(report)
	}
}
