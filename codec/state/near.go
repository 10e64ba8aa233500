package state

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
)

// near is interest by distance in one table.
type near struct {
	grid         *grid
	enter, leave float32 // squared
	radius       float32 // of leave
	before       bitset  // what was seen and still lives
}

const defaultLeave = 1.15

func newNear(n Near) *near {
	s := n.Table.base()
	leave := max(n.Enter, cmp.Or(n.Leave, n.Enter*defaultLeave))
	return &near{
		grid:  s.gridFor(s.fieldNamed(n.X), s.fieldNamed(n.Y), leave),
		enter: float32(n.Enter * n.Enter), leave: float32(leave * leave), radius: float32(leave),
	}
}

func (s *store) fieldNamed(name string) int {
	for i, f := range s.typ.Fields {
		if f.Name == name && !f.Kind.variable() && f.Kind != Float && f.Kind != Angle {
			return i
		}
	}
	panic(fmt.Sprintf("state: %q has no q, int or uint field %q to measure distance by", s.typ.Name, name))
}

// grid sorts the entities of a table by place, so that a view looks only at
// those around it.
type grid struct {
	store      *store
	fx, fy     int
	x0, y0     float32 // corner
	perUnit    float32 // cells per unit of length
	cols, rows int
	cells      [][]placed
	home       []uint32 // by slot: its cell
	placeOf    []uint32 // by slot: its place in the cell
}

type placed struct {
	x, y float32
	slot uint16
}

const (
	noHome   = math.MaxUint32
	maxCells = 1 << 14
)

// gridFor is the table's grid over two fields, made at the first use.
func (s *store) gridFor(fx, fy int, radius float64) *grid {
	for _, g := range s.grids {
		if g.fx == fx && g.fy == fy {
			return g
		}
	}
	x, y := &s.typ.Fields[fx], &s.typ.Fields[fy]
	width, height := x.span(), y.span()
	size := max(radius/2, math.Sqrt(width*height/maxCells), max(width, height)/maxCells)
	g := &grid{
		store: s, fx: fx, fy: fy, perUnit: float32(1 / size),
		x0: float32(x.Value(int32(x.low()))), y0: float32(y.Value(int32(y.low()))),
		cols: int(width/size) + 1, rows: int(height/size) + 1,
	}
	g.cells = make([][]placed, g.cols*g.rows)
	s.grids = append(s.grids, g)
	for slot := range s.live.all() {
		if s.spawned[slot] <= s.world.tick {
			g.put(slot)
		}
	}
	return g
}

// span is how long the field's range is.
func (f *Field) span() float64 {
	return f.Value(int32(uint32(f.high()))) - f.Value(int32(f.low()))
}

// update moves what moved in this tick.
func (g *grid) update() {
	s := g.store
	for slot := range s.gone.all() {
		g.take(slot)
	}
	fields := uint32(1<<g.fx | 1<<g.fy)
	for j := range s.changed {
		for m := s.changed[j] | s.born[j]; m != 0; m &= m - 1 {
			slot := j<<6 + bits.TrailingZeros64(m)
			if s.born[j]&(m&-m) != 0 || s.mask[slot]&fields != 0 {
				g.put(slot)
			}
		}
	}
}

// put notes where an entity is now.
func (g *grid) put(slot int) {
	for len(g.home) <= slot {
		g.home, g.placeOf = append(g.home, noHome), append(g.placeOf, 0)
	}
	cells := g.store.entity(slot)
	p := placed{slot: uint16(slot)}
	p.x = float32(g.store.typ.Fields[g.fx].Value(cells[g.fx].v))
	p.y = float32(g.store.typ.Fields[g.fy].Value(cells[g.fy].v))
	cell := uint32(g.row(p.y)*g.cols + g.col(p.x))
	if g.home[slot] == cell {
		g.cells[cell][g.placeOf[slot]] = p
		return
	}
	g.take(slot)
	g.home[slot], g.placeOf[slot] = cell, uint32(len(g.cells[cell]))
	g.cells[cell] = append(g.cells[cell], p)
}

// take removes an entity; the last of its cell moves into its place.
func (g *grid) take(slot int) {
	if slot >= len(g.home) || g.home[slot] == noHome {
		return
	}
	list, at := g.cells[g.home[slot]], g.placeOf[slot]
	last := list[len(list)-1]
	list[at] = last
	g.placeOf[last.slot] = at
	g.cells[g.home[slot]] = list[:len(list)-1]
	g.home[slot] = noHome
}

func (g *grid) col(x float32) int { return clampInt((x-g.x0)*g.perUnit, g.cols) }
func (g *grid) row(y float32) int { return clampInt((y-g.y0)*g.perUnit, g.rows) }

func clampInt(v float32, n int) int {
	if !(v > 0) {
		return 0
	}
	return int(min(v, float32(n-1)))
}

// find fills now with what is near: farther out for what was seen before. What
// is in and what is out follow no pattern, so the inner loop has no branches.
func (n *near) find(v *View, set *viewSet, s *store) {
	n.before = n.before.resized(len(set.now))
	for j, known := range set.known {
		set.now[j] = 0
		n.before[j] = known &^ s.born[j]
	}
	g, r := n.grid, n.radius
	left, right := g.col(v.x-r), g.col(v.x+r)
	for row := g.row(v.y - r); row <= g.row(v.y+r); row++ {
		for _, cell := range g.cells[row*g.cols+left : row*g.cols+right+1] {
			n.pick(set.now, cell, v.x, v.y)
		}
	}
}

func (n *near) pick(now bitset, cell []placed, x, y float32) {
	before := n.before[:len(now)]
	for i := range cell {
		p := &cell[i]
		dx, dy := p.x-x, p.y-y
		d := dx*dx + dy*dy
		var enter, stay uint64
		if d <= n.enter {
			enter = 1
		}
		if d <= n.leave {
			stay = 1
		}
		word, bit := p.slot>>6, p.slot&63
		stay &= before[word] >> bit
		now[word] |= (enter | stay) << bit
	}
}

// nearness is 1 at the centre of interest and falls with distance.
func (n *near) nearness(v *View, slot int) float64 {
	g := n.grid
	p := &g.cells[g.home[slot]][g.placeOf[slot]]
	distance := math.Hypot(float64(p.x-v.x), float64(p.y-v.y))
	return 1 / (1 + 8*distance/float64(n.radius))
}
