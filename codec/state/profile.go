package state

import (
	"cmp"
	"math/bits"
	"slices"
)

// Profile counts what frames are made of. It costs as much as encoding again:
// switch it on to find the field that eats the bandwidth.
type Profile struct {
	frames int
	bits   int
	types  []typeCost
	d      delta
	w      bitWriter
}

type typeCost struct {
	structure cost
	fields    []cost
}

type cost struct{ count, bits int }

// Cost is what one part of the frames took.
type Cost struct {
	Type  string
	Field string // "" for what is not a field: which entities, which fields
	Count int    // values sent
	Bytes float64
	Share float64 // of all bytes
}

// StartProfile counts the frames that the world's views make from now on; each
// once, however many clients get it.
func (w *World) StartProfile() *Profile {
	w.profile = &Profile{}
	return w.profile
}

// StopProfile switches counting off.
func (w *World) StopProfile() { w.profile = nil }

// Frames is how many frames were counted, and their bytes.
func (p *Profile) Frames() (n, bytes int) { return p.frames, p.bits / 8 }

// Costs lists the parts of the frames, the dearest first.
func (p *Profile) Costs(s *Schema) []Cost {
	var costs []Cost
	add := func(typ, field string, c cost) {
		if c.count > 0 {
			costs = append(costs, Cost{typ, field, c.count, float64(c.bits) / 8, float64(c.bits) / float64(p.bits)})
		}
	}
	for i := range p.types {
		t := &s.Types[i]
		add(t.Name, "", p.types[i].structure)
		for j, c := range p.types[i].fields {
			add(t.Name, t.Fields[j].Name, c)
		}
	}
	slices.SortStableFunc(costs, func(a, b Cost) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return costs
}

// frame counts a frame of so many bytes that was just made from d.
func (p *Profile) frame(v *View, made *delta, form Form, bytes int) {
	p.frames++
	p.bits += 8 * bytes
	d := &p.d
	d.class, d.base, d.tick = made.class, made.base, made.tick
	for i, s := range v.world.stores {
		if i == len(p.types) {
			p.types = append(p.types, typeCost{fields: make([]cost, len(s.fields))})
		}
		d.fill(v, i, nil)
		if d.empty() {
			continue
		}
		t := &p.types[i]
		before := t.total()
		for slot := range d.adds.all() {
			for f := range s.fields {
				p.field(t, s, d, form, slot, f, true)
			}
		}
		for slot := range d.changes.all() {
			for m := d.mask[slot]; m != 0; m &= m - 1 {
				p.field(t, s, d, form, slot, bits.TrailingZeros32(m), false)
			}
		}
		t.structure.count++
		t.structure.bits += p.section(s, d, form) - (t.total() - before)
	}
}

// total is the bits of the fields.
func (t *typeCost) total() (n int) {
	for _, c := range t.fields {
		n += c.bits
	}
	return n
}

// field counts one value.
func (p *Profile) field(t *typeCost, s *store, d *delta, form Form, slot, f int, full bool) {
	t.fields[f].count++
	if form == MForm {
		p.w.buf = s.appendValueM(p.w.buf[:0], slot, f)
		t.fields[f].bits += 8 * len(p.w.buf)
		return
	}
	tc, c := &s.world.schema.book.types[s.index], s.entity(slot)[f]
	p.w = bitWriter{buf: p.w.buf[:0]}
	switch {
	case full:
		s.putFull(&p.w, &tc.fields[f], slot, f, d.tick)
	case d.class == steady:
		s.putSteady(&p.w, &tc.fields[f], slot, f)
	default:
		s.putCoalesced(&p.w, tc, d, slot, f, c)
	}
	t.fields[f].bits += 8*len(p.w.buf) + int(p.w.n)
}

// section is the bits of all that a frame says of a type.
func (p *Profile) section(s *store, d *delta, form Form) int {
	p.w = bitWriter{buf: p.w.buf[:0]}
	if form == MForm {
		p.w.buf = s.appendM(p.w.buf, d)
		return 8 * len(p.w.buf)
	}
	s.appendB(&p.w, d)
	return 8*len(p.w.buf) + int(p.w.n)
}
