package state

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Variable values are kept as immutable strings of bytes, so that old values
// need no copies: text and bytes as they are, lists packed in 1, 2 or 4 bytes
// per item, little endian.

func itemSize(bits int) int {
	switch {
	case bits <= 8:
		return 1
	case bits <= 16:
		return 2
	}
	return 4
}

func itemAt(packed string, size, i int) uint32 {
	switch p := packed[i*size:]; size {
	case 1:
		return uint32(p[0])
	case 2:
		return uint32(p[0]) | uint32(p[1])<<8
	default:
		return uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | uint32(p[3])<<24
	}
}

func appendItem(dst []byte, size int, v uint32) []byte {
	switch size {
	case 1:
		return append(dst, byte(v))
	case 2:
		return binary.LittleEndian.AppendUint16(dst, uint16(v))
	}
	return binary.LittleEndian.AppendUint32(dst, v)
}

// text compares a variable field of the entity at row with its cell and returns
// the new value when it differs. Only then does it allocate, and not even then
// for a clean string.
func (a *access) text(row unsafe.Pointer, c *textCell, scratch *[]byte) (string, bool) {
	p, old := unsafe.Add(row, a.offset), c.s
	switch a.load {
	case loadString:
		c.source = *(*string)(p)
		if c.source == old {
			return old, false
		}
		s := cleanText(c.source, a.max)
		return s, s != old
	case loadBytes:
		b := *(*[]byte)(p)
		*scratch = append((*scratch)[:0], b[:min(len(b), a.max)]...)
	case loadList8:
		*scratch = packList((*scratch)[:0], *(*[]uint8)(p), a)
	case loadList16:
		*scratch = packList((*scratch)[:0], *(*[]uint16)(p), a)
	case loadList32:
		*scratch = packList((*scratch)[:0], *(*[]uint32)(p), a)
	}
	if string(*scratch) == old {
		return old, false
	}
	return string(*scratch), true
}

func packList[T uint8 | uint16 | uint32](dst []byte, items []T, a *access) []byte {
	for _, v := range items[:min(len(items), a.max)] {
		dst = appendItem(dst, a.item, uint32(min(int64(v), a.hi)))
	}
	return dst
}

// cleanText makes valid UTF-8 of at most limit bytes.
func cleanText(s string, limit int) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
