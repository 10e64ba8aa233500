package state

import "math/bits"

// role is what a table codes. Each type has the first ones, each field those
// of its kind.
type role uint8

const (
	roleCount   role = iota // number of removed, added or changed entities
	roleRemove              // gap between removed entities
	roleAdd                 // gap between added slots
	roleChange              // gap between changed entities
	roleStart               // steady residual of a field that rested
	roleMotion              // steady residual of a field that moved
	roleFast                // the same if it moved fast, see split
	roleJump                // coalesced residual
	roleTurn                // the same of a predicted field whose motion is another now
	roleSpeed               // coalesced difference of motion
	roleInitial             // motion of an added entity
	roleLength              // length of a variable value
	roles
)

const typeRoles = 4 // the roles of a type come first

// codebook is one epoch of tables for the B-form.
type codebook struct {
	epoch uint32
	types []typeCodes
}

// typeCodes are the tables of one type.
type typeCodes struct {
	of     [typeRoles]*code
	masks  []*maskCode // by maskUse; none: masks are raw, moving entities are like others
	fields []fieldCodes
}

// fieldCodes are the tables of one field; those its kind does not need are nil.
type fieldCodes struct {
	split uint8 // of a predicted field: fast is a motion of 2^split and more
	codes [roles - typeRoles]*code
}

func (f *fieldCodes) of(r role) *code { return f.codes[r-typeRoles] }

// maxMotionBits is the length of the longest motion, of a field of maxQuantised
// bits; nothing is fast with that as split.
const maxMotionBits = maxQuantised - 6

// steady is the table for a field that had motion d, of so many bits.
func (f *fieldCodes) steady(motionBits uint8) *code {
	switch {
	case motionBits == 0:
		return f.of(roleStart)
	case motionBits > f.split:
		return f.of(roleFast)
	}
	return f.of(roleMotion)
}

// jump is the table for a coalesced field whose motion changed by so much.
func (f *fieldCodes) jump(turn int32) *code {
	if turn < -1 || turn > 1 {
		return f.of(roleTurn)
	}
	return f.of(roleJump)
}

// motionBits is the length of |d|.
func motionBits(d int32) uint8 { return uint8(bits.Len32(uint32(max(d, -d)))) }

// rolesOf lists the tables that a field needs, in wire order.
func rolesOf(f *Field) []role {
	switch {
	case f.Kind.variable():
		return []role{roleLength}
	case f.Kind == Float || f.Bits <= 2:
		return nil
	case f.Pred:
		return []role{roleStart, roleMotion, roleFast, roleJump, roleTurn, roleSpeed, roleInitial}
	}
	return []role{roleStart, roleJump}
}

// splits reports whether the field has tables for slow and fast.
func (f *Field) splits() bool { return f.Pred && f.Bits > 2 }

// symbolsOf is the size of the alphabet for a role, f being nil for a type's.
func symbolsOf(r role, f *Field) int {
	limit := uint32(maxSlots)
	switch r {
	case roleStart, roleMotion, roleFast, roleJump, roleTurn:
		limit = uint32(1<<f.Bits - 1)
	case roleSpeed, roleInitial:
		limit = uint32(4*f.teleport() - 1)
	case roleLength:
		limit = uint32(f.Max)
	}
	sym, _ := symbolOf(limit)
	return sym + 1
}

// maskUse tells the mask codes of a type apart.
type maskUse uint8

const (
	maskResting  maskUse = iota // steady, nothing moved at the base
	maskMoving                  // steady, something moved; the mask is XORed with what did
	maskResting2                // the same for coalesced frames
	maskMoving2
	maskUses
)

// maskCode codes the common masks of a type; the last symbol escapes to a raw
// mask.
type maskCode struct {
	code   *code
	masks  []uint32
	lookup map[uint32]codeword // encoder
	fast   []codeword          // the same for masks below len(fast); len 0: escape
}

const maxMasks = maxSymbols - 1

func newMaskCode(lengths []uint8, masks []uint32) (*maskCode, error) {
	if len(lengths) != len(masks)+1 {
		return nil, errCode
	}
	c, err := newCode(lengths)
	if err != nil {
		return nil, err
	}
	m := &maskCode{code: c, masks: masks, lookup: map[uint32]codeword{}, fast: make([]codeword, 256)}
	for i, mask := range masks {
		m.lookup[mask] = c.enc[i]
		if mask < uint32(len(m.fast)) {
			m.fast[mask] = c.enc[i]
		}
	}
	return m, nil
}

// word is the mask's own; len 0: it has none.
func (m *maskCode) word(mask uint32) codeword {
	if mask < uint32(len(m.fast)) {
		return m.fast[mask]
	}
	return m.lookup[mask]
}

// bits is how many bits put writes.
func (m *maskCode) bits(mask uint32, fields int) int {
	if e := m.word(mask); e.len != 0 {
		return int(e.len)
	}
	return int(m.code.enc[len(m.masks)].len) + fields
}

func (m *maskCode) put(w *bitWriter, mask uint32, fields int) {
	e := m.word(mask)
	if e.len != 0 {
		w.put(uint64(e.bits), uint(e.len))
		return
	}
	e = m.code.enc[len(m.masks)]
	w.put(uint64(e.bits)|uint64(mask)<<e.len, uint(e.len)+uint(fields))
}

func (m *maskCode) read(r *bitReader, fields int) (mask uint32, ok bool) {
	sym, ok := m.code.symbol(r)
	if sym < len(m.masks) {
		return m.masks[sym], ok
	}
	return r.long(uint(fields)), ok
}
