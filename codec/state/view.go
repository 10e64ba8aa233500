package state

import "math/bits"

// Form is a wire form.
type Form uint8

// The wire forms. Both mean the same.
const (
	MForm Form = iota // MessagePack arrays
	BForm             // bit-packed residuals
	forms
)

// class is the first element of every frame.
type class uint8

const (
	steady    class = 1 // from the tick before
	coalesced class = 2 // from an older tick
	keyframe  class = 3 // from nothing
)

// Owner says whose private entities a view shows; 0 is nobody.
type Owner uint32

// ViewOptions say what a view shows. The zero value is what everybody may see:
// all entities of public tables.
type ViewOptions struct {
	Owner  Owner      // also the private entities of this owner
	All    bool       // also those of all owners: for recordings and referees
	Chosen []AnyTable // of these tables only what Show adds: teams, fog of war
	Near   []Near     // of these tables only what is near, see Look
}

// Near is interest by distance: an entity is seen from Enter on, and until it
// is farther than Leave, so that nobody flickers at the edge.
type Near struct {
	Table        AnyTable
	X, Y         string  // names of two Quantised, Int or Uint fields
	Enter, Leave float64 // radii, Leave ≥ Enter; 0 Leave: 1.15 × Enter
}

// AnyTable is a [Table], a [Private] or a [Dynamic].
type AnyTable interface{ base() *store }

// View is what one player or group may see. Its frames are shared by all its
// clients.
type View struct {
	world   *World
	since   uint32 // first tick that it knows
	owner   Owner
	all     bool
	sets    []viewSet
	toggles ring[uint32] // type<<16 | slot, that entered or left, tick by tick
	x, y    float32      // centre of interest

	// Equal sets have equal keys: their frames are shared.
	nowKey, knownKey uint64
	steady           [forms]steadyFrame
}

// viewSet is the part of a view in one table.
type viewSet struct {
	now    bitset // seen at the current tick
	known  bitset // seen at the tick before
	same   bool   // the very entities of known are seen now
	chosen *chosen
	near   *near

	// Of a view of the whole table: the population that now is of, and whether
	// known is the same.
	population uint32
	settled    bool
}

// NewView adds a view. Make it before the Commit whose tick it shall first show.
func (w *World) NewView(o ViewOptions) *View {
	v := &View{world: w, since: w.tick, owner: o.Owner, all: o.All}
	for _, t := range o.Chosen {
		v.set(t).chosen = &chosen{}
	}
	for _, n := range o.Near {
		v.set(n.Table).near = newNear(n)
	}
	w.views = append(w.views, v)
	v.look()
	return v
}

func (v *View) set(t AnyTable) *viewSet { return v.setOf(t.base()) }

func (v *View) setOf(s *store) *viewSet {
	for len(v.sets) <= s.index {
		v.sets = append(v.sets, viewSet{})
	}
	return &v.sets[s.index]
}

// Close takes the view out of its world.
func (v *View) Close() {
	views := v.world.views
	for i := range views {
		if views[i] == v && v != v.world.everybody {
			v.world.views = append(views[:i:i], views[i+1:]...)
			return
		}
	}
}

// Show adds an entity of a Chosen table.
func (v *View) Show(t AnyTable, id ID) {
	if slot, ok := t.base().find(id); ok && v.set(t).chosen != nil {
		v.set(t).chosen.add(slot, id)
	}
}

// Hide removes an entity of a Chosen table.
func (v *View) Hide(t AnyTable, id ID) {
	if slot, ok := t.base().find(id); ok && v.set(t).chosen != nil {
		v.set(t).chosen.remove(slot)
	}
}

// Look moves the centre of interest, in the units of the Near fields. It counts
// from the next Commit on.
func (v *View) Look(x, y float64) { v.x, v.y = float32(x), float32(y) }

// update brings the view to the tick that was just closed.
func (v *View) update() {
	v.toggles.open(v.world.tick)
	v.knownKey = v.nowKey
	v.look()
}

