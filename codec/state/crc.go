package state

import (
	"encoding/binary"
	"hash/crc32"
)

// The CRC of a state is the CRC-32 (IEEE) of its canonical form: for each type
// in schema order the number of entities, then by ascending slot each slot and
// its values; all numbers unsigned 32 bits little endian. A number is its
// stored integer, a float its bit pattern, a string or bytes its length and
// bytes, a list its length and items.

// crcPeriod is how often, in ticks, a checked world sends the CRC.
const crcPeriod = 64

// crcSource is a table of a replica or of a world.
type crcSource interface {
	storedAt(slot, field int) int32
	packedAt(slot, field int) string
}

// CRC is that of the replica's state.
func (r *Replica) CRC() (sum uint32) {
	for _, t := range r.types {
		sum = crcTable(sum, t.typ, t.live, t)
	}
	return sum
}

// crc is that of what the view sees.
func (v *View) crc() (sum uint32) {
	for _, s := range v.world.stores {
		sum = crcTable(sum, s.typ, v.setOf(s).now, s)
	}
	return sum
}

func crcTable(sum uint32, t *Type, slots bitset, src crcSource) uint32 {
	buf := binary.LittleEndian.AppendUint32(nil, uint32(slots.count()))
	for slot := range slots.all() {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(slot))
		for i := range t.Fields {
			f := &t.Fields[i]
			if f.Kind.variable() {
				buf = appendPackedCRC(buf, f, src.packedAt(slot, i))
				continue
			}
			buf = binary.LittleEndian.AppendUint32(buf, uint32(src.storedAt(slot, i)))
		}
		sum = crc32.Update(sum, crc32.IEEETable, buf)
		buf = buf[:0]
	}
	return crc32.Update(sum, crc32.IEEETable, buf)
}

func appendPackedCRC(dst []byte, f *Field, s string) []byte {
	if f.Kind != List {
		return append(binary.LittleEndian.AppendUint32(dst, uint32(len(s))), s...)
	}
	size := itemSize(f.Bits)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)/size))
	for i := range len(s) / size {
		dst = binary.LittleEndian.AppendUint32(dst, itemAt(s, size, i))
	}
	return dst
}

func (t *replicaType) storedAt(slot, field int) int32  { return t.rowAt(slot).Stored(field) }
func (t *replicaType) packedAt(slot, field int) string { return t.rowAt(slot).Text(field) }
func (s *store) storedAt(slot, field int) int32        { return s.entity(slot)[field].v }
func (s *store) packedAt(slot, field int) string       { return s.text(slot, field).s }
