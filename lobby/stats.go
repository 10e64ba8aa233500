package lobby

import "sync/atomic"

// Stats counts what happened in one match, or in all of them.
type Stats struct {
	Ticks    uint64 // steps run
	Dropped  uint64 // deadlines that never got a step
	Overruns uint64 // steps that took longer than Game.StepBudget

	Frames    uint64 // state frames sent, all kinds
	Skipped   uint64 // state frames held back from slow members
	Coalesced uint64 // frames that covered several sends
	Keyframes uint64 // frames with the full state
	Bytes     uint64 // of all frames
	BytesB    uint64 // of those in B-form

	Inputs        uint64 // accepted
	StaleInputs   uint64 // dropped: sequence not above the one before
	SurplusInputs uint64 // dropped: the player's queue was full

	MergedInputs   uint64 // became part of a newer one
	RepeatedInputs uint64 // held for a tick without one
	LateInputs     uint64 // came after the tick that they were meant for
	EarlyInputs    uint64 // were meant for too far ahead, and wait for less
	Flooders       uint64 // players who were removed for their surplus
}

// counters is the live form of Stats. The match adds, anyone reads. What adds up
// in Stats is kept in parts, so that no part ever seems to shrink.
type counters struct {
	ticks, dropped, overruns                atomic.Uint64
	regular, skipped, coalesced, keyframes  atomic.Uint64
	sizeM, sizeB                            atomic.Uint64
	inputs, staleInputs, surplusInputs      atomic.Uint64
	merged, repeated, late, early, flooders atomic.Uint64
}

// add adds the counts of one turn. Most of them are 0.
func (c *counters) add(s *Stats) {
	for _, x := range [...]struct {
		to *atomic.Uint64
		n  uint64
	}{
		{&c.ticks, s.Ticks}, {&c.dropped, s.Dropped}, {&c.overruns, s.Overruns},
		{&c.regular, s.Frames - s.Coalesced - s.Keyframes}, {&c.skipped, s.Skipped}, {&c.coalesced, s.Coalesced},
		{&c.keyframes, s.Keyframes}, {&c.sizeM, s.Bytes - s.BytesB}, {&c.sizeB, s.BytesB},
		{&c.inputs, s.Inputs}, {&c.staleInputs, s.StaleInputs}, {&c.surplusInputs, s.SurplusInputs},
		{&c.merged, s.MergedInputs}, {&c.repeated, s.RepeatedInputs}, {&c.late, s.LateInputs}, {&c.early, s.EarlyInputs},
		{&c.flooders, s.Flooders},
	} {
		if x.n != 0 {
			x.to.Add(x.n)
		}
	}
}

func (c *counters) read() Stats {
	s := Stats{
		Ticks: c.ticks.Load(), Dropped: c.dropped.Load(), Overruns: c.overruns.Load(),
		Skipped: c.skipped.Load(), Coalesced: c.coalesced.Load(), Keyframes: c.keyframes.Load(), BytesB: c.sizeB.Load(),
		Inputs: c.inputs.Load(), StaleInputs: c.staleInputs.Load(), SurplusInputs: c.surplusInputs.Load(),
		MergedInputs: c.merged.Load(), RepeatedInputs: c.repeated.Load(), LateInputs: c.late.Load(), EarlyInputs: c.early.Load(),
		Flooders: c.flooders.Load(),
	}
	s.Frames = c.regular.Load() + s.Coalesced + s.Keyframes
	s.Bytes = c.sizeM.Load() + s.BytesB
	return s
}

// plus returns the sum of both.
func (s Stats) plus(o Stats) Stats {
	return Stats{
		Ticks: s.Ticks + o.Ticks, Dropped: s.Dropped + o.Dropped, Overruns: s.Overruns + o.Overruns,
		Frames: s.Frames + o.Frames, Skipped: s.Skipped + o.Skipped, Coalesced: s.Coalesced + o.Coalesced,
		Keyframes: s.Keyframes + o.Keyframes, Bytes: s.Bytes + o.Bytes, BytesB: s.BytesB + o.BytesB,
		Inputs: s.Inputs + o.Inputs, StaleInputs: s.StaleInputs + o.StaleInputs, SurplusInputs: s.SurplusInputs + o.SurplusInputs,
		MergedInputs: s.MergedInputs + o.MergedInputs, RepeatedInputs: s.RepeatedInputs + o.RepeatedInputs,
		LateInputs: s.LateInputs + o.LateInputs, EarlyInputs: s.EarlyInputs + o.EarlyInputs, Flooders: s.Flooders + o.Flooders,
	}
}
