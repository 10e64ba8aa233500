package state

import "fmt"

// The default tables: the code length of each symbol as a hexadecimal digit.
// Clients get them with the schema. The frames of the worked example in
// docs/state-format.md hold some of them to the bit; the rest spreads the codes
// over what games commonly do.
const (
	defaultCount   = "2334465555555556667888aaaaaaaaaaaa"
	defaultRemove  = "5544444444444466666666677788889999"                               // anywhere
	defaultAdd     = "244444444555566667777888889999aaaa"                               // mostly the next slot
	defaultChange  = "13344556778899aaaaaaaaaaaaaaaaaaaa"                               // mostly neighbours
	defaultLength  = "44443333555555667889aaaaaaaaaaaaaa"                               // names
	defaultStart   = "a44747474533334888889999999aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" // walking pace at once
	defaultMotion  = "34444444444446677777888999aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" // as expected, or nearly
	defaultSpeed   = "344747344547344788889999aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" // the same, or walking pace more or less
	defaultJump    = "888744443334445666777788888999aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	defaultInitial = "4766666655553333566666677777888999aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	defaultCounter = "a334343436377777"                                                 // up to 8 bits: health, states
	defaultWide    = "a44443334445556678899aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" // scores, references
	defaultSpread  = "876544333334557789aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" // angles and unpredicted coordinates
	defaultSpread2 = "88766544333344456778aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" // the same over several ticks
)

// defaultCodes are the tables of epoch 0 for a type: no mask codes.
func defaultCodes(t *Type) typeCodes {
	var tc typeCodes
	for r, lengths := range [...]string{roleCount: defaultCount, roleRemove: defaultRemove, roleAdd: defaultAdd, roleChange: defaultChange} {
		tc.of[r] = defaultCode(lengths)
	}
	tc.fields = make([]fieldCodes, len(t.Fields))
	for i := range t.Fields {
		tc.fields[i].split = maxMotionBits
		for _, r := range rolesOf(&t.Fields[i]) {
			tc.fields[i].codes[r-typeRoles] = defaultCode(defaultFor(&t.Fields[i], r))
		}
	}
	return tc
}

func defaultFor(f *Field, r role) string {
	spread := f.Kind == Quantised || f.Kind == Angle
	switch {
	case r == roleLength:
		return defaultLength
	case r == roleMotion || r == roleFast:
		return defaultMotion
	case r == roleSpeed:
		return defaultSpeed
	case r == roleInitial:
		return defaultInitial
	case r == roleStart && f.Pred:
		return defaultStart
	case r == roleTurn || r == roleJump && f.Pred:
		return defaultJump
	case r == roleStart && spread:
		return defaultSpread
	case spread:
		return defaultSpread2
	case f.Bits <= 8:
		return defaultCounter
	}
	return defaultWide
}

func defaultCode(digits string) *code {
	lengths := make([]uint8, len(digits))
	for i := range digits {
		lengths[i] = digits[i] - '0'
		if digits[i] >= 'a' {
			lengths[i] = digits[i] - 'a' + 10
		}
	}
	c, err := newCode(lengths)
	if err != nil {
		panic(fmt.Sprintf("state: default table %q: %v", digits, err)) // the test of all of them fails first
	}
	return c
}
