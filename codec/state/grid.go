package state

import (
	"math"
	"math/bits"
)

// grid sorts the entities of a table by place, so that a view looks only at
// those around it, and tells which of them moved.
type grid struct {
	store      *store
	fx, fy     int
	x0, y0     float32 // corner
	perUnit    float32 // cells per unit of length
	cols, rows int
	cells      [][]uint16 // slots
	spots      []spot     // by slot

	// In the last tick.
	moved    bitset     // somewhere, or born
	crossed  []crossing // of those, the ones that came into another cell
	turnover bool       // somebody was born or is gone
}

// crossing is an entity that came into another cell.
type crossing struct {
	col, row int
	slot     uint16
}

// spot is where an entity is.
type spot struct {
	x, y  float32 // NaN when there is no entity: it is near to nothing
	cell  uint32
	place uint32 // in the cell
}

const (
	noCell   = math.MaxUint32
	maxCells = 1 << 14
)

var nowhere = spot{float32(math.NaN()), float32(math.NaN()), noCell, 0}

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
	g.cells = make([][]uint16, g.cols*g.rows)
	s.grids = append(s.grids, g)
	g.open()
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

// open starts a tick and makes room for all slots.
func (g *grid) open() {
	clear(g.moved)
	g.moved = g.moved.resized(len(g.store.live))
	g.crossed = g.crossed[:0]
	for len(g.spots) < 64*len(g.moved) {
		g.spots = append(g.spots, nowhere)
	}
}

// update moves what moved in this tick.
func (g *grid) update() {
	g.open()
	s := g.store
	g.turnover = false
	for slot := range s.gone.all() {
		g.take(slot)
		g.turnover = true
	}
	fields := uint32(1<<g.fx | 1<<g.fy)
	for j := range s.changed {
		for m := s.changed[j] | s.born[j]; m != 0; m &= m - 1 {
			slot := j<<6 + bits.TrailingZeros64(m)
			born := s.born[j]&(m&-m) != 0
			g.turnover = g.turnover || born
			if born || s.mask[slot]&fields != 0 {
				g.put(slot)
			}
		}
	}
}

// put notes where an entity is now.
func (g *grid) put(slot int) {
	cells := g.store.entity(slot)
	x := float32(g.store.typ.Fields[g.fx].Value(cells[g.fx].v))
	y := float32(g.store.typ.Fields[g.fy].Value(cells[g.fy].v))
	g.moved.set(slot)
	col, row := g.col(x), g.row(y)
	cell := uint32(row*g.cols + col)
	if p := &g.spots[slot]; p.cell == cell {
		p.x, p.y = x, y
		return
	}
	g.take(slot)
	g.spots[slot] = spot{x, y, cell, uint32(len(g.cells[cell]))}
	g.cells[cell] = append(g.cells[cell], uint16(slot))
	g.crossed = append(g.crossed, crossing{col, row, uint16(slot)})
}

// take removes an entity; the last of its cell moves into its place.
func (g *grid) take(slot int) {
	p := g.spots[slot]
	if p.cell == noCell {
		return
	}
	list := g.cells[p.cell]
	last := list[len(list)-1]
	list[p.place] = last
	g.spots[last].place = p.place
	g.cells[p.cell] = list[:len(list)-1]
	g.spots[slot] = nowhere
}

func (g *grid) col(x float32) int { return clampInt((x-g.x0)*g.perUnit, g.cols) }
func (g *grid) row(y float32) int { return clampInt((y-g.y0)*g.perUnit, g.rows) }

func clampInt(v float32, n int) int {
	if !(v > 0) {
		return 0
	}
	return int(min(v, float32(n-1)))
}

// box is a rectangle of cells, both ends included.
type box struct{ left, right, top, bottom int }

// around has all cells that are not farther away than r on either axis.
func (g *grid) around(x, y, r float32) box {
	return box{g.col(x - r), g.col(x + r), g.row(y - r), g.row(y + r)}
}

// has is 1 for a crossing into the box, else 0. Who crosses where follows no
// pattern, so there is no branch for it: a sign among four tells.
func (b *box) has(c *crossing) uint64 {
	outside := (c.row - b.top) | (b.bottom - c.row) | (c.col - b.left) | (b.right - c.col)
	return uint64(^outside) >> 63
}