// look finds what the view sees now.
func (v *View) look() {
	for i, s := range v.world.stores {
		set := v.setOf(s)
		if set.unchanged(s) {
			continue
		}
		if !set.followable(v, s) {
			n := len(s.live)
			set.known, set.now = set.now.resized(n), set.known.resized(n)
			set.find(v, s)
		} else if !set.follow(v, s) {
			continue
		}
		v.compare(i, set, s)
	}
}

// followable reports whether what is near can be found from what was near.
func (set *viewSet) followable(v *View, s *store) bool {
	return set.near != nil && set.chosen == nil && s.owned == nil && !set.near.adrift(v, len(s.live))
}

// follow reports whether now may differ from known.
func (set *viewSet) follow(v *View, s *store) bool {
	if !set.same {
		copy(set.known, set.now)
		set.same = true
	}
	return set.near.follow(v, set.now, s)
}

// compare notes who entered or left.
func (v *View) compare(i int, set *viewSet, s *store) {
	var other uint64
	known, born := set.known[:len(set.now)], s.born[:len(set.now)]
	for j, w := range set.now {
		diff := w ^ known[j]
		other |= diff | w&born[j]
		if diff != 0 {
			v.toggle(uint32(i)<<16|uint32(j<<6), diff)
		}
	}
	set.same = other == 0
}

// toggle notes who entered or left, by the bits from place first.
func (v *View) toggle(first uint32, diff uint64) {
	for ; diff != 0; diff &= diff - 1 {
		toggle := first + uint32(bits.TrailingZeros64(diff))
		v.toggles.push(&toggle)
		v.nowKey ^= mix(toggle)
	}
}

// unchanged reports whether a view of a whole table sees what it saw. That is
// how a big world costs little.
func (set *viewSet) unchanged(s *store) bool {
	if s.owned != nil || set.chosen != nil || set.near != nil {
		return false
	}
	if set.population != s.population {
		set.population, set.settled = s.population, false
		return false
	}
	if !set.settled {
		copy(set.known, set.now)
		set.settled = true
	}
	return true
}

// find fills now; it holds what was seen two ticks ago.
func (set *viewSet) find(v *View, s *store) {
	switch {
	case s.owned != nil && v.all:
		copy(set.now, s.live)
	case s.owned != nil:
		clear(set.now)
		if b := s.owned[v.owner]; b != nil && v.owner != 0 {
			copy(set.now, *b)
		}
	case set.chosen != nil:
		set.chosen.find(set.now, s)
	case set.near != nil:
		set.near.find(v, set, s)
	default:
		copy(set.now, s.live)
	}
}

// mix spreads a toggle over 64 bits (splitmix64).
func mix(v uint32) uint64 {
	z := uint64(v)*0x9e3779b97f4a7c15 + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// chosen is an explicit set. An entry is for one life of a slot.
type chosen struct {
	slots       bitset
	generations []uint16
}

func (c *chosen) add(slot int, id ID) {
	c.slots = c.slots.resized(slot>>6 + 1)
	for len(c.generations) < 64*len(c.slots) {
		c.generations = append(c.generations, 0)
	}
	c.slots.set(slot)
	c.generations[slot] = id.generation()
}

func (c *chosen) remove(slot int) {
	if c.slots.has(slot) {
		c.slots.unset(slot)
	}
}

func (c *chosen) find(now bitset, s *store) {
	c.slots = c.slots.resized(len(now))
	for len(c.generations) < 64*len(c.slots) {
		c.generations = append(c.generations, 0)
	}
	for j, live := range s.live {
		c.slots[j] &= live
		for m := c.slots[j] & s.born[j]; m != 0; m &= m - 1 {
			if slot := j<<6 + bits.TrailingZeros64(m); c.generations[slot] != s.lastGen[slot] {
				c.slots[j] &^= m & -m
			}
		}
	}
	copy(now, c.slots)
}
