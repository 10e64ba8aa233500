package matchmaker

import (
	"math/bits"
	"slices"
	"time"
)

const (
	// maxTries bounds the proposals that are made of one kind: per region, size
	// of match and way of choosing.
	maxTries = 8
	// maxProposals bounds all of them together around one ticket in one region.
	maxProposals = 32
	// maxShapes bounds the sizes of match that are tried around a ticket.
	maxShapes = 4
	// previewCost is what it costs per ticket to show a proposal to a rule, in
	// candidates looked at.
	previewCost = 16
)

// search looks for a match around one ticket, the anchor. It is scratch memory,
// used again for each.
type search struct {
	queue *Queue

	// Of the anchor.
	anchor     int32 // its rank
	waited     time.Duration
	window     float64
	shapes     []shape // allowed after this wait
	first, end int     // ranks within reach of the window
	hurdle     Reason  // the last that some proposal failed at

	// Of one lane: tickets that may go with the anchor, in order of skill.
	pool    []int32 // ranks
	at      int     // place of the anchor in the pool
	players []int32 // players[i] are those of pool[:i]
	largest int     // party in the pool
	friends friends
	made    int // proposals

	tries []stretch
	near  []int32 // places in the pool, nearest to the anchor first
	count []int   // by size of party
	parts []part

	joined []member // those who join a running match

	found      bool
	best, next proposal
	preview    output
}

// stretch is a part of the pool that contains the anchor, end excluded.
type stretch struct {
	low, end int
	cost     float64 // the smaller the earlier it is tried
}

// run searches in all regions of the anchor and tells whether it found a match.
func (s *search) run(anchor int32) bool {
	q := s.queue
	x := &q.index
	slot := x.slot[anchor]
	s.anchor, s.waited = anchor, q.waited(slot)
	s.window = q.rules.Skill.At(s.waited)
	s.shapes = q.allowed(int(x.size[anchor]), s.waited)
	s.first, s.end = x.span(x.skill[anchor]-s.window, x.skill[anchor]+s.window)
	s.hurdle, s.found = TooFew, false
	need := s.shapes[len(s.shapes)-1].players()
	for mask := x.mask[anchor] & x.regions(); mask != 0; mask &= mask - 1 {
		lane := bits.TrailingZeros64(mask)
		if x.lanes[lane].players.between(s.first, s.end) >= need {
			s.runLane(lane)
		}
	}
	q.entries[slot].hurdle = s.hurdle
	return s.found
}

// allowed are the shapes that will do for a party of that size after that wait,
// most players first.
func (q *Queue) allowed(size int, waited time.Duration) []shape {
	shapes := q.shapes[size]
	if waited < q.rules.FullFor {
		return shapes[:1]
	}
	return shapes
}

func (s *search) fail(hurdle Reason) { s.hurdle = max(s.hurdle, hurdle) }

func (s *search) runLane(lane int) {
	s.made = 0
	if s.queue.rules.Together == nil {
		s.gather(lane)
		s.propose(lane)
		return
	}
	for s.friends.reset(); ; {
		s.gatherFriends(lane)
		if !s.short() || !s.friends.barWorst() {
			break
		}
	}
	s.propose(lane)
}

// want is how many players next to the anchor are worth a look: enough for the
// largest match, and some to choose from when parties must fit.
func (s *search) want() int {
	n := s.shapes[0].players()
	if s.queue.rules.MaxParty > 1 {
		n += 2 * s.shapes[0].size
	}
	return n
}

// gather fills the pool from both sides of the anchor.
func (s *search) gather(lane int) {
	x := &s.queue.index
	l := &x.lanes[lane]
	want := int32(s.want())
	s.pool = s.pool[:0]
	got := int32(0)
	for r := l.prev[s.anchor]; int(r) >= s.first && got < want; r = l.prev[r] {
		s.pool = append(s.pool, r)
		got += x.size[r]
	}
	slices.Reverse(s.pool)
	s.pool = append(s.pool, s.anchor)
	got = 0
	for r := l.next[s.anchor]; int(r) < s.end && got < want; r = l.next[r] {
		s.pool = append(s.pool, r)
		got += x.size[r]
	}
	s.queue.pass.left -= 2 * len(s.pool)
}

// propose makes matches from the pool and keeps the best.
func (s *search) propose(lane int) {
	s.measurePool()
	most := s.most()
	i := slices.IndexFunc(s.shapes, func(sh shape) bool { return sh.players() <= most })
	if i < 0 {
		if s.friends.refused {
			s.fail(Predicate)
		}
		return
	}
	for _, sh := range s.shapes[i:min(i+maxShapes, len(s.shapes))] {
		if s.tryAll(lane, sh, s.tight(sh.players())) {
			return
		}
		if s.largest > 1 && s.tryAll(lane, sh, s.wide(sh.players())) {
			return
		}
	}
}

