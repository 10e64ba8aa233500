package state

// candidate is an entity that the client should hear of.
type candidate struct {
	score float64
	bits  int32
	slot  uint16
	typ   uint8
	add   bool
}

func (f *Feed) candidate(s *store, t *feedType, slot int, add bool, size int) {
	t.wanted.set(slot)
	f.candidates = append(f.candidates, candidate{f.score(s, t, slot), int32(size), uint16(slot), uint8(s.index), add})
}

// score grows without end while an entity waits: nothing starves.
func (f *Feed) score(s *store, t *feedType, slot int) float64 {
	priority := 1.0
	switch n := f.view.sets[s.index].near; {
	case f.o.Priority != nil:
		priority = f.o.Priority(s.typ.Name, makeID(slot, s.lastGen[slot]))
	case n != nil:
		priority = n.nearness(f.view, slot)
	}
	waited := uint32(1)
	if t.late.has(slot) || t.waiting.has(slot) {
		waited = f.d.tick - t.from[slot] + 1
	}
	return max(priority, 1e-9) * float64(waited)
}

// before is the order of choice. No two candidates are equal in it.
func (c *candidate) before(o *candidate) bool {
	if c.score != o.score {
		return c.score > o.score
	}
	return c.typ < o.typ || c.typ == o.typ && c.slot < o.slot
}

// choose takes the best candidates that fit into a budget, at least one.
func (f *Feed) choose(budget int) []candidate {
	total, left := 0, 8*budget
	for i := range f.candidates {
		total += int(f.candidates[i].bits)
	}
	if total <= left {
		return f.candidates
	}
	f.chosen = f.chosen[:0]
	h := candidateHeap(f.candidates)
	h.order()
	for len(h) > 0 {
		if best := h[0]; len(f.chosen) == 0 || int(best.bits) <= left {
			f.chosen = append(f.chosen, best)
			left -= int(best.bits)
			h = h.pop()
			continue
		}
		h = h.fitting(left)
		h.order()
	}
	return f.chosen
}

// drop lets go of the last candidates, for some bits but never for all.
func drop(c []candidate, excess int) []candidate {
	for excess > 0 && len(c) > 1 {
		excess -= int(c[len(c)-1].bits)
		c = c[:len(c)-1]
	}
	return c
}

// candidateHeap has the best candidate first: few are taken of many, so sorting
// all would be a waste. What leaves it stays behind its end.
type candidateHeap []candidate

func (h candidateHeap) order() {
	for i := len(h)/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
}

// sink brings the candidate at place i to where it belongs among those below.
func (h candidateHeap) sink(i int) {
	if i >= len(h) {
		return
	}
	c := h[i]
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].before(&h[child]) {
			child++
		}
		if !h[child].before(&c) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = c
}

func (h candidateHeap) pop() candidateHeap {
	last := len(h) - 1
	h[0], h[last] = h[last], h[0]
	h = h[:last]
	h.sink(0)
	return h
}

// fitting keeps those that take at most so many bits, in no order.
func (h candidateHeap) fitting(left int) candidateHeap {
	n := 0
	for i := range h {
		if int(h[i].bits) <= left {
			h[n], h[i] = h[i], h[n]
			n++
		}
	}
	return h[:n]
}
