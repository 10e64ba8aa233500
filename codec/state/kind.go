package state

// Kind says how a field's values are represented.
type Kind uint8

// The kinds of fields. Numeric kinds travel as integers, see Field.
const (
	Bool      Kind = iota + 1 // 0 or 1
	Uint                      // unsigned of Bits bits, saturating
	Int                       // signed of Bits bits, saturating
	Quantised                 // Min + n·Step, n unsigned of Bits bits
	Angle                     // n·2π/2^Bits radians, wraps
	Float                     // IEEE 754 single, bit pattern
	String                    // UTF-8 of at most Max bytes
	Bytes                     // at most Max bytes
	List                      // at most Max unsigned integers of Bits bits
	Ref                       // another entity of type Ref: slot + 1, 0 none
)

// kindNames are the names in the schema map.
var kindNames = [...]string{
	Bool: "bool", Uint: "uint", Int: "int", Quantised: "q", Angle: "angle",
	Float: "f32", String: "string", Bytes: "bytes", List: "list", Ref: "ref",
}

func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

func parseKind(name string) (Kind, bool) {
	for k, n := range kindNames {
		if n == name && k != 0 {
			return Kind(k), true
		}
	}
	return 0, false
}

// variable reports whether values have a length of their own.
func (k Kind) variable() bool { return k == String || k == Bytes || k == List }