// short tells whether the pool has too few for any match.
func (s *search) short() bool {
	s.measurePool()
	return s.most() < s.shapes[len(s.shapes)-1].players()
}

func (s *search) measurePool() {
	x := &s.queue.index
	s.players = append(s.players[:0], 0)
	s.largest = 0
	for i, r := range s.pool {
		if r == s.anchor {
			s.at = i
		}
		s.players = append(s.players, s.players[i]+x.size[r])
		s.largest = max(s.largest, int(x.size[r]))
	}
}

// fits tells whether the window allows pool[low:end].
func (s *search) fits(low, end int) bool {
	skill := s.queue.index.skill
	return skill[s.pool[end-1]]-skill[s.pool[low]] <= s.window
}

// most is the largest number of players of a stretch that the window allows.
func (s *search) most() int {
	most, end := int32(0), len(s.pool)
	for low := s.at; low >= 0; low-- {
		for end > s.at+1 && !s.fits(low, end) {
			end--
		}
		if !s.fits(low, end) {
			break
		}
		most = max(most, s.players[end]-s.players[low])
	}
	return int(most)
}

// tight lists the narrowest stretches that hold so many players.
func (s *search) tight(players int) []stretch {
	skill := s.queue.index.skill
	s.tries = s.tries[:0]
	end := len(s.pool)
	for low := s.at; low >= 0; low-- {
		for end-1 > s.at && int(s.players[end-1]-s.players[low]) >= players {
			end--
		}
		if int(s.players[end]-s.players[low]) >= players && s.fits(low, end) {
			s.consider(stretch{low, end, skill[s.pool[end-1]] - skill[s.pool[low]]})
		}
	}
	return s.tries
}

// wide lists the stretches with the most players to choose from.
func (s *search) wide(players int) []stretch {
	s.tries = s.tries[:0]
	end := len(s.pool)
	for low := s.at; low >= 0; low-- {
		for end > s.at+1 && !s.fits(low, end) {
			end--
		}
		n := int(s.players[end] - s.players[low])
		if n >= players && s.fits(low, end) {
			s.consider(stretch{low, end, -float64(n)})
		}
	}
	return s.tries
}

// consider keeps the stretch if it is among the cheapest so far.
func (s *search) consider(t stretch) {
	i := len(s.tries)
	for i > 0 && s.tries[i-1].cost > t.cost {
		i--
	}
	if i == maxTries {
		return
	}
	s.tries = slices.Insert(s.tries, i, t)
	s.tries = s.tries[:min(len(s.tries), maxTries)]
}

// tryAll makes a match of each stretch in turn. By default the first will do,
// as the stretches come in order of preference.
func (s *search) tryAll(lane int, sh shape, tries []stretch) bool {
	found := false
	for _, t := range tries {
		if s.made++; s.made > maxProposals {
			break
		}
		s.queue.pass.left -= t.end - t.low + sh.players()*sh.players()
		found = s.try(lane, sh, t) || found
		if found && s.queue.rules.Score == nil {
			break
		}
	}
	return found
}

// try makes a match of one stretch and keeps it if it is the best so far.
func (s *search) try(lane int, sh shape, t stretch) bool {
	q, p := s.queue, &s.next
	if !s.pack(p, sh, t) {
		s.fail(PartySize)
		return false
	}
	p.balance(&q.index)
	p.measure(q, lane)
	if p.imbalance > q.rules.Balance.At(s.waited) {
		s.fail(Unbalanced)
		return false
	}
	if q.rules.Accept != nil || q.rules.Score != nil {
		q.pass.left -= previewCost * len(p.members)
		s.preview.reset()
		p.fill(q, s, &s.preview)
	}
	if q.rules.Accept != nil && !q.rules.Accept(&s.preview.matches[0]) {
		s.fail(Predicate)
		return false
	}
	if q.rules.Score != nil {
		p.score = q.rules.Score(&s.preview.matches[0])
	} else {
		p.score = -portion(p.spread, s.window) - portion(p.latency, q.rules.Latency.At(s.waited))
	}
	if !s.found || p.score > s.best.score {
		s.best, s.next, s.found = s.next, s.best, true
	}
	return true
}

// portion of a limit that is used up.
func portion(used, limit float64) float64 {
	if used == 0 {
		return 0 // even of nothing
	}
	return used / limit
}
