package state

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// learner counts what frames say until it has seen enough to make tables that
// fit this game better than the defaults.
type learner struct {
	want, seen int    // ticks of traffic
	last       uint32 // tick counted last
	types      []typeStats
	scratch    delta
	steady     int // frames observed
}

// typeStats counts symbols and masks of one type.
type typeStats struct {
	of     [typeRoles]symbolCounts
	masks  [maskUses]map[uint32]float64
	fields []fieldStats
}

// fieldStats counts symbols of one field. Those of fields that moved are
// counted by the bits of the motion, for the best split.
type fieldStats struct {
	of     [roles]symbolCounts
	motion [maxMotionBits + 1]symbolCounts
}

type symbolCounts [maxSymbols]uint32

func (c *symbolCounts) u(v uint32) {
	sym, _ := symbolOf(v)
	c[sym]++
}

func newLearner(ticks int, types []Type) *learner {
	l := &learner{want: ticks}
	for i := range types {
		ts := typeStats{fields: make([]fieldStats, len(types[i].Fields))}
		for j := range ts.masks {
			ts.masks[j] = map[uint32]float64{}
		}
		l.types = append(l.types, ts)
	}
	return l
}

// learnFrom lets the learner see a steady frame that is about to be made. It is
// made by the first one: a world whose clients all take the M-form needs none.
func (w *World) learnFrom(v *View) {
	if w.learner == nil {
		w.learner = newLearner(w.learn, w.schema.Types)
	}
	w.learner.observe(v)
}

// learnSince does so for a coalesced frame. A world that makes steady ones, too,
// learns from those: a client that fell behind is the exception there.
func (w *World) learnSince(v *View, base uint32) {
	if w.learner == nil {
		w.learner = newLearner(w.learn, w.schema.Types)
	}
	if l := w.learner; l.steady == 0 {
		d := &l.scratch
		d.class, d.base, d.tick = coalesced, base, w.tick
		if l.count(v, d) {
			l.saw(d.tick)
		}
	}
}

// done reports whether enough was seen.
func (l *learner) done() bool { return l != nil && l.seen >= l.want }

// observe counts a steady frame of a view, and now and then what a client that
// had missed some ticks would have been told.
func (l *learner) observe(v *View) {
	d := &l.scratch
	d.class, d.base, d.tick = steady, v.world.tick-1, v.world.tick
	if !l.count(v, d) {
		return
	}
	l.saw(d.tick)
	l.steady++
	if l.steady%4 != 0 {
		return
	}
	d.class = coalesced
	for _, dt := range []uint32{3, 8, 20} {
		if d.base = d.tick - dt; v.reaches(d.base) {
			l.count(v, d)
		}
	}
}

// saw counts the ticks with traffic.
func (l *learner) saw(tick uint32) {
	if l.last != tick {
		l.last = tick
		l.seen++
	}
}

// count counts one frame and reports whether it said anything.
func (l *learner) count(v *View, d *delta) (any bool) {
	for i, s := range v.world.stores {
		d.fill(v, i, nil)
		if d.empty() {
			continue
		}
		any = true
		ts := &l.types[i]
		ts.of[roleCount].u(uint32(d.removed))
		ts.of[roleCount].u(uint32(d.added))
		ts.gaps(roleRemove, d.removes, d.known, nil)
		next := 0
		for slot := range d.adds.all() {
			ts.of[roleAdd].u(uint32(slot - next))
			next = slot + 1
			ts.full(s, slot, d.tick)
		}
		ts.changes(s, d)
	}
	return any
}

// gaps counts the gaps between members in terms of among without not, and
// returns how many there are.
func (ts *typeStats) gaps(r role, members, among, not bitset) (n int) {
	rank, next := 0, 0
	for j := range members {
		all := among[j]
		if j < len(not) {
			all &^= not[j]
		}
		n += bits.OnesCount64(members[j] & all)
		for m := members[j] & all; m != 0; m &= m - 1 {
			at := rank + bits.OnesCount64(all&(m&-m-1))
			ts.of[r].u(uint32(at - next))
			next = at + 1
		}
		rank += bits.OnesCount64(all)
	}
	return n
}

func (ts *typeStats) changes(s *store, d *delta) {
	use := maskResting
	if d.class == coalesced {
		use = maskResting2
	}
	for slot := range d.moving.all() {
		mask := uint32(0)
		if d.changes.has(slot) {
			mask = d.mask[slot]
		}
		ts.masks[use+1][mask^d.motion[slot]]++
	}
	for slot := range d.changes.all() {
		if !d.moving.has(slot) {
			ts.masks[use][d.mask[slot]]++
		}
		cells := s.entity(slot)
		for m := d.mask[slot]; m != 0; m &= m - 1 {
			f := bits.TrailingZeros32(m)
			ts.field(s, d, slot, f, cells[f])
		}
	}
	n := ts.gaps(roleChange, d.changes, d.kept, d.moving)
	ts.of[roleCount].u(uint32(n))
}

