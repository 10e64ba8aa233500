package state

import (
	"cmp"
	"errors"
	"math/bits"
	"slices"
)

const (
	maxCode    = 10 // longest code: one 1024-entry look-up decodes it
	maxSymbols = 64
)

// errCode says that a table is not a prefix code.
var errCode = errors.New("code lengths do not make a prefix code")

// code is a canonical Huffman code for symbols, sent with its first bit first.
type code struct {
	lengths []uint8
	enc     [maxSymbols]codeword
	small   [64]codeword // whole u(T,v) of v below 64
	dec     []uint16     // symbol<<4 | length by the next 10 bits; nil in encoders
}

type codeword struct {
	bits uint32 // reversed: the first bit is the lowest
	len  uint32
}

// newCode assigns codes by length, then by symbol.
func newCode(lengths []uint8) (*code, error) {
	if len(lengths) > maxSymbols {
		return nil, errCode
	}
	c := &code{lengths: lengths}
	next, used := uint32(0), 0
	for n := uint32(1); n <= maxCode; n++ {
		for sym, l := range lengths {
			if uint32(l) != n {
				continue
			}
			if next >= 1<<n {
				return nil, errCode
			}
			c.enc[sym] = codeword{bits: bits.Reverse32(next) >> (32 - n), len: n}
			next++
			used++
		}
		next <<= 1
	}
	for _, l := range lengths {
		if l > maxCode {
			return nil, errCode
		}
	}
	if used == 0 {
		return nil, errCode
	}
	for v := range c.small {
		sym, low := symbolOf(uint32(v))
		e := c.enc[sym]
		c.small[v] = codeword{e.bits | uint32(v)&(1<<low-1)<<e.len, e.len + uint32(low)}
	}
	return c, nil
}

// decoder fills the look-up table. Bit patterns of no code decode as length 0.
func (c *code) decoder() {
	c.dec = make([]uint16, 1<<maxCode)
	for sym, w := range c.enc {
		if w.len == 0 {
			continue
		}
		for i := w.bits; i < 1<<maxCode; i += 1 << w.len {
			c.dec[i] = uint16(sym)<<4 | uint16(w.len)
		}
	}
}

// symbolOf is the symbol of u(T,v), see docs/state-format.md, and how many low
// bits of v follow it.
func symbolOf(v uint32) (sym int, low uint) {
	if v < 4 {
		return int(v), 0
	}
	l := uint(bits.Len32(v) - 1)
	return int(2*l + uint(v>>(l-1)&1)), l - 1
}

// u writes u(T,v).
func (c *code) u(w *bitWriter, v uint32) {
	if v < uint32(len(c.small)) {
		e := c.small[v]
		w.put(uint64(e.bits), uint(e.len))
		return
	}
	sym, low := symbolOf(v)
	e := c.enc[sym%maxSymbols]
	w.put(uint64(e.bits)|uint64(v)&(1<<low-1)<<e.len, uint(e.len)+low)
}

// bits is how many bits u(T,v) takes.
func (c *code) bits(v uint32) int {
	if v < uint32(len(c.small)) {
		return int(c.small[v].len)
	}
	sym, low := symbolOf(v)
	return int(c.enc[sym%maxSymbols].len) + int(low)
}

// symbol reads one symbol; ok is false for a pattern of no code.
func (c *code) symbol(r *bitReader) (sym int, ok bool) {
	if r.n < maxCode {
		r.fill()
	}
	e := c.dec[r.acc&(1<<maxCode-1)]
	n := uint(e & 15)
	r.acc >>= n
	r.n -= n
	return int(e >> 4), n != 0
}

// readU reads u(T,v).
func (c *code) readU(r *bitReader) (v uint32, ok bool) {
	sym, ok := c.symbol(r)
	if sym < 4 {
		return uint32(sym), ok
	}
	l := uint(sym / 2)
	return (2|uint32(sym&1))<<(l-1) | r.long(l-1), ok
}

func zigzag(x int32) uint32   { return uint32(x<<1) ^ uint32(x>>31) }
func unzigzag(u uint32) int32 { return int32(u>>1) ^ -int32(u&1) }

// limitedLengths are optimal code lengths of at most maxCode for the weights,
// all positive (package-merge).
func limitedLengths(weights []float64) []uint8 {
	lengths := make([]uint8, len(weights))
	if len(weights) == 1 {
		lengths[0] = 1
		return lengths
	}
	type pack struct {
		weight  float64
		symbols []int
	}
	leaves := make([]pack, len(weights))
	for i, w := range weights {
		leaves[i] = pack{w, []int{i}}
	}
	byWeight := func(a, b pack) int { return cmp.Compare(a.weight, b.weight) }
	slices.SortStableFunc(leaves, byWeight)
	row := leaves
	for range maxCode - 1 {
		var pairs []pack
		for i := 0; i+1 < len(row); i += 2 {
			pairs = append(pairs, pack{row[i].weight + row[i+1].weight, slices.Concat(row[i].symbols, row[i+1].symbols)})
		}
		row = slices.Concat(leaves, pairs)
		slices.SortStableFunc(row, byWeight)
	}
	for _, p := range row[:2*len(weights)-2] {
		for _, sym := range p.symbols {
			lengths[sym]++
		}
	}
	return lengths
}
