package state

import "fmt"

// A codebook travels as three values of a map: "tables", code lengths packed
// two to a byte; "masks", each [lengths, mask…]; "codes", for each type
// [[table of each type role], [mask code of each use] or [], [tables of the
// fields]]. All refer to tables and masks by index; equal ones are sent once.

// Append appends the handshake: a MessagePack map, see docs/state-format.md.
func (s *Schema) Append(dst []byte) []byte {
	dst = appendMap(dst, 8)
	dst = appendUint(appendString(dst, "v"), formatVersion)
	dst = appendString(appendString(dst, "hash"), s.hash)
	dst = appendUint(appendString(dst, "hz"), uint32(s.Hz))
	dst = appendTypes(appendString(dst, "types"), s.Types)
	return s.appendCodebook(dst)
}

// AppendTables appends the message that announces the current epoch of tables
// to a client that has the schema. Clients must get it before the first B-form
// frame of that epoch.
func (s *Schema) AppendTables(dst []byte) []byte {
	return s.appendCodebook(appendMap(dst, 4))
}

// Epoch counts the tables of the B-form: 0 the defaults, then what was learned.
func (s *Schema) Epoch() uint32 { return s.book.epoch }

// bookWriter gathers tables, each once.
type bookWriter struct {
	tables, masks [][]byte
}

func (s *Schema) appendCodebook(dst []byte) []byte {
	var w bookWriter
	codes := appendArray(nil, len(s.book.types))
	for i := range s.book.types {
		codes = w.appendType(codes, &s.book.types[i], &s.Types[i])
	}
	dst = appendUint(appendString(dst, "epoch"), s.book.epoch)
	dst = appendArray(appendString(dst, "tables"), len(w.tables))
	for _, t := range w.tables {
		dst = append(appendBinHeader(dst, len(t)), t...)
	}
	dst = appendArray(appendString(dst, "masks"), len(w.masks))
	for _, m := range w.masks {
		dst = append(dst, m...)
	}
	return append(appendString(dst, "codes"), codes...)
}

func (w *bookWriter) appendType(dst []byte, tc *typeCodes, t *Type) []byte {
	dst = appendArray(appendArray(dst, 3), typeRoles)
	for _, c := range tc.of {
		dst = appendUint(dst, w.table(c))
	}
	dst = appendArray(dst, len(tc.masks))
	for _, m := range tc.masks {
		dst = appendUint(dst, w.mask(m))
	}
	var fields []uint32
	for i := range t.Fields {
		for _, r := range rolesOf(&t.Fields[i]) {
			fields = append(fields, w.table(tc.fields[i].of(r)))
		}
		if t.Fields[i].splits() {
			fields = append(fields, uint32(tc.fields[i].split))
		}
	}
	dst = appendArray(dst, len(fields))
	for _, i := range fields {
		dst = appendUint(dst, i)
	}
	return dst
}

func (w *bookWriter) table(c *code) uint32 {
	return once(&w.tables, packLengths(c.lengths))
}

func (w *bookWriter) mask(m *maskCode) uint32 {
	lengths := packLengths(m.code.lengths)
	b := appendArray(nil, 1+len(m.masks))
	b = append(appendBinHeader(b, len(lengths)), lengths...)
	for _, mask := range m.masks {
		b = appendUint(b, mask)
	}
	return once(&w.masks, b)
}

// once is the index of b in the list, which it joins if need be.
func once(list *[][]byte, b []byte) uint32 {
	for i, have := range *list {
		if string(have) == string(b) {
			return uint32(i)
		}
	}
	*list = append(*list, b)
	return uint32(len(*list) - 1)
}

// packLengths puts the lengths of symbols 2i and 2i+1 into the low and high
// half of byte i.
func packLengths(lengths []uint8) []byte {
	b := make([]byte, (len(lengths)+1)/2)
	for sym, l := range lengths {
		b[sym/2] |= l << (sym % 2 * 4)
	}
	return b
}

