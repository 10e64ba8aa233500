package matchmaker

import "slices"

// maxNodes bounds the search for a way to fill teams exactly.
const maxNodes = 2000

// part is a place for a party: so many seats of that team.
type part struct{ team, size int }

// pack chooses tickets of the stretch, the anchor among them, that fill the
// shape to the last seat, and seats them.
func (s *search) pack(p *proposal, sh shape, t stretch) bool {
	s.sortNear(t)
	p.reset(sh)
	p.seat(&s.queue.index, s.anchor, 0)
	if s.packSpread(p, t) {
		return true
	}
	if s.largest == 1 {
		return false
	}
	p.reset(sh)
	p.seat(&s.queue.index, s.anchor, 0)
	return s.packExactly(p, sh)
}

// sortNear lists the places of the stretch but the anchor's by distance from
// it, and counts the parties of each size.
func (s *search) sortNear(t stretch) {
	x := &s.queue.index
	s.near = s.near[:0]
	s.count = sized(s.count, s.largest+1)
	clear(s.count)
	anchor := x.skill[s.anchor]
	left, right := s.at-1, s.at+1
	for left >= t.low || right < t.end {
		place := right
		if right >= t.end || left >= t.low && anchor-x.skill[s.pool[left]] <= x.skill[s.pool[right]]-anchor {
			place = left
			left--
		} else {
			right++
		}
		s.near = append(s.near, int32(place))
		s.count[x.size[s.pool[place]]]++
	}
}

// packSpread seats large parties first, each where most room is: parties end up
// spread over the teams. It may leave gaps that nobody fits.
func (s *search) packSpread(p *proposal, t stretch) bool {
	x := &s.queue.index
	for size := s.largest; size > 0 && p.room > 0; size-- {
		if s.count[size] == 0 {
			continue
		}
		for _, place := range s.near {
			rank := s.pool[place]
			if int(x.size[rank]) != size {
				continue
			}
			team := p.roomiest()
			if p.teams[team].room < size {
				break
			}
			p.seat(x, rank, team)
		}
	}
	return p.room == 0
}

// packExactly finds a way to divide each team into parties that are there, then
// takes the nearest of each size.
func (s *search) packExactly(p *proposal, sh shape) bool {
	s.parts = s.parts[:0]
	nodes := maxNodes
	found := s.divide(p, sh, 0, p.teams[0].room, sh.size, &nodes)
	s.queue.pass.left -= maxNodes - nodes
	if !found {
		return false
	}
	x := &s.queue.index
	for _, part := range s.parts {
		i := slices.IndexFunc(s.near, func(place int32) bool {
			return place >= 0 && int(x.size[s.pool[place]]) == part.size
		})
		p.seat(x, s.pool[s.near[i]], part.team)
		s.near[i] = -1
	}
	return true
}

// divide fills the room of this team with parties no larger than most, and then
// the teams after it.
func (s *search) divide(p *proposal, sh shape, team, room, most int, nodes *int) bool {
	if room == 0 {
		if team++; team == sh.teams {
			return true
		}
		room, most = p.teams[team].room, sh.size
	}
	for size := min(room, most, s.largest); size > 0; size-- {
		if s.count[size] == 0 {
			continue
		}
		if *nodes--; *nodes < 0 {
			return false
		}
		s.count[size]--
		s.parts = append(s.parts, part{team, size})
		if s.divide(p, sh, team, room-size, size, nodes) {
			return true
		}
		s.parts = s.parts[:len(s.parts)-1]
		s.count[size]++
	}
	return false
}
