package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"tickwire/codec/state"
)

// result is what a run prints.
type result struct {
	Scenario      string  `json:"scenario"`
	Form          string  `json:"form"`
	KeyframeBytes float64 `json:"keyframe_bytes"`
	MeanBytes     float64 `json:"mean_bytes"`
	P99Bytes      float64 `json:"p99_bytes"`
	Coalesced3    float64 `json:"coalesced_3"`
	Coalesced8    float64 `json:"coalesced_8"`
	Coalesced20   float64 `json:"coalesced_20"`
	NsPerField    float64 `json:"ns_per_field"`
	AllocsPerTick float64 `json:"allocs_per_tick"`
	Frames        int     `json:"frames"`
	Mismatches    int     `json:"mismatches"`
	TableBytes    int     `json:"table_bytes,omitempty"` // of the learned tables, once per client

	costs []state.Cost
	ticks int // of costs
}

// reader is a replica that gets a frame every period ticks.
type reader struct {
	*state.Replica
	period int
	sizes  []int
	last   uint32
	epoch  uint32
}

// sizes runs the trace through encoder and decoder and compares after each frame.
func sizes(t *trace, form state.Form, o options, res *result) error {
	g, m := newGame(t, o.learn), newModel(t)
	periods := []int{1 + o.skip, 3, 8, 20}
	readers := map[string][]*reader{}
	for _, name := range o.viewers(t) {
		g.watch(name)
		for _, p := range periods {
			r, err := state.NewReplica(g.world.Schema().Append(nil))
			if err != nil {
				return err
			}
			readers[name] = append(readers[name], &reader{Replica: r, period: p})
		}
	}
	var keyframes []int
	for i := range t.ticks {
		tick := &t.ticks[i]
		g.play(tick)
		m.play(tick)
		g.world.Commit()
		for name, list := range readers {
			v, expected := g.view(name), m.expected(name)
			for _, r := range list {
				size, err := r.next(g.world, v, form, tick.quiet())
				if err != nil {
					return fmt.Errorf("tick %d: %w", i, err)
				}
				if size == 0 {
					continue
				}
				res.Frames++
				if i == 0 {
					keyframes = append(keyframes, size)
				}
				if m.differs(g, expected, r.Replica) {
					res.Mismatches++
				}
			}
		}
	}
	if o.costs {
		profile(t, form, o, res)
	}
	if e := g.world.Schema().Epoch(); e > 0 {
		res.TableBytes = len(g.world.Schema().AppendTables(nil))
	}
	var all [4][]int
	for _, list := range readers {
		for i, r := range list {
			all[i] = append(all[i], r.sizes...)
		}
	}
	res.KeyframeBytes = mean(keyframes)
	res.MeanBytes, res.P99Bytes = mean(all[0]), percentile(all[0], 0.99)
	res.Coalesced3, res.Coalesced8, res.Coalesced20 = mean(all[1]), mean(all[2]), mean(all[3])
	return nil
}

func (g *game) view(name string) *state.View {
	if name == "" {
		return g.world.Everybody()
	}
	return g.views[name].view
}

// quiet reports a tick in which the world did not change.
func (t *traceTick) quiet() bool { return len(t.ops) == 0 && len(t.views) == 0 }

// next applies the frame of this tick, if one is due, and returns its size. The
// size counts once tables are learned, and unless the world stood still.
func (r *reader) next(w *state.World, v *state.View, form state.Form, quiet bool) (int, error) {
	if e := w.Schema().Epoch(); e != r.epoch {
		r.epoch = e
		if err := r.Learn(w.Schema().AppendTables(nil)); err != nil {
			return 0, err
		}
	}
	now := w.Tick()
	if r.last != 0 && int(now-r.last) < r.period {
		return 0, nil
	}
	var frame []byte
	switch base := r.last; {
	case base == 0:
		frame = v.Keyframe(form)
	case base == now-1:
		frame = v.Steady(form)
	default:
		var ok bool
		if frame, ok = v.Coalesced(base, form); !ok {
			frame = v.Keyframe(form)
		}
	}
	first := r.last == 0
	r.last = now
	if err := r.Apply(frame); err != nil {
		return 0, err
	}
	if !first && !quiet && (r.epoch > 0 || form == state.MForm || !w.Learning()) {
		r.sizes = append(r.sizes, len(frame))
	}
	return len(frame), nil
}

func mean(sizes []int) float64 {
	if len(sizes) == 0 {
		return 0
	}
	sum := 0
	for _, s := range sizes {
		sum += s
	}
	return float64(sum) / float64(len(sizes))
}

func percentile(sizes []int, p float64) float64 {
	if len(sizes) == 0 {
		return 0
	}
	slices.Sort(sizes)
	return float64(sizes[min(len(sizes)-1, int(p*float64(len(sizes))))])
}

// cost measures what a server spends: set, commit and encode. Each tick counts
// with the fastest of its runs, since what else the machine does only adds.
func cost(t *trace, form state.Form, o options, res *result) {
	warm := len(t.ticks) / 3
	best := make([]time.Duration, len(t.ticks)-warm)
	var mallocs uint64
	for run := range o.runs {
		g := newGame(t, o.learn)
		var views []*state.View
		for _, name := range o.viewers(t) {
			views = append(views, g.watch(name).view)
		}
		for i := range warm {
			g.tick(&t.ticks[i], views, form)
		}
		before := mallocCount()
		for i := range best {
			start := time.Now()
			g.tick(&t.ticks[warm+i], views, form)
			if d := time.Since(start); run == 0 || d < best[i] {
				best[i] = d
			}
		}
		mallocs = mallocCount() - before
	}
	if o.runs <= 0 {
		return
	}
	var sum time.Duration
	fields := 0
	for i, d := range best {
		sum += d
		fields += t.ticks[warm+i].changes()
	}
	res.NsPerField = float64(sum.Nanoseconds()) / float64(max(1, fields))
	res.AllocsPerTick = float64(mallocs) / float64(len(best))
}

func mallocCount() uint64 {
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.Mallocs
}

func (g *game) tick(t *traceTick, views []*state.View, form state.Form) {
	g.play(t)
	g.world.Commit()
	for _, v := range views {
		v.Steady(form)
	}
}

// changes is how many fields a tick sets.
func (t *traceTick) changes() (n int) {
	for i := range t.ops {
		switch o := &t.ops[i]; o.verb {
		case '+':
			n += len(o.more.values)
		case '=':
			n++
		}
	}
	return n
}

// profile finds out what steady frames are made of once tables are learned.
func profile(t *trace, form state.Form, o options, res *result) {
	g := newGame(t, o.learn)
	var views []*state.View
	for _, name := range o.viewers(t) {
		views = append(views, g.watch(name).view)
	}
	var p *state.Profile
	for i := range t.ticks {
		g.tick(&t.ticks[i], views, form)
		if p == nil && i > 0 && (form == state.MForm || !g.world.Learning()) {
			p = g.world.StartProfile()
			res.ticks = len(t.ticks) - i - 1
		}
	}
	if p != nil {
		res.costs = p.Costs(g.world.Schema())
	}
}