func unpackLengths(b []byte) []uint8 {
	lengths := make([]uint8, 0, 2*len(b))
	for _, c := range b {
		lengths = append(lengths, c&15, c>>4)
	}
	return lengths
}

// A client builds a look-up per table: their number is bounded.
const (
	maxTables    = 1024
	maxMaskCodes = 256
)

// bookReader is a codebook on its way in.
type bookReader struct {
	epoch  uint32
	tables []*code
	masks  []*maskCode
	codes  []byte // still MessagePack: it refers to the types
	err    error
}

// key takes the value of one of the codebook's keys; others are not its own.
func (b *bookReader) key(name string, r *reader) bool {
	switch name {
	case "epoch":
		b.epoch = r.uint32()
	case "tables":
		for n := b.bounded(r, maxTables); n > 0 && !r.bad; n-- {
			c, err := newCode(unpackLengths(r.bin()))
			b.keep(err)
			b.tables = append(b.tables, c)
		}
	case "masks":
		for n := b.bounded(r, maxMaskCodes); n > 0 && !r.bad; n-- {
			b.readMask(r)
		}
	case "codes":
		start := r.b
		r.skip(0)
		b.codes = start[:len(start)-len(r.b)]
	default:
		return false
	}
	return true
}

// bounded reads the header of an array of at most limit elements.
func (b *bookReader) bounded(r *reader, limit int) int {
	n := r.array()
	if n > limit {
		r.fail()
	}
	return n
}

func (b *bookReader) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *bookReader) readMask(r *reader) {
	n := r.array() - 1
	lengths := unpackLengths(r.bin())
	if n < 0 || n > maxMasks {
		r.fail()
		return
	}
	masks := make([]uint32, 0, n)
	for range n {
		masks = append(masks, uint32(r.integerIn(0, 1<<maxFields-1)))
	}
	m, err := newMaskCode(lengths[:min(len(lengths), n+1)], masks)
	b.keep(err)
	b.masks = append(b.masks, m)
}

// book puts everything together for the types of a schema.
func (b *bookReader) book(types []Type) (*codebook, error) {
	if b.err != nil {
		return nil, b.err
	}
	r := &reader{b: b.codes}
	book := &codebook{epoch: b.epoch}
	if r.array() != len(types) {
		r.fail()
	}
	for i := range types {
		book.types = append(book.types, b.readType(r, &types[i]))
	}
	if r.bad || len(r.b) > 0 {
		return nil, fmt.Errorf("%w: codes", errShape)
	}
	for _, c := range b.tables {
		c.decoder()
	}
	for _, m := range b.masks {
		m.code.decoder()
	}
	return book, nil
}

func (b *bookReader) readType(r *reader, t *Type) (tc typeCodes) {
	if r.array() != 3 || r.array() != typeRoles {
		r.fail()
	}
	for i := range tc.of {
		tc.of[i] = pickFrom(r, b.tables)
	}
	switch r.array() {
	case 0:
	case int(maskUses):
		for range maskUses {
			tc.masks = append(tc.masks, pickFrom(r, b.masks))
		}
	default:
		r.fail()
	}
	tc.fields = make([]fieldCodes, len(t.Fields))
	want := 0
	for i := range t.Fields {
		want += len(rolesOf(&t.Fields[i]))
		if t.Fields[i].splits() {
			want++
		}
	}
	if r.array() != want {
		r.fail()
	}
	for i := range t.Fields {
		for _, role := range rolesOf(&t.Fields[i]) {
			tc.fields[i].codes[role-typeRoles] = pickFrom(r, b.tables)
		}
		if t.Fields[i].splits() {
			tc.fields[i].split = uint8(r.integerIn(0, maxMotionBits))
		}
	}
	return tc
}

// pickFrom reads an index into list.
func pickFrom[T any](r *reader, list []*T) *T {
	i := r.integer()
	if i < 0 || i >= int64(len(list)) {
		r.fail()
		return nil
	}
	return list[i]
}
