package state

import (
	"encoding/binary"
	"hash/crc32"
)

// CRC is the CRC-32 (IEEE) of the replica's state in its canonical form: for
// each type in schema order the number of entities, then by ascending slot each
// slot and its values; all numbers unsigned 32 bits little endian. A number is
// its stored integer, a float its bit pattern, a string or bytes its length and
// bytes, a list its length and items.
func (r *Replica) CRC() uint32 {
	var buf []byte
	sum := uint32(0)
	for _, t := range r.types {
		buf = binary.LittleEndian.AppendUint32(buf[:0], uint32(t.count))
		for slot := range t.live.all() {
			buf = binary.LittleEndian.AppendUint32(buf, uint32(slot))
			row := t.rowAt(slot)
			for i := range t.typ.Fields {
				f := &t.typ.Fields[i]
				if f.Kind.variable() {
					buf = appendTextCRC(buf, f, row.Text(i))
					continue
				}
				buf = binary.LittleEndian.AppendUint32(buf, uint32(row.Stored(i)))
			}
			sum = crc32.Update(sum, crc32.IEEETable, buf)
			buf = buf[:0]
		}
		sum = crc32.Update(sum, crc32.IEEETable, buf)
	}
	return sum
}

func appendTextCRC(dst []byte, f *Field, s string) []byte {
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