// field counts what putSteady or putCoalesced would write.
func (ts *typeStats) field(s *store, d *delta, slot, f int, c cell) {
	p, counts := &s.fields[f], &ts.fields[f]
	switch p.op {
	case opRaw:
		return
	case opText, opList:
		ts.length(s, slot, f)
		return
	}
	b := s.at(c, d.base)
	then := b.motionAt(d.base)
	switch {
	case d.class == coalesced:
		j := jump{p: p, then: b.v, v: c.v, motionThen: then, motion: c.motionAt(d.tick), dt: d.tick - d.base}
		r := roleJump
		if p.op == opPredict {
			counts.of[roleSpeed].u(zigzag(j.motion - then))
			if turn := j.motion - then; turn < -1 || turn > 1 {
				r = roleTurn
			}
		}
		counts.of[r].u(j.residual())
	case then != 0:
		counts.motion[motionBits(then)].u(p.residual(c.v, p.expect(b.v, then)))
	default:
		counts.of[roleStart].u(p.residual(c.v, b.v))
	}
}

func (ts *typeStats) full(s *store, slot int, tick uint32) {
	for f, c := range s.entity(slot) {
		switch s.fields[f].op {
		case opText, opList:
			ts.length(s, slot, f)
		case opPredict:
			ts.fields[f].of[roleInitial].u(zigzag(c.motionAt(tick)))
		}
	}
}

func (ts *typeStats) length(s *store, slot, f int) {
	n := len(s.text(slot, f).s)
	if s.fields[f].op == opList {
		n /= itemSize(int(s.fields[f].bits))
	}
	ts.fields[f].of[roleLength].u(uint32(n))
}

// splitGain is how many bits of traffic a split must save to be worth a table.
const splitGain = 200

// settleSplit finds where slow ends and fast begins, and counts accordingly.
func (fs *fieldStats) settleSplit() uint8 {
	var best uint8 = maxMotionBits
	least := math.Inf(1)
	for split := uint8(maxMotionBits); split >= 1; split-- {
		var slow, fast symbolCounts
		for n := range fs.motion {
			if n > int(split) {
				fast.add(&fs.motion[n])
			} else {
				slow.add(&fs.motion[n])
			}
		}
		bits := slow.entropy() + fast.entropy()
		if split < maxMotionBits { // else nothing is fast
			bits += splitGain
		}
		if bits < least {
			least, best = bits, split
			fs.of[roleMotion], fs.of[roleFast] = slow, fast
		}
	}
	return best
}

func (c *symbolCounts) add(other *symbolCounts) {
	for sym, n := range other {
		c[sym] += n
	}
}

// entropy is the bits that an ideal code would take for all symbols together.
func (c *symbolCounts) entropy() (bits float64) {
	total := uint32(0)
	for _, n := range c {
		total += n
	}
	for _, n := range c {
		if n > 0 {
			bits += float64(n) * math.Log2(float64(total)/float64(n))
		}
	}
	return bits
}

// priorWeight is how many observations the default tables are worth.
const priorWeight = 8

// book makes the tables of the next epoch.
func (l *learner) book(w *World) *codebook {
	book := &codebook{epoch: w.schema.book.epoch + 1}
	for i := range w.schema.Types {
		t, ts := &w.schema.Types[i], &l.types[i]
		old := &w.schema.book.types[i]
		for slot := range w.stores[i].live.all() { // what a late joiner would get
			ts.full(w.stores[i], slot, w.tick)
		}
		var tc typeCodes
		for r := range tc.of {
			tc.of[r] = learnCode(&ts.of[r], old.of[r], symbolsOf(role(r), nil))
		}
		tc.masks = ts.maskCodes()
		tc.fields = make([]fieldCodes, len(t.Fields))
		for j := range t.Fields {
			fs, fc := &ts.fields[j], &tc.fields[j]
			fc.split = fs.settleSplit()
			for _, r := range rolesOf(&t.Fields[j]) {
				fc.codes[r-typeRoles] = learnCode(&fs.of[r], old.fields[j].of(r), symbolsOf(r, &t.Fields[j]))
			}
		}
		book.types = append(book.types, tc)
	}
	return book
}

func learnCode(counts *symbolCounts, prior *code, symbols int) *code {
	weights := make([]float64, symbols)
	for sym := range weights {
		length := cmp.Or(prior.enc[sym].len, maxCode)
		weights[sym] = float64(counts[sym]) + priorWeight/float64(uint(1)<<length)
	}
	c, err := newCode(limitedLengths(weights))
	if err != nil {
		return prior
	}
	return c
}

// maskCodes are the codes of a type's common masks, nil if it never changed.
func (ts *typeStats) maskCodes() []*maskCode {
	total := 0
	var codes []*maskCode
	for _, counts := range ts.masks {
		total += len(counts)
		codes = append(codes, learnMasks(counts))
	}
	if total == 0 {
		return nil
	}
	return codes
}

// rareMask is how often a mask must have been seen to get a code of its own.
const rareMask = 2

func learnMasks(counts map[uint32]float64) *maskCode {
	var masks []uint32
	escape := 1.0
	for mask, n := range counts {
		if n < rareMask {
			escape += n
			continue
		}
		masks = append(masks, mask)
	}
	slices.SortFunc(masks, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	if len(masks) > maxMasks {
		masks = masks[:maxMasks]
	}
	weights := make([]float64, 0, len(masks)+1)
	for _, m := range masks {
		weights = append(weights, counts[m])
	}
	m, err := newMaskCode(limitedLengths(append(weights, escape)), masks)
	if err != nil {
		panic("state: " + err.Error()) // limitedLengths makes prefix codes
	}
	return m
}
